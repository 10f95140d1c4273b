/**
 * What becomes of an entry of a report. TAKEN: recorded. REPEATED: recorded before. UNKNOWN: no merchant of the connector
 * has its reference, account or payment method. QUARANTINED: recorded, but no status allows it. REFUSED: it is not valid.
 */
export type TakenResult = 'TAKEN' | 'REPEATED' | 'UNKNOWN' | 'QUARANTINED' | 'REFUSED';

/** What became of an entry of a report. */
export interface TakenEntry {
  readonly id: string;
  readonly result: TakenResult;
  /** Why it was not taken, for people. */
  readonly message?: string;
}

/** What became of the entries of a report, in their order. */
export interface TakenReport {
  readonly answers: readonly TakenEntry[];
  readonly deposits: readonly TakenEntry[];
  readonly settlements: readonly TakenEntry[];
}
