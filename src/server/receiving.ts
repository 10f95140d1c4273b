import { Busy } from '../admission/busy.ts';

/** How many bytes of requests a node holds at once. */
export interface ReceivingLimits {
  /** Of all callers together. */
  readonly bytesMax: number;
  /** Of one payer: so that nobody fills the node alone. */
  readonly bytesPerPayerMax: number;
}

/** Bytes of one request that are held in memory, from their arrival until the request is answered. */
export interface Held {
  /** Counts bytes that arrived. Throws Busy when the node, or the payer, holds too many. */
  add(bytes: number): void;
  release(): void;
}

/** The bytes of all requests that are being received or worked on by a node. */
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
      return {
        add(bytes) {
          if (total + bytes > bytesMax || (byPayer.get(payerId) ?? 0) + bytes > bytesPerPayerMax) throw new Busy();
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
