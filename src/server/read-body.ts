import type { IncomingMessage } from 'node:http';

/** A batch of 1,000 records with metadata fits. */
export const BODY_BYTES_MAX = 8 * 1_024 * 1_024;

/** The body as text, or null when it is too large: it is then not read to its end. */
export function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_BYTES_MAX) chunks.push(chunk);
      else {
        request.pause();
        resolve(null);
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.once('error', reject);
  });
}
