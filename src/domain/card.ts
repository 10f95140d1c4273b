import type { CivilDate } from './dates.ts';
import { readFields, type Unvalidated } from './fields.ts';
import type { Findings } from './findings.ts';

/** All statuses of a stored card. */
export const CARD_STATUSES = ['ACTIVE', 'REMOVED'] as const;
/** Status of a stored card. */
export type CardStatus = (typeof CARD_STATUSES)[number];

/** Maximum length of a card token, in characters. */
export const CARD_TOKEN_LENGTH_MAX = 256;

/** A card as its provider knows it: its token and what may be displayed, without the card number. */
export interface NewCard {
  readonly token: string;
  readonly maskedPan: string | null;
  /** Last day on which the card can be charged. */
  readonly expirationDate: CivilDate | null;
  /** Instant until which the provider keeps the token. */
  readonly keepUntil: Date | null;
}

/** A stored card, reduced to what the rules need. */
export interface KnownCardToken extends Pick<NewCard, 'expirationDate' | 'keepUntil'> {
  readonly id: string;
  readonly status: CardStatus;
}

/** Code of the gateway for a card that cannot be charged. */
export type CardCode = 'CARD_REMOVED' | 'CARD_EXPIRED';

/** Returns the code with which a charge of the card is declined, or null if the card can be charged. */
export function declineOf(card: KnownCardToken, today: CivilDate, now: Date): CardCode | null {
  if (card.status === 'REMOVED') return 'CARD_REMOVED';
  return isExpired(card, today, now) ? 'CARD_EXPIRED' : null;
}

/** Input for a card; the scalars are not validated. */
export interface CardRecord extends Unvalidated {
  readonly customerId: string;
}

/** Returns the validated card, or null with every error in `findings` (DOMAIN §1.7). */
export function parseCard(record: CardRecord, findings: Findings): NewCard | null {
  const { errors } = findings;
  const before = errors.length;
  const fields = readFields(record, findings);
  const token = fields.text('token', {
    max: CARD_TOKEN_LENGTH_MAX,
    required: true,
    parse: parseToken,
    rule: 'card_token',
  });
  const maskedPan = fields.text('maskedPan', { max: 19, parse: parseMaskedPan, rule: 'masked_pan' });
  const expirationDate = fields.date('expirationDate');
  const keepUntil = fields.instant('keepUntil');
  return errors.length === before && token !== null ? { token, maskedPan, expirationDate, keepUntil } : null;
}

/**
 * Returns the token, or null if it has characters other than visible ASCII or could be a card number (12 to 19 digits).
 */
export function parseToken(text: string): string | null {
  return /^[\x21-\x7e]+$/.test(text) && !/^\d{12,19}$/.test(text.replaceAll(/\W|_/g, '')) ? text : null;
}

/**
 * Returns the masked card number, or null unless it shows at most the first six and the last four digits:
 * `405840******0005`.
 */
function parseMaskedPan(text: string): string | null {
  return /^\d{0,6}[*xX]{4,}\d{0,4}$/.test(text) ? text.replaceAll(/x/gi, '*') : null;
}

/** Returns whether a card has expired, or the provider no longer keeps its token. */
export function isExpired(card: Pick<NewCard, 'expirationDate' | 'keepUntil'>, today: CivilDate, now: Date): boolean {
  return (
    (card.expirationDate !== null && card.expirationDate < today) || (card.keepUntil !== null && card.keepUntil <= now)
  );
}
