/** All modes of a merchant. */
export const MERCHANT_MODES = ['SANDBOX', 'LIVE'] as const;
/** Whether a merchant tries out the gateway on a clock of its own, or collects money. Chosen when it is made, for good. */
export type MerchantMode = (typeof MERCHANT_MODES)[number];

/**
 * All default behaviours of the sandbox bank for accounts without a scripted result: HAPPY pays every debit, KWIK
 * behaves like the Kwik staging environment (DOMAIN §7.2).
 */
export const SANDBOX_DEFAULTS = ['HAPPY', 'KWIK'] as const;
/** Default behaviour of the sandbox bank for accounts without a scripted result. */
export type SandboxDefault = (typeof SANDBOX_DEFAULTS)[number];

/**
 * All policies for a missed cut-off: NEXT_FEASIBLE moves the collection to the earliest possible date, SKIP skips it.
 */
export const LATE_RUN_POLICIES = ['NEXT_FEASIBLE', 'SKIP'] as const;
/** What happens to a collection whose cut-off the gateway missed. */
export type LateRunPolicy = (typeof LATE_RUN_POLICIES)[number];
