import type { Duplex } from 'node:stream';
import { ANONYMOUS_BYTES_MAX } from '../http/read-body.ts';

/** Maximum number of sockets in the handshake on a node. */
const HANDSHAKES_MAX = 2_000;
/** Maximum number of sockets in the handshake from one address. */
const HANDSHAKES_PER_ADDRESS_MAX = 200;

/** A socket that has not authenticated yet. */
export interface Handshake {
  /** Ends the handshake. A caller without credentials keeps the byte limit. */
  end(isSomebody: boolean): void;
}

/**
 * Limits sockets in the handshake, per node and per address, and cuts those that send more than ANONYMOUS_BYTES_MAX.
 */
export function createHandshakeLimit(max = HANDSHAKES_MAX, perAddressMax = HANDSHAKES_PER_ADDRESS_MAX) {
  const byAddress = new Map<string, number>();
  let count = 0;
  /** Registers a socket; null when a limit is reached. */
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
