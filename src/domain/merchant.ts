/** How accounts behave at the sandbox bank that stand for nothing: all is well, or as the staging of the documents has it. */
export const SANDBOX_DEFAULTS = ['HAPPY', 'KWIK'] as const;
export type SandboxDefault = (typeof SANDBOX_DEFAULTS)[number];

/** What becomes of a collection that the gateway was too late for: the next day there is, or none. */
export const LATE_RUN_POLICIES = ['NEXT_FEASIBLE', 'SKIP'] as const;
export type LateRunPolicy = (typeof LATE_RUN_POLICIES)[number];
