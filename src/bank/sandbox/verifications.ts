import type { Verification } from '../../domain/bank-account/verification.ts';
import type { Account } from '../bank.ts';

const MATCH: Verification = {
  accountFound: true,
  accountOpen: true,
  acceptsDebits: true,
  acceptsCredits: true,
  idNumberMatch: true,
  initialsMatch: true,
  nameMatch: true,
};

/** Capitec, whose accounts of either type simulate verifications (DOMAIN §7.4, 18 to 21). */
const SCENARIO_BRANCH = '470010';
/** Verifications by account number, without leading zeros. Null: the bank does not answer. */
const SCENARIOS: ReadonlyMap<string, Verification | null> = new Map([
  ['9910180018', { ...MATCH, idNumberMatch: false }],
  ['9910190005', { ...MATCH, initialsMatch: false }],
  ['9910200000', { ...MATCH, accountOpen: false, acceptsDebits: false, acceptsCredits: false }],
  ['9910210006', null],
]);

/**
 * The verification of an account by the sandbox bank; null when it does not answer. All other accounts match in full.
 */
export function verificationOf({ branchCode, accountNumber }: Account): Verification | null {
  const scenario = branchCode === SCENARIO_BRANCH ? SCENARIOS.get(accountNumber.replace(/^0+/, '')) : undefined;
  return scenario === undefined ? MATCH : scenario;
}
