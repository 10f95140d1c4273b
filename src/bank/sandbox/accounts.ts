import type { SandboxDefault } from '../../domain/merchant.ts';
import type { Account } from '../bank.ts';
import type { DebitOutcome, DebitResult } from './debit-scripts.ts';
import type { MandateResult } from './mandate-scripts.ts';

/** What an account simulates: the result of its debits and of its mandates. */
export interface Outcome {
  /** Null: the bank does not take the debit. */
  readonly debit: DebitOutcome | null;
  readonly mandate: MandateResult;
}

/**
 * Behaviour of accounts that simulate nothing (DOMAIN §7.2). HAPPY: mandates are approved and debits are paid. KWIK, as
 * in the staging system of the documents: mandates get no answer, and the bank takes no debit.
 */
const DEFAULTS: Readonly<Record<SandboxDefault, Outcome>> = {
  HAPPY: { debit: { result: 'PAID' }, mandate: 'APPROVED' },
  KWIK: { debit: null, mandate: 'NO_REPLY' },
};

type AccountRow = readonly [
  branchCode: string,
  type: string,
  number: string,
  debit: DebitResult,
  mandate: MandateResult,
];

/** The staging accounts of the documents (DOMAIN §7.1). */
const STAGING: readonly AccountRow[] = [
  ['051001', 'CHEQUE_OR_CURRENT', '00302481214', 'SENT_TO_BANK', 'NO_REPLY'],
  ['051001', 'CHEQUE_OR_CURRENT', '10004301097', 'REJECTED_BY_BANK', 'REJECTED'],
  ['051001', 'CHEQUE_OR_CURRENT', '10004301100', 'PAID', 'APPROVED'],
  ['051001', 'SAVINGS', '10004291601', 'UNPAID', 'APPROVED'],
  ['051001', 'SAVINGS', '00302481206', 'CANCELLED', 'CANCELLED'],
  ['051001', 'SAVINGS', '00243663005', 'DISPUTED', 'SUSPENDED'],
  ['632005', 'CHEQUE_OR_CURRENT', '04047527520', 'REVERSED', 'APPROVED'],
  ['632005', 'CHEQUE_OR_CURRENT', '04047530660', 'ACCEPTED_BY_BANK', 'APPROVED'],
  ['632005', 'CHEQUE_OR_CURRENT', '04047527350', 'REJECTED_BY_BANK', 'REJECTED'],
  ['632005', 'SAVINGS', '09050677010', 'PAID', 'APPROVED'],
  ['632005', 'SAVINGS', '53011389310', 'UNPAID', 'APPROVED'],
  ['632005', 'SAVINGS', '09050717030', 'CANCELLED', 'CANCELLED'],
  ['250655', 'SAVINGS', '62001541061', 'DISPUTED', 'APPROVED'],
  ['250655', 'SAVINGS', '62001909467', 'REVERSED', 'APPROVED'],
  ['250655', 'SAVINGS', '62001872440', 'PAID', 'APPROVED'],
];

/** Our Capitec accounts, of either type, one for each return code (§7.3). The result is that of the code. */
const REASONS: ReadonlyArray<readonly [code: string, number: string, debit: DebitResult]> = [
  ['02', '9900020018', 'UNPAID'],
  ['03', '9900030005', 'UNPAID'],
  ['04', '9900040000', 'UNPAID'],
  ['05', '9900050006', 'UNPAID'],
  ['06', '9900060001', 'UNPAID'],
  ['08', '9900080002', 'UNPAID'],
  ['10', '9900100003', 'UNPAID'],
  ['12', '9900120004', 'UNPAID'],
  ['14', '9900140005', 'PAID'],
  ['16', '9900160006', 'UNPAID'],
  ['18', '9900180007', 'UNPAID'],
  ['22', '9900220009', 'UNPAID'],
  ['26', '9900260000', 'UNPAID'],
  ['28', '9900280001', 'CANCELLED'],
  ['30', '9900300002', 'DISPUTED'],
  ['32', '9900320003', 'DISPUTED'],
  ['34', '9900340004', 'DISPUTED'],
  ['36', '9900360005', 'DISPUTED'],
  ['48', '9900480000', 'REJECTED_BY_BANK'],
  ['50', '9900500001', 'REJECTED_BY_BANK'],
  ['56', '9900560004', 'UNPAID'],
  ['97', '9900970008', 'REJECTED_BY_BANK'],
  ['E1', '9900910005', 'UNPAID'],
];

/** Our scenario accounts (§7.4). Scenarios 18 to 21 are about account verification: see `verifications.ts`. */
const SCENARIOS: ReadonlyArray<readonly [number: string, debit: DebitResult, mandate: MandateResult]> = [
  ['9900990009', 'TRACKED', 'APPROVED'],
  ['9910010007', 'PAID_SAME_DAY', 'APPROVED'],
  ['9910020002', 'PAID', 'APPROVED'],
  ['9910030008', 'PAID_THEN_UNPAID', 'APPROVED'],
  ['9910040003', 'PAID_THEN_DISPUTED', 'APPROVED'],
  ['9910050009', 'SILENT_THEN_PAID', 'APPROVED'],
  ['9910060004', 'TRACKED_PAID', 'APPROVED'],
  ['9910070018', 'TRACKED_UNPAID', 'APPROVED'],
  ['9910080005', 'DISPUTED_THEN_REVERSED', 'APPROVED'],
  ['9910090000', 'DISPUTED_THEN_PAID', 'APPROVED'],
  ['9910100006', 'REJECTED_ONCE', 'APPROVED'],
  ['9910110001', 'UNPAID', 'APPROVED'],
  ['9910120007', 'PAID', 'APPROVED_LATE'],
  ['9910130002', 'PAID', 'REJECTED'],
  ['9910140008', 'PAID', 'NO_REPLY'],
  ['9910150003', 'PAID', 'DECLINED'],
  ['9910160009', 'PAID', 'SUSPENDED_LATER'],
  ['9910170004', 'PAID', 'AMENDMENT_REJECTED'],
];
const SCENARIO_BRANCH = '470010';
const SCENARIO_TYPES = ['CHEQUE_OR_CURRENT', 'SAVINGS'];

const OUTCOMES = new Map<string, Outcome>([
  ...STAGING.map(
    ([branch, type, number, result, mandate]) => [keyOf(branch, type, number), { debit: { result }, mandate }] as const,
  ),
  ...REASONS.flatMap(([code, number, result]) => ofOurs(number, { debit: { result, code }, mandate: 'APPROVED' })),
  ...SCENARIOS.flatMap(([number, result, mandate]) => ofOurs(number, { debit: { result }, mandate })),
]);

function ofOurs(number: string, outcome: Outcome): ReadonlyArray<readonly [string, Outcome]> {
  return SCENARIO_TYPES.map((type) => [keyOf(SCENARIO_BRANCH, type, number), outcome] as const);
}

/** The outcome that an account simulates; any other account behaves as `otherwise` says. */
export function outcomeOf({ branchCode, accountType, accountNumber }: Account, otherwise: SandboxDefault): Outcome {
  return OUTCOMES.get(keyOf(branchCode, accountType, accountNumber)) ?? DEFAULTS[otherwise];
}

/** Card tokens that simulate a result (§7.4); any other token is charged. */
const TOKENS: ReadonlyMap<string, DebitOutcome> = new Map([
  ['tok_sandbox_declined', { result: 'DECLINED' }],
  ['tok_sandbox_expired', { result: 'DECLINED', code: 'CARD_EXPIRED' }],
  ['tok_sandbox_chargeback', { result: 'CHARGED_BACK' }],
  ['tok_sandbox_3ds_fail', { result: 'DECLINED', code: 'CARD_NOT_AUTHENTICATED' }],
]);

/** The outcome that a card token simulates. */
export function cardOutcomeOf(token: string): DebitOutcome {
  return TOKENS.get(token) ?? { result: 'CHARGED' };
}

/** Key of an account, without the leading zeros of its number. */
function keyOf(branchCode: string, accountType: string, accountNumber: string): string {
  return `${branchCode} ${accountType} ${accountNumber.replace(/^0+/, '')}`;
}
