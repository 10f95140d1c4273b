import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Allowances, Payer } from '../../admission/allowances.ts';
import type { Pacer } from '../../admission/pacer.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';
import type { Identity } from '../../services/app.ts';
import { bodyLimit, readBody } from '../http/read-body.ts';
import { type JsonLimits, type JsonWeight, overweight, pointsOf } from './json-weight.ts';
import type { Held, Receiving } from './receiving.ts';

/** What is asked of a request before anything of it is parsed. */
export interface Intake {
  readonly receiving: Receiving;
  readonly allowances: Allowances;
  readonly pacer: Pacer;
  readonly limits: IntakeLimits;
}

export interface IntakeLimits extends JsonLimits {
  /** A larger body is not read. */
  readonly bodyBytesMax: number;
}

/** Who pays for a request. */
export function payerOf(identity: Identity | null, address: string): Payer {
  return identity
    ? { id: `${identity.merchantId} ${identity.clientId}`, isKnown: true }
    : { id: address, isKnown: false };
}

/** Reading a text of more points is heavy: the heavy texts of one merchant, or address, are read one after the other. */
export const HEAVY_POINTS = 16;

/** Whose heavy texts wait for each other: a merchant's, whatever its keys. */
export function pacedClient({ id, isKnown }: Payer): string {
  return isKnown ? (id.split(' ', 1)[0] ?? id) : id;
}

/**
 * Charges a payer for reading a text, before it is parsed, and waits for the text's turn when it is heavy. Returns the points charged.
 * Throws BODY_TOO_LARGE when it holds too many values or keys, which is charged too, and RATE_LIMITED when its sender has no points left.
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

const NO_POINTS = 'No points are left for a request of this size; they come back.';

/**
 * The body of a request. Its bytes count among those that the node holds until the response is over, or they are released. Throws RATE_LIMITED before it is read
 * when its sender has no points for it, BODY_TOO_LARGE, and Busy when the node or its sender holds too many.
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
  throw requestError('BODY_TOO_LARGE', `A body has at most ${bytesMax} bytes.`);
}

interface Received {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly payer: Payer;
  readonly identity: Identity | null;
}
