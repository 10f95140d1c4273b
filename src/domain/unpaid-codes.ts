import type { PaymentMethodType } from './payment/state-machine.ts';

/** All categories of return codes (DOMAIN §2.14). */
export const UNPAID_CATEGORIES = [
  'FUNDS',
  'ACCOUNT',
  'STOPPED',
  'LEGAL',
  'INFO',
  'RECALL',
  'DISPUTE',
  'LIMIT',
  'SYSTEM',
  'FORMAT',
  'TRACKING',
  'CARD',
] as const;
/** Category of a return code. */
export type UnpaidCategory = (typeof UNPAID_CATEGORIES)[number];

/**
 * Effect of a return code. STOP: the payment stops, and each new use of its mandate returns a warning. WITHDRAW: the
 * authority of the mandate is withdrawn, and all its payments stop.
 */
export type UnpaidEffect = 'NONE' | 'STOP' | 'WITHDRAW';
/** Effect by kind of mandate: EFT, or authorised (DebiCheck and registered mandates). */
type Effects = UnpaidEffect | { readonly eft: UnpaidEffect; readonly authorised: UnpaidEffect };

/** Meaning and effects of a return code. */
export interface UnpaidCode {
  readonly meaning: string;
  readonly category: UnpaidCategory;
  /** Whether the same debit can be retried. */
  readonly isRetryable: boolean;
  readonly effects: Effects;
  /** Whether the account no longer accepts debits and is disabled. */
  readonly disablesAccount: boolean;
}

type CodeRow = readonly [
  code: string,
  meaning: string,
  category: UnpaidCategory,
  isRetryable: boolean,
  effects: Effects,
  disablesAccount?: true,
];

/** A stop payment withdraws the authority of an EFT mandate; under an authorised mandate it stops the payment only. */
const STOP_PAYMENT: Effects = { eft: 'WITHDRAW', authorised: 'STOP' };
/**
 * A dispute withdraws the authority of an EFT mandate; under an authorised mandate the bank decides it by the mandate
 * (DOMAIN §7.1, §0.1.13).
 */
const DISPUTE: Effects = { eft: 'WITHDRAW', authorised: 'NONE' };

/** Return codes of the banks and their effects (DOMAIN §2.14, §0.1.21). */
const ROWS: readonly CodeRow[] = [
  ['02', 'Not provided for: insufficient funds', 'FUNDS', true, 'NONE'],
  ['03', 'Debits are not allowed on this account', 'ACCOUNT', false, 'STOP', true],
  ['04', 'Payment stopped by the account holder', 'STOPPED', false, STOP_PAYMENT],
  ['05', 'Account dormant', 'ACCOUNT', false, 'STOP', true],
  ['06', 'Account frozen', 'ACCOUNT', false, 'STOP'],
  ['08', 'Sequestration of a private person', 'LEGAL', false, 'WITHDRAW'],
  ['10', 'Liquidation of a company', 'LEGAL', false, 'STOP'],
  ['12', 'Account closed, no forwarding details', 'ACCOUNT', false, 'STOP', true],
  ['14', 'Account transferred within the bank', 'INFO', false, 'NONE'],
  ['16', 'Account transferred to another bank', 'ACCOUNT', false, 'STOP'],
  ['18', 'Account holder deceased', 'LEGAL', false, 'WITHDRAW'],
  ['22', 'Effects not cleared', 'FUNDS', true, 'NONE'],
  ['26', 'No such account', 'ACCOUNT', false, 'STOP', true],
  ['28', 'Recalled by the user', 'RECALL', false, 'NONE'],
  ['30', 'No authority to debit', 'DISPUTE', false, DISPUTE],
  ['32', "Debit in contravention of the payer's authority", 'DISPUTE', false, DISPUTE],
  ['34', 'Authorisation cancelled', 'DISPUTE', false, DISPUTE],
  ['36', 'Previously stopped via stop payment advice', 'DISPUTE', false, DISPUTE],
  ['40', 'Item limit exceeded', 'LIMIT', false, 'NONE'],
  ['44', 'Unable to process', 'SYSTEM', true, 'NONE'],
  ['46', 'Account in advance', 'FUNDS', true, 'NONE'],
  ['48', 'The account number fails its check-digit verification (CDV)', 'FORMAT', false, 'NONE'],
  ['50', 'Rejected on load', 'FORMAT', false, 'NONE'],
  ['54', 'Invalid instalment amount', 'FORMAT', false, 'NONE'],
  ['56', 'Not FICA compliant', 'ACCOUNT', false, 'STOP'],
  ['97', 'Rejected upfront', 'FORMAT', false, 'NONE'],
  ['99', 'Held for representment', 'TRACKING', false, 'NONE'],
  ['E1', 'The payer asked to stop presentations', 'STOPPED', false, 'STOP'],
  ['E8', 'Recall successful', 'RECALL', false, 'NONE'],
  ['E9', 'Recall unsuccessful', 'RECALL', false, 'NONE'],
  // Codes of the gateway, for debits that it did not send, and of card providers.
  ['SKIPPED', 'Not sent before its cut-off, because the payment was not running', 'LIMIT', false, 'NONE'],
  ['LIMIT_EXCEEDED', 'Limit of the payment method exceeded', 'LIMIT', true, 'NONE'],
  ['TOO_LATE', 'Cut-off for its action date missed', 'LIMIT', true, 'NONE'],
  ['METHOD_DISABLED', 'The payment method is disabled', 'LIMIT', true, 'NONE'],
  ['CARD_DECLINED', 'The card was declined', 'CARD', true, 'NONE'],
  ['CARD_EXPIRED', 'The card or its token has expired', 'CARD', false, 'STOP'],
  ['CARD_REMOVED', 'The card was removed', 'CARD', false, 'STOP'],
  ['CARD_NOT_AUTHENTICATED', 'The cardholder was not authenticated (3-D Secure)', 'CARD', true, 'NONE'],
];

const CODES: ReadonlyMap<string, UnpaidCode> = new Map(
  ROWS.map(([code, meaning, category, isRetryable, effects, disablesAccount = false]) => [
    code,
    { meaning, category, isRetryable, effects, disablesAccount },
  ]),
);

/** Returns meaning and effects of a return code; null for null or an unknown code. */
export function unpaidCode(code: string | null): UnpaidCode | null {
  return code === null ? null : (CODES.get(code) ?? null);
}

/** Code of the gateway for a transaction that was held until its cut-off and not sent. */
export const SKIPPED_CODE = 'SKIPPED';

/** Returns all return codes of a category. */
export function codesOf(category: UnpaidCategory): string[] {
  return [...CODES].flatMap(([code, known]) => (known.category === category ? [code] : []));
}

/** Insufficient funds: two consecutive returns with this code withdraw the authority of a mandate. */
export const NO_FUNDS_CODE = '02';
/** Account holder deceased: the customer is blacklisted, and collection stops. */
export const DECEASED_CODE = '18';

/** Returns the effect of a return code on a payment and its mandate, by payment method; NONE for an unknown code. */
export function effectOn(methodType: PaymentMethodType, code: string | null): UnpaidEffect {
  const effects = unpaidCode(code)?.effects ?? 'NONE';
  if (typeof effects === 'string') return effects;
  return methodType === 'DEBIT_ORDER' ? effects.eft : effects.authorised;
}

/** Return codes that can withdraw the authority of a mandate, alone or by two consecutive returns. */
export const WITHDRAWING_CODES: readonly string[] = [
  NO_FUNDS_CODE,
  ...ROWS.flatMap(([code, , , , effects]) =>
    effects === 'WITHDRAW' || (typeof effects === 'object' && effects.eft === 'WITHDRAW') ? [code] : [],
  ),
];

/** Advice for each category, for people. */
const ADVICE: Readonly<Record<UnpaidCategory, string>> = {
  FUNDS: `Retry when funds are expected, for example on a payday. Two consecutive returns with code ${NO_FUNDS_CODE} withdraw the authority of the mandate; a new mandate is then needed.`,
  ACCOUNT: 'The account cannot be debited. Ask the customer for another bank account and a new mandate.',
  STOPPED: 'The account holder stopped the debit. Contact the customer; a new mandate may be needed.',
  LEGAL: 'Stop collecting. Contact the executor, curator or liquidator.',
  INFO: 'The bank redirected the debit to another account and paid it. Ask the customer for the new account details.',
  RECALL: 'The code reports the result of a recall. No action is needed.',
  DISPUTE:
    'The account holder disputes the authority to debit. Prepare the evidence of the mandate; under an EFT mandate, a new mandate is needed.',
  LIMIT: 'Raise the limit of the payment method or choose a later date, then retry.',
  SYSTEM: 'The bank was unable to process the debit. Retry it.',
  FORMAT:
    'The bank rejects the debit because its details are invalid. Create a bank account or a payment with the correct details.',
  TRACKING: 'The bank tracks the account for funds. Wait for its result.',
  CARD: 'Ask the customer to use another card or to contact the card issuer. A declined charge can be retried.',
};

/** Returns the meaning of a return code, without a full stop; null for null or an unknown code. */
export function meaningOf(code: string | null): string | null {
  return unpaidCode(code)?.meaning ?? null;
}

/** Returns human-readable advice on a return code; null for null or an unknown code. */
export function adviceOn(code: string | null): string | null {
  const known = unpaidCode(code);
  return known && ADVICE[known.category];
}
