import { Busy } from '../../admission/busy.ts';

/** Maximum bytes of requests, or of responses, that a node holds at once. */
export interface ReceivingLimits {
  /** Maximum for all payers together. */
  readonly bytesMax: number;
  /** Maximum for one payer, so that no payer can use up the node. */
  readonly bytesPerPayerMax: number;
}

/** Bytes of one request or response that are held in memory. */
export interface Held {
  /** Adds received bytes, or removes bytes when negative. Throws Busy when the node or the payer holds too many. */
  add(bytes: number): void;
  /** Releases all bytes. */
  release(): void;
}

/** Bytes of all requests that a node receives or processes, or of all responses that it sends. */
export interface Receiving {
  /** Begins to count a request or response of a payer. */
  begin(payerId: string): Held;
  /** Bytes held now. */
  bytes(): number;
}

/** Creates a counter of held bytes with limits. */
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
