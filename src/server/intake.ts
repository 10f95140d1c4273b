import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Allowances, Payer } from '../admission/allowances.ts';
import { requestError } from '../graphql/request-error.ts';
import type { Identity } from '../services/app.ts';
import { type JsonLimits, type JsonWeight, overweight, pointsOf } from './json-weight.ts';
import { bodyLimit, readBody } from './read-body.ts';
import type { Held, Receiving } from './receiving.ts';

/** What is asked of a request before anything of it is parsed. */
export interface Intake {
  readonly receiving: Receiving;
  readonly allowances: Allowances;
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

/**
 * Charges the reading of a text to whoever sent it, before it is parsed: the points it cost. Throws BODY_TOO_LARGE when it holds
 * too many values or keys, and RATE_LIMITED when its sender has no points left.
 */
export function chargeReading({ allowances, limits }: Intake, payer: Payer, weight: JsonWeight): number {
  const reason = overweight(weight, limits);
  if (reason !== null) throw requestError('BODY_TOO_LARGE', reason);
  const points = pointsOf(weight);
  const taken = allowances.take(payer, payer.isKnown ? points : points + 1);
  if ('left' in taken) return points;
  throw requestError('RATE_LIMITED', 'No points are left for a request of this size; they come back.', [], taken);
}

/**
 * The body of a request. Its bytes count among those that the node holds until the response is over. Throws BODY_TOO_LARGE, and Busy
 * when the node or its sender holds too many.
 */
export async function receiveBody(
  { receiving, limits }: Intake,
  { request, response, payer, identity }: Received,
): Promise<Buffer> {
  const bytesMax = bodyLimit(identity, limits.bodyBytesMax);
  const held: Held = receiving.begin(payer.id);
  response.once('close', held.release);
  const body = await readBody(request, bytesMax, held);
  if (body !== null) return body;
  throw requestError('BODY_TOO_LARGE', `A body has at most ${bytesMax} bytes.`);
}

interface Received {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly payer: Payer;
  readonly identity: Identity | null;
}
