import type { BankEvent } from '../../domain/transaction.ts';

/** One answer of the sandbox bank: so many hours after sending, or on the business day so many after the action date. */
export interface Step {
  readonly event: BankEvent;
  readonly code: string | null;
  readonly at: { readonly hoursAfterSending: number } | { readonly businessDaysAfterAction: number };
}

const ACCEPTED: Step = { event: 'ACCEPTED', code: null, at: { hoursAfterSending: 1 } };
const PAID: Step = { event: 'PAID', code: null, at: { businessDaysAfterAction: 1 } };

/** What the bank answers, in order, for each result an account stands for (DOMAIN §7.1, §0.1.13). */
const SCRIPTS = {
  SENT_TO_BANK: [],
  REJECTED_BY_BANK: [{ event: 'REJECTED', code: '97', at: { hoursAfterSending: 1 } }],
  ACCEPTED_BY_BANK: [ACCEPTED],
  CANCELLED: [ACCEPTED, { event: 'RECALLED', code: '28', at: { hoursAfterSending: 2 } }],
  PAID: [ACCEPTED, PAID],
  UNPAID: [ACCEPTED, { event: 'UNPAID', code: '02', at: { businessDaysAfterAction: 1 } }],
  DISPUTED: [ACCEPTED, PAID, { event: 'DISPUTED', code: '30', at: { businessDaysAfterAction: 2 } }],
  REVERSED: [ACCEPTED, PAID, { event: 'REVERSED', code: null, at: { businessDaysAfterAction: 2 } }],
} as const satisfies Record<string, readonly Step[]>;
type Result = keyof typeof SCRIPTS;

/** The staging accounts of the documents: branch, type, number, and how an EFT debit of it ends. */
const ACCOUNTS: ReadonlyArray<
  readonly [branchCode: string, accountType: string, accountNumber: string, result: Result]
> = [
  ['051001', 'CHEQUE_OR_CURRENT', '00302481214', 'SENT_TO_BANK'],
  ['051001', 'CHEQUE_OR_CURRENT', '10004301097', 'REJECTED_BY_BANK'],
  ['051001', 'CHEQUE_OR_CURRENT', '10004301100', 'PAID'],
  ['051001', 'SAVINGS', '10004291601', 'UNPAID'],
  ['051001', 'SAVINGS', '00302481206', 'CANCELLED'],
  ['051001', 'SAVINGS', '00243663005', 'DISPUTED'],
  ['632005', 'CHEQUE_OR_CURRENT', '04047527520', 'REVERSED'],
  ['632005', 'CHEQUE_OR_CURRENT', '04047530660', 'ACCEPTED_BY_BANK'],
  ['632005', 'CHEQUE_OR_CURRENT', '04047527350', 'REJECTED_BY_BANK'],
  ['632005', 'SAVINGS', '09050677010', 'PAID'],
  ['632005', 'SAVINGS', '53011389310', 'UNPAID'],
  ['632005', 'SAVINGS', '09050717030', 'CANCELLED'],
  ['250655', 'SAVINGS', '62001541061', 'DISPUTED'],
  ['250655', 'SAVINGS', '62001909467', 'REVERSED'],
  ['250655', 'SAVINGS', '62001872440', 'PAID'],
];

const RESULTS = new Map(ACCOUNTS.map(([branch, type, number, result]) => [keyOf(branch, type, number), result]));
/** Every account that stands for nothing is in funds. */
const DEFAULT: Result = 'PAID';

/** The answers to come for a debit of an account, in order of time. */
export function scriptFor(account: {
  branchCode: string;
  accountType: string;
  accountNumber: string;
}): readonly Step[] {
  const key = keyOf(account.branchCode, account.accountType, account.accountNumber);
  return SCRIPTS[RESULTS.get(key) ?? DEFAULT];
}

function keyOf(branchCode: string, accountType: string, accountNumber: string): string {
  return `${branchCode} ${accountType} ${accountNumber.replace(/^0+/, '')}`;
}
