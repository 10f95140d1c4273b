import type { Duplex } from 'node:stream';
import { ANONYMOUS_BYTES_MAX } from '../http/read-body.ts';

/** Sockets of a node, and of one address, that may be about to say who they are. */
const HANDSHAKES_MAX = 2_000;
const HANDSHAKES_PER_ADDRESS_MAX = 200;

/** A socket that has not said yet who it is. */
export interface Handshake {
  /** It is let in. Whoever has no credentials may still not send much. */
  end(isSomebody: boolean): void;
}

/** Sockets that have not said yet who they are: each address has a share, and each socket is cut that sends much. */
export function createHandshakeLimit(max = HANDSHAKES_MAX, perAddressMax = HANDSHAKES_PER_ADDRESS_MAX) {
  const byAddress = new Map<string, number>();
  let count = 0;
  /** Null when there are too many. */
  return (connection: Duplex, address: string): Handshake | null => {
    const ofAddress = byAddress.get(address) ?? 0;
    if (count >= max || ofAddress >= perAddressMax) return null;
    count += 1;
    byAddress.set(address, ofAddress + 1);
    let isGreeting = true;
    let bytes = 0;
    const weigh = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > ANONYMOUS_BYTES_MAX) connection.destroy();
    };
    const release = (): void => {
      if (!isGreeting) return;
      isGreeting = false;
      count -= 1;
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left > 0) byAddress.set(address, left);
      else byAddress.delete(address);
    };
    connection.on('data', weigh);
    connection.once('close', release);
    return {
      end(isSomebody) {
        release();
        if (isSomebody) connection.off('data', weigh);
      },
    };
  };
}
