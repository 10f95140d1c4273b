/** What the scheme's codes about mandates mean (DOMAIN §2.18). */
export const MANDATE_CODES: Readonly<Record<string, string>> = {
  AC01: 'Wrong account number',
  AC04: 'Account closed',
  AC06: 'Account blocked',
  AG01: 'Debits are forbidden on this account',
  AM02: 'Amount not allowed',
  AM05: 'Duplicate',
  BE01: 'The identity does not match',
  DT01: 'Invalid date',
  MD01: 'No mandate',
  MD02: 'Data missing',
  MD07: 'The debtor is deceased',
  MD08: "The debtor's bank offers no mandates",
  MD09: 'No mandates on this account',
  MD12: 'The contract reference is not unique',
  MD13: 'The debtor could not be authenticated',
  MD16: 'The debtor refused',
  MD20: 'Expired',
  MD21: 'Fraud',
  MS02: 'Refused by the debtor, no reason given',
  MS03: "Refused by the debtor's bank, no reason given",
  RC01: 'Unknown branch',
  NORESP: 'No reply from the debtor',
};

/** Why a mandate is cancelled, with the scheme's code. */
export const CANCEL_REASONS = {
  CONTRACT_EXPIRED: { code: 'CEXP', title: 'The contract has ended' },
  EARLY_SETTLEMENT: { code: 'MCES', title: 'Settled before its time' },
  FRAUD: { code: 'MCFR', title: 'Fraud' },
  REQUESTED_BY_CREDITOR: { code: 'MD17', title: 'Requested by the creditor' },
  REQUESTED_BY_DEBTOR: { code: 'MD16', title: 'Requested by the debtor' },
} as const;
export type MandateCancelReason = keyof typeof CANCEL_REASONS;

/** Silence until the window closed. */
export const NO_REPLY = 'NORESP';
