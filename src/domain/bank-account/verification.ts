/** What a bank said of an account, when it was asked whose it is (AVS). Null: the bank does not say. */
export interface Verification {
  readonly accountFound: boolean;
  readonly accountOpen: boolean;
  readonly acceptsDebits: boolean;
  readonly acceptsCredits: boolean;
  readonly idNumberMatch: boolean | null;
  readonly initialsMatch: boolean | null;
  readonly nameMatch: boolean | null;
}

export const VERIFICATION_STATUSES = ['UNVERIFIED', 'VERIFIED', 'PARTIAL', 'FAILED'] as const;
export type VerificationStatus = (typeof VERIFICATION_STATUSES)[number];

/**
 * What an answer amounts to. An account that is not there, is closed, takes no debits or is someone else's by id number
 * FAILED; one where initials or name differ is PARTIAL.
 */
export function verificationStatusOf(answer: Verification): Exclude<VerificationStatus, 'UNVERIFIED'> {
  const { accountFound, accountOpen, acceptsDebits, idNumberMatch, initialsMatch, nameMatch } = answer;
  if (!accountFound || !accountOpen || !acceptsDebits || idNumberMatch === false) return 'FAILED';
  return initialsMatch === false || nameMatch === false ? 'PARTIAL' : 'VERIFIED';
}
