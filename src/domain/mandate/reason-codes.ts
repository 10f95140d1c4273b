/** Meaning of each scheme reason code of a mandate (DOMAIN §2.18), as a phrase without a full stop. */
export const MANDATE_CODES: Readonly<Record<string, string>> = {
  AC01: 'Incorrect account number',
  AC04: 'Account closed',
  AC06: 'Account blocked',
  AG01: 'Debits are not allowed on this account',
  AM02: 'Amount not allowed',
  AM05: 'Duplicate mandate',
  BE01: 'The identity of the debtor does not match',
  DT01: 'Invalid date',
  MD01: 'No mandate',
  MD02: 'Required data is missing',
  MD07: 'The debtor is deceased',
  MD08: "The debtor's bank offers no mandate service",
  MD09: 'No mandate service for this account',
  MD12: 'The contract reference is not unique',
  MD13: 'The debtor could not be authenticated',
  MD16: 'The debtor refused',
  MD20: 'The mandate has expired',
  MD21: 'Fraud',
  MS02: 'Refused by the debtor, no reason given',
  MS03: "Refused by the debtor's bank, no reason given",
  RC01: 'Unknown branch code',
  NORESP: 'No reply from the debtor',
};

/** Reasons for cancelling a mandate, each with its scheme code and a title for people. */
export const CANCEL_REASONS = {
  CONTRACT_EXPIRED: { code: 'CEXP', title: 'The contract has ended' },
  EARLY_SETTLEMENT: { code: 'MCES', title: 'Settled before its time' },
  FRAUD: { code: 'MCFR', title: 'Fraud' },
  REQUESTED_BY_CREDITOR: { code: 'MD17', title: 'Requested by the creditor' },
  REQUESTED_BY_DEBTOR: { code: 'MD16', title: 'Requested by the debtor' },
} as const;
/** Name of a cancellation reason. */
export type MandateCancelReason = keyof typeof CANCEL_REASONS;

/** Code of a mandate whose approval window closed without an answer. */
export const NO_REPLY = 'NORESP';
