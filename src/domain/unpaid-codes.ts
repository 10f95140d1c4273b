import type { PaymentMethodType } from './payment/state-machine.ts';

/** What kind of reason a return code is (DOMAIN §2.14). */
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
export type UnpaidCategory = (typeof UNPAID_CATEGORIES)[number];

/**
 * What a code does. STOP: the payment stops, and each new use of its mandate is warned of. WITHDRAW: the mandate loses its authority as
 * well, and all its payments stop.
 */
export type UnpaidEffect = 'NONE' | 'STOP' | 'WITHDRAW';
/** By kind of mandate: EFT, or what debtor or bank have authorised. */
type Effects = UnpaidEffect | { readonly eft: UnpaidEffect; readonly authorised: UnpaidEffect };

export interface UnpaidCode {
  readonly meaning: string;
  readonly category: UnpaidCategory;
  /** Whether the same debit may be tried again. */
  readonly isRetryable: boolean;
  readonly effects: Effects;
  /** Whether the account takes no debits any more. */
  readonly disablesAccount: boolean;
}

type Row = readonly [
  code: string,
  meaning: string,
  category: UnpaidCategory,
  isRetryable: boolean,
  effects: Effects,
  disablesAccount?: true,
];

/** A stop payment of EFT withdraws the authority; of what was authorised it stops the payment alone. */
const STOP_PAYMENT: Effects = { eft: 'WITHDRAW', authorised: 'STOP' };
/** A dispute of EFT withdraws the authority; of what was authorised the bank judges it by the mandate (DOMAIN §7.1, §0.1.13). */
const DISPUTE: Effects = { eft: 'WITHDRAW', authorised: 'NONE' };

/** The banks' return codes, and what follows from each (DOMAIN §2.14, §0.1.21). */
const ROWS: readonly Row[] = [
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
  ['48', 'The account number fails the check digit verification', 'FORMAT', false, 'NONE'],
  ['50', 'Rejected on load', 'FORMAT', false, 'NONE'],
  ['54', 'Invalid instalment amount', 'FORMAT', false, 'NONE'],
  ['56', 'Not FICA compliant', 'ACCOUNT', false, 'STOP'],
  ['97', 'Rejected upfront', 'FORMAT', false, 'NONE'],
  ['99', 'Held for representment', 'TRACKING', false, 'NONE'],
  ['E1', 'The payer asked to stop presentations', 'STOPPED', false, 'STOP'],
  ['E8', 'Recall successful', 'RECALL', false, 'NONE'],
  ['E9', 'Recall unsuccessful', 'RECALL', false, 'NONE'],
  // Ours: why a debit was not sent, and what card providers say.
  ['SKIPPED', 'Not sent before its cut-off, because the payment did not run', 'LIMIT', false, 'NONE'],
  ['LIMIT_EXCEEDED', 'More than the limit of the payment method', 'LIMIT', true, 'NONE'],
  ['TOO_LATE', 'Too late to be sent for its day', 'LIMIT', true, 'NONE'],
  ['METHOD_DISABLED', 'The payment method is disabled', 'LIMIT', true, 'NONE'],
  ['CARD_DECLINED', 'The card was declined', 'CARD', true, 'NONE'],
  ['CARD_EXPIRED', 'The card, or its token, has expired', 'CARD', false, 'STOP'],
  ['CARD_REMOVED', 'The card was removed', 'CARD', false, 'STOP'],
  ['CARD_NOT_AUTHENTICATED', 'The card holder was not authenticated (3-D Secure)', 'CARD', true, 'NONE'],
];

const CODES: ReadonlyMap<string, UnpaidCode> = new Map(
  ROWS.map(([code, meaning, category, isRetryable, effects, disablesAccount = false]) => [
    code,
    { meaning, category, isRetryable, effects, disablesAccount },
  ]),
);

/** What a code says; null for one that nobody knows. */
export function unpaidCode(code: string | null): UnpaidCode | null {
  return code === null ? null : (CODES.get(code) ?? null);
}

/** Ours: held until its cut-off, and not sent. */
export const SKIPPED_CODE = 'SKIPPED';

/** The codes of a category. */
export function codesOf(category: UnpaidCategory): string[] {
  return [...CODES].flatMap(([code, known]) => (known.category === category ? [code] : []));
}

/** Insufficient funds: the code that withdraws the authority of a mandate when it comes twice in a row. */
export const NO_FUNDS_CODE = '02';
/** The account holder has died: the customer is blacklisted and nothing is collected any more. */
export const DECEASED_CODE = '18';

/** What a code does to a payment of a method, and to its mandate; NONE for an unknown code. */
export function effectOn(methodType: PaymentMethodType, code: string | null): UnpaidEffect {
  const effects = unpaidCode(code)?.effects ?? 'NONE';
  if (typeof effects === 'string') return effects;
  return methodType === 'DEBIT_ORDER' ? effects.eft : effects.authorised;
}

/** The codes that can withdraw the authority of some mandate, by themselves or by coming twice. */
export const WITHDRAWING_CODES: readonly string[] = [
  NO_FUNDS_CODE,
  ...ROWS.flatMap(([code, , , , effects]) =>
    effects === 'WITHDRAW' || (typeof effects === 'object' && effects.eft === 'WITHDRAW') ? [code] : [],
  ),
];

/** What to do about each kind of reason. */
const ADVICE: Readonly<Record<UnpaidCategory, string>> = {
  FUNDS:
    'Try again when there is money, best on a pay day. After two in a row the mandate is used up: agree on a new one.',
  ACCOUNT: 'This account cannot be debited. Ask the customer for another, with a new mandate.',
  STOPPED: 'The account holder has stopped this. Speak with the customer; a new mandate is needed.',
  LEGAL: 'Do not collect any more. Speak with the executor, curator or liquidator.',
  INFO: 'The bank has redirected the debit: it was paid. Ask the customer for the new account details.',
  RECALL: 'It was recalled: nothing to be done.',
  DISPUTE: 'The account holder disputes the authority. Keep your evidence ready; a new mandate is needed.',
  LIMIT: 'Have the limit of the payment method raised, or collect later, then retry.',
  SYSTEM: 'The bank could not process it. Try again.',
  FORMAT: 'The bank takes no such debit. Correct the details: make another bank account or payment.',
  TRACKING: 'The bank watches the account for funds: wait.',
  CARD: 'Ask the customer to use another card, or to speak with the bank of the card; retry what was declined.',
};

/** The meaning of a code, for people; null for one that nobody knows. */
export function meaningOf(code: string | null): string | null {
  return unpaidCode(code)?.meaning ?? null;
}

/** What to do about a code; null for one that nobody knows. */
export function adviceOn(code: string | null): string | null {
  const known = unpaidCode(code);
  return known && ADVICE[known.category];
}
