import type { IncomingMessage } from 'node:http';
import type { Identity } from '../../services/app.ts';
import type { Held } from '../intake/receiving.ts';

/** Largest body of a caller without credentials, in bytes: many times the introspection query of GraphiQL. */
export const ANONYMOUS_BYTES_MAX = 64 * 1_024;

/** Largest body of a caller, in bytes. */
export function bodyLimit(identity: Identity | null, bytesMax: number): number {
  return identity === null ? Math.min(ANONYMOUS_BYTES_MAX, bytesMax) : bytesMax;
}

/** The bytes of the body; null when there are more than `bytesMax`. Rejects with the error of `held`. */
export function readBody(request: IncomingMessage, bytesMax: number, held: Held): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (): void => {
      request.off('data', take);
      chunks.length = 0;
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      try {
        if (size <= bytesMax) {
          held.add(chunk.length);
          chunks.push(chunk);
          return;
        }
        resolve(null);
      } catch (error) {
        reject(error);
      }
      stop();
    };
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
  });
}

/** The text of UTF-8 bytes; null when they are not valid UTF-8, as invalid bytes are never replaced. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
