import type { Account } from '../bank.ts';
import type { DebitResult } from './debit-scripts.ts';
import type { MandateResult } from './mandate-scripts.ts';

/** What an account stands for: how a debit of it ends, and what comes of a mandate on it. */
export interface Outcome {
  readonly debit: DebitResult;
  readonly mandate: MandateResult;
}

/** Every account that stands for nothing approves and is in funds. */
const DEFAULT: Outcome = { debit: 'PAID', mandate: 'APPROVED' };

type Row = readonly [branchCode: string, type: string, number: string, debit: DebitResult, mandate: MandateResult];

/** The staging accounts of the documents (DOMAIN §7.1). */
const STAGING: readonly Row[] = [
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

/** Ours, at Capitec, of whatever type: reasons (§7.3) and scenarios (§7.4). */
const SCENARIOS: ReadonlyArray<readonly [number: string, debit: DebitResult, mandate: MandateResult]> = [
  ['9900990009', 'TRACKED', 'APPROVED'],
  ['9910060004', 'TRACKED_PAID', 'APPROVED'],
  ['9910070018', 'TRACKED_UNPAID', 'APPROVED'],
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
    ([branch, type, number, debit, mandate]) => [keyOf(branch, type, number), { debit, mandate }] as const,
  ),
  ...SCENARIOS.flatMap(([number, debit, mandate]) =>
    SCENARIO_TYPES.map((type) => [keyOf(SCENARIO_BRANCH, type, number), { debit, mandate }] as const),
  ),
]);

export function outcomeOf({ branchCode, accountType, accountNumber }: Account): Outcome {
  return OUTCOMES.get(keyOf(branchCode, accountType, accountNumber)) ?? DEFAULT;
}

function keyOf(branchCode: string, accountType: string, accountNumber: string): string {
  return `${branchCode} ${accountType} ${accountNumber.replace(/^0+/, '')}`;
}
