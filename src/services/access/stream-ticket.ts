import { createHash, timingSafeEqual } from 'node:crypto';
import { wallTime } from '../../store/connection/wall-time.ts';
import { type App, type Caller, type Identity, SCOPES } from '../app.ts';
import { findRevokedKeys } from './authenticate.ts';

/** Maximum lifetime of a stream ticket, in milliseconds. */
export const STREAM_TICKET_LIFETIME_MS = 12 * 60 * 60 * 1_000;

/** A ticket that authorises one GraphQL document in a URL, in place of an API key. */
export interface StreamTicket {
  readonly ticket: string;
  readonly expiresAt: Date;
}

/**
 * Returns a signed ticket for one document of the caller. It expires after `STREAM_TICKET_LIFETIME_MS` or with the
 * caller's token, whichever is earlier. Tickets are not stored.
 */
export function createStreamTicket({ secrets }: App, caller: Caller, query: string): StreamTicket {
  const latest = wallTime().getTime() + STREAM_TICKET_LIFETIME_MS;
  const expiresAt = Math.min(latest, caller.expiresAt?.getTime() ?? latest);
  const body = JSON.stringify([caller.merchantId, caller.clientId, [...caller.scopes], expiresAt]);
  const ticket = `${Buffer.from(body).toString('base64url')}.${macOf(secrets, body, query).toString('base64url')}`;
  return { ticket, expiresAt: new Date(expiresAt) };
}

/**
 * Returns the identity of a ticket, or EXPIRED. Returns null if the signature is invalid, the ticket is for another
 * document, or its API key has been revoked.
 */
export async function readStreamTicket(app: App, ticket: string, query: string): Promise<Identity | 'EXPIRED' | null> {
  const [encoded = '', mac = '', ...rest] = ticket.split('.');
  const body = Buffer.from(encoded, 'base64url').toString('utf8');
  const given = Buffer.from(mac, 'base64url');
  const expected = macOf(app.secrets, body, query);
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const [merchantId, clientId, scopes, expiresAt] = JSON.parse(body) as [string, string, string[], number];
  if (expiresAt <= wallTime().getTime()) return 'EXPIRED';
  if (!clientId.startsWith('user:') && (await findRevokedKeys(app, [clientId])).length > 0) return null;
  const known = new Set(SCOPES.filter((scope) => scopes.includes(scope)));
  return { merchantId, clientId, scopes: known, expiresAt: new Date(expiresAt) };
}

function macOf(secrets: App['secrets'], body: string, query: string): Buffer {
  return secrets.hmac('tickets', body, createHash('sha256').update(query).digest('base64'));
}
