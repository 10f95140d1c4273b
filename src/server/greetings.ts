import type { Duplex } from 'node:stream';
import { NOBODY_BYTES_MAX } from './read-body.ts';

/** So many sockets of a node may be about to say who they are. */
const GREETINGS_MAX = 2_000;

/** A socket that has not said yet who it is. */
export interface Greeting {
  /** It is let in. Whoever is nobody may still not send much. */
  end(isSomebody: boolean): void;
}

/** Sockets that have not said yet who they are: so many and no more, and each is cut that sends much. */
export function createGreetings(max = GREETINGS_MAX) {
  let count = 0;
  /** Null when there are too many. */
  return (connection: Duplex): Greeting | null => {
    if (count >= max) return null;
    count += 1;
    let isGreeting = true;
    let bytes = 0;
    const weigh = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > NOBODY_BYTES_MAX) connection.destroy();
    };
    const release = (): void => {
      if (isGreeting) count -= 1;
      isGreeting = false;
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
