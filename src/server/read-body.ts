import type { IncomingMessage } from 'node:http';
import type { Identity } from '../services/app.ts';

/** Whoever does not say who it is can ask next to nothing: the introspection of GraphiQL fits many times. */
export const NOBODY_BYTES_MAX = 64 * 1_024;

/** How large a body may be, by whose it is. */
export function bodyLimit(identity: Identity | null, bytesMax: number): number {
  return identity === null ? Math.min(NOBODY_BYTES_MAX, bytesMax) : bytesMax;
}

/** The body as text, or null when it is too large: it is then not read to its end. */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bytesMax) chunks.push(chunk);
      else {
        request.pause();
        resolve(null);
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.once('error', reject);
  });
}
