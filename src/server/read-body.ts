import type { IncomingMessage } from 'node:http';
import type { Identity } from '../services/app.ts';

/** Whoever does not say who it is can ask next to nothing: the introspection of GraphiQL fits many times. */
export const NOBODY_BYTES_MAX = 64 * 1_024;

/** How large a body may be, by whose it is. */
export function bodyLimit(identity: Identity | null, bytesMax: number): number {
  return identity === null ? Math.min(NOBODY_BYTES_MAX, bytesMax) : bytesMax;
}

/** Why a body cannot be read. */
export type BodyFault = 'TOO_LARGE' | 'NOT_UTF8';

/** The body as text, or why it is none: a body that is too large is not read to its end, one that is not UTF-8 not repaired. */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
): Promise<{ readonly text: string } | { readonly fault: BodyFault }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bytesMax) chunks.push(chunk);
      else {
        request.pause();
        resolve({ fault: 'TOO_LARGE' });
      }
    });
    request.once('end', () => resolve(decode(Buffer.concat(chunks))));
    request.once('error', reject);
  });
}

function decode(bytes: Buffer): { readonly text: string } | { readonly fault: BodyFault } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { fault: 'NOT_UTF8' };
  }
}
