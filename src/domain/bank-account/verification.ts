/** Answer of a bank to an account verification (AVS). Null means that the bank does not report the match. */
export interface Verification {
  readonly accountFound: boolean;
  readonly accountOpen: boolean;
  readonly acceptsDebits: boolean;
  readonly acceptsCredits: boolean;
  readonly idNumberMatch: boolean | null;
  readonly initialsMatch: boolean | null;
  readonly nameMatch: boolean | null;
}

/** All results of account verification (AVS). */
export const VERIFICATION_STATUSES = ['UNVERIFIED', 'VERIFIED', 'PARTIAL', 'FAILED'] as const;
/** Result of account verification (AVS). */
export type VerificationStatus = (typeof VERIFICATION_STATUSES)[number];

/**
 * Returns the verification status for an answer: FAILED if the account does not exist, is closed, does not accept
 * debits or does not match the ID number; PARTIAL if the initials or the name differ; otherwise VERIFIED.
 */
export function verificationStatusOf(answer: Verification): Exclude<VerificationStatus, 'UNVERIFIED'> {
  const { accountFound, accountOpen, acceptsDebits, idNumberMatch, initialsMatch, nameMatch } = answer;
  if (!accountFound || !accountOpen || !acceptsDebits || idNumberMatch === false) return 'FAILED';
  return initialsMatch === false || nameMatch === false ? 'PARTIAL' : 'VERIFIED';
}
