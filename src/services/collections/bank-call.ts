/** So long others keep away from what is on its way to the bank; after a crash it is asked for, then sent if need be. */
export const LEASE_MS = 30_000;

/** What a step has recorded and is about to send, outside its transaction. */
export interface BankCall {
  /** Sends what the bank has not received, and records that it has. */
  finish(): Promise<void>;
  /** After a failure: others may try again after so long. The bank is asked by reference first. */
  release(afterMs: number): Promise<void>;
}
