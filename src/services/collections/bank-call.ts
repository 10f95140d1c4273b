/**
 * Lease on jobs that are at the bank, in milliseconds. After a crash another node takes them over when it ends, asks
 * the bank which references it has received and sends the others.
 */
export const LEASE_MS = 30_000;

/** A recorded submission to the bank, to be sent outside the transaction that recorded it. */
export interface BankCall {
  /** Sends what the bank has not received, and records everything as received. */
  finish(): Promise<void>;
  /** Sets the lease after a failure, in milliseconds. The next attempt first asks the bank by reference. */
  release(afterMs: number): Promise<void>;
}
