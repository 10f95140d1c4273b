/**
 * Reason codes of ISO 20022 (external code sets) and the return codes of the gateway that mean the same (DOMAIN §2.14). The first
 * row of a return code is the one by which it is written. A bank's own codes come as proprietary ones and are taken as they are;
 * the profile of a connector adds to this table.
 */
const ROWS: ReadonlyArray<readonly [iso: string, ours: string]> = [
  ['AM04', '02'], // insufficient funds
  ['AG01', '03'], // direct debit forbidden on this account
  ['AC13', '03'], // type of the debtor's account is invalid
  ['MS02', '04'], // refused by the customer, no reason given
  ['AC06', '06'], // account blocked
  ['AC04', '12'], // account closed
  ['AC05', '12'], // debtor's account closed
  ['AC15', '16'], // account details have changed
  ['MD07', '18'], // debtor deceased
  ['AC01', '26'], // account number incorrect
  ['BE06', '26'], // debtor unknown
  ['DS02', '28'], // order cancelled by the user
  ['MD01', '30'], // no mandate
  ['MD06', '32'], // returned at the debtor's request
  ['MD16', '34'], // mandate cancelled by the debtor
  ['AM14', '40'], // amount above the agreed maximum
  ['MS03', '44'], // refused by the agent, no reason given
  ['ED05', '44'], // settlement failed
  ['AC03', '48'], // account number fails its check
  ['FF01', '50'], // file format invalid
  ['RC01', '50'], // branch code incorrect
  ['DT01', '50'], // date invalid
  ['AM02', '54'], // amount not allowed
];

/** Additions of the profile of a bank: its codes and ours. */
export type ReasonCodes = Readonly<Record<string, string>>;

/** Returns the return code of the gateway for a code of a bank: by the profile, by the table, or the code itself. */
export function returnCodeOf(code: string, added: ReasonCodes): string {
  const own = Object.hasOwn(added, code) ? added[code] : undefined;
  return own ?? ROWS.find(([iso]) => iso === code)?.[1] ?? code;
}

/** Returns the ISO code for a return code of the gateway; null when there is none, and a proprietary code is written. */
export function isoCodeOf(code: string): string | null {
  return ROWS.find(([, ours]) => ours === code)?.[0] ?? null;
}
