import { Busy } from '../../admission/busy.ts';

/** How many bytes of requests, or of answers, a node holds at once. */
export interface ReceivingLimits {
  /** Of all callers together. */
  readonly bytesMax: number;
  /** Of one payer: so that nobody fills the node alone. */
  readonly bytesPerPayerMax: number;
}

/** Bytes of one request or answer that are held in memory. */
export interface Held {
  /** Counts bytes that arrived, or, below zero, that are gone. Throws Busy when the node, or the payer, holds too many. */
  add(bytes: number): void;
  release(): void;
}

/** The bytes of all requests that a node receives or works on, or of all answers that it sends. */
export interface Receiving {
  begin(payerId: string): Held;
  /** Bytes held now. */
  bytes(): number;
}

export function createReceiving({ bytesMax, bytesPerPayerMax }: ReceivingLimits): Receiving {
  const byPayer = new Map<string, number>();
  let total = 0;

  function change(payerId: string, bytes: number): void {
    total += bytes;
    const held = (byPayer.get(payerId) ?? 0) + bytes;
    if (held > 0) byPayer.set(payerId, held);
    else byPayer.delete(payerId);
  }

  return {
    bytes: () => total,
    begin(payerId) {
      let held = 0;
      const isTooMuch = (bytes: number): boolean =>
        total + bytes > bytesMax || (byPayer.get(payerId) ?? 0) + bytes > bytesPerPayerMax;
      return {
        add(given) {
          const bytes = Math.max(given, -held);
          if (bytes > 0 && isTooMuch(bytes)) throw new Busy();
          held += bytes;
          change(payerId, bytes);
        },
        release() {
          change(payerId, -held);
          held = 0;
        },
      };
    },
  };
}
