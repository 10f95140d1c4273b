import { randomBytes } from 'node:crypto';

/** Under what a request is logged and answered: 16 characters, unguessable. */
export function newRequestId(): string {
  return `req_${randomBytes(12).toString('base64url')}`;
}
