import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Allowances, Payer } from '../../admission/allowances.ts';
import type { Pacer } from '../../admission/pacer.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';
import type { Identity } from '../../services/app.ts';
import { bodyLimit, readBody } from '../http/read-body.ts';
import { type JsonLimits, type JsonWeight, overweight, pointsOf } from './json-weight.ts';
import type { Held, Receiving } from './receiving.ts';

/** Limits that a request must pass before it is parsed. */
export interface Intake {
  readonly receiving: Receiving;
  readonly allowances: Allowances;
  readonly pacer: Pacer;
  readonly limits: IntakeLimits;
}

/** Limits of the size of a body. */
export interface IntakeLimits extends JsonLimits {
  /** A body with more bytes is not read. */
  readonly bodyBytesMax: number;
}

/** The payer of a request: the client of a merchant, or the address of a caller without credentials. */
export function payerOf(identity: Identity | null, address: string): Payer {
  return identity
    ? { id: `${identity.merchantId} ${identity.clientId}`, isKnown: true }
    : { id: address, isKnown: false };
}

/**
 * A text of at least this many points is heavy: the heavy texts of one merchant, or address, are parsed one after the
 * other.
 */
export const HEAVY_POINTS = 16;

/** The client whose heavy texts queue together: the merchant, whatever key was used, or the address. */
export function pacedClient({ id, isKnown }: Payer): string {
  return isKnown ? (id.split(' ', 1)[0] ?? id) : id;
}

/**
 * Charges a payer for parsing a text, before it is parsed, and waits while a heavy text is queued. Returns the points
 * of the text. Throws BODY_TOO_LARGE for too many values or keys, which is charged as well, RATE_LIMITED when the payer
 * lacks points, and TooMuch when the queue is too long.
 */
export async function chargeReading(
  { allowances, pacer, limits }: Intake,
  payer: Payer,
  weight: JsonWeight,
): Promise<number> {
  const reason = overweight(weight, limits);
  const points = pointsOf(weight) + (payer.isKnown ? 0 : 1);
  if (reason !== null) {
    allowances.take(payer, points, 'OWE');
    throw requestError('BODY_TOO_LARGE', reason);
  }
  const taken = allowances.take(payer, points);
  if (!('left' in taken)) throw requestError('RATE_LIMITED', NO_POINTS, [], taken);
  if (points >= HEAVY_POINTS) await pacer.wait(pacedClient(payer), points);
  return pointsOf(weight);
}

const NO_POINTS = 'The key or address has too few points left for a request of this size; retry after `retryAfterMs`.';

/**
 * Reads the body of a request. Its bytes count as held by the node until the response is closed or they are released.
 * Throws RATE_LIMITED, before reading, when the payer lacks points, BODY_TOO_LARGE, and Busy when the node or the payer
 * holds too many bytes.
 */
export async function receiveBody(
  { receiving, allowances, limits }: Intake,
  { request, response, payer, identity }: Received,
): Promise<{ readonly body: Buffer; readonly held: Held }> {
  const bytesMax = bodyLimit(identity, limits.bodyBytesMax);
  const announced = Number(request.headers['content-length'] ?? 0);
  const room = allowances.take(payer, pointsOf({ bytes: Math.min(announced, bytesMax), values: 0 }), 'LOOK');
  if (!('left' in room)) throw requestError('RATE_LIMITED', NO_POINTS, [], room);
  const held: Held = receiving.begin(payer.id);
  response.once('close', held.release);
  const body = announced > bytesMax ? null : await readBody(request, bytesMax, held);
  if (body !== null) return { body, held };
  allowances.take(payer, pointsOf({ bytes: bytesMax, values: 0 }), 'OWE');
  throw requestError('BODY_TOO_LARGE', `The body has more than ${bytesMax} bytes; send a smaller request.`);
}

interface Received {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly payer: Payer;
  readonly identity: Identity | null;
}
