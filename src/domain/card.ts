import type { CivilDate } from './dates.ts';
import { readFields, type Unvalidated } from './fields.ts';
import type { Findings } from './warnings.ts';

export const CARD_STATUSES = ['ACTIVE', 'REMOVED'] as const;
export type CardStatus = (typeof CARD_STATUSES)[number];

export const CARD_TOKEN_LENGTH_MAX = 256;

/** A card as its provider knows it: a token, and what may be shown. */
export interface NewCard {
  readonly token: string;
  readonly maskedPan: string | null;
  readonly expirationDate: CivilDate | null;
  readonly keepUntil: Date | null;
}

/** A card of a customer as the rules see it. */
export interface KnownCardToken extends Pick<NewCard, 'expirationDate' | 'keepUntil'> {
  readonly id: string;
  readonly status: CardStatus;
}

/** Codes of ours for cards that cannot be charged. */
export type CardCode = 'CARD_REMOVED' | 'CARD_EXPIRED';

/** Why a card cannot be charged, as the code of a declined transaction; null when it can. */
export function declineOf(card: KnownCardToken, today: CivilDate, now: Date): CardCode | null {
  if (card.status === 'REMOVED') return 'CARD_REMOVED';
  return isExpired(card, today, now) ? 'CARD_EXPIRED' : null;
}

/** What a caller says of a card: scalars unjudged. */
export interface CardRecord extends Unvalidated {
  readonly customerId: string;
}

/** The checked fields of a card, or null with every reason in `errors` (DOMAIN §1.7). */
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

/** Whatever a provider makes of a card, but never the number of the card itself. */
export function parseToken(text: string): string | null {
  return /^[\x21-\x7e]+$/.test(text) && !/^\d{12,19}$/.test(text.replaceAll(/\W|_/g, '')) ? text : null;
}

/** At most the first six and the last four digits, the rest hidden: `405840******0005`. */
function parseMaskedPan(text: string): string | null {
  return /^\d{0,6}[*xX]{4,}\d{0,4}$/.test(text) ? text.replaceAll(/x/gi, '*') : null;
}

/** Whether a card cannot be charged any more. */
export function isExpired(card: Pick<NewCard, 'expirationDate' | 'keepUntil'>, today: CivilDate, now: Date): boolean {
  return (
    (card.expirationDate !== null && card.expirationDate < today) || (card.keepUntil !== null && card.keepUntil <= now)
  );
}
