import { randomUUID } from 'node:crypto';
import { GIVE_UP_MS, pauseMs, retryDelayMs } from '../domain/webhook/retries.ts';
import { testBody } from '../services/webhooks/body.ts';
import { webhookSecret } from '../services/webhooks/secret.ts';
import { signedHeaders } from '../signing/signature.ts';
import { isUnavailable } from '../store/connection/database.ts';
import { wallTime } from '../store/connection/wall-time.ts';
import type { Secrets } from '../store/secrets.ts';
import type { DueDelivery, LeasedEndpoint } from '../store/webhooks/queue.ts';
import type { Attempt, DeliveryResult, QueueResult } from '../store/webhooks/results.ts';
import { inSpan, markFailed, traceHeaders } from '../tracing/spans.ts';
import { type Bodies, Postponed } from './bodies.ts';
import type { Places } from './places.ts';
import type { Answer, Sender } from './send.ts';

/** Number of requests that one endpoint gets at once; one while its attempts fail. */
const REQUESTS_OF_ENDPOINT_MAX = 8;
/** Status of an endpoint that wants no more messages. */
const GONE = 410;

/** What the serving of an endpoint needs from its node. */
export interface Serving {
  readonly secrets: Secrets;
  readonly bodies: Bodies;
  readonly sender: Sender;
  readonly places: Places;
  /** Whether no further request may be sent, because the lease ends or the node stops. */
  readonly isOver: () => boolean;
  /** Receives the result of each attempt. */
  readonly onResult: (result: DeliveryResult) => void;
}

/** How the serving of an endpoint has ended. */
export interface Served extends Omit<QueueResult, 'isMore'> {
  /** Why the endpoint must be disabled; null when it stays as it is. */
  readonly disabledFor: string | null;
}

/**
 * Delivers due events to a leased endpoint: objects in parallel, the events of one object in sequence. After a failed attempt, the
 * later events of the object wait for its retry.
 */
export async function serveEndpoint(
  endpoint: LeasedEndpoint,
  due: readonly DueDelivery[],
  serving: Serving,
): Promise<Served> {
  const run = new Run(endpoint, serving);
  const objects = new Map<string, DueDelivery[]>();
  for (const delivery of due) {
    const ofObject = objects.get(delivery.objectId);
    if (ofObject) ofObject.push(delivery);
    else objects.set(delivery.objectId, [delivery]);
  }
  await run.deliverAll([...objects.values()]);
  return run.end();
}

class Run {
  private readonly endpoint: LeasedEndpoint;
  private readonly serving: Serving;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly signing: readonly string[];
  /** Failed attempts since the last success. */
  private failures: number;
  private hasSucceeded = false;
  private isGone = false;
  private waitMs = 0;

  constructor(endpoint: LeasedEndpoint, serving: Serving) {
    this.endpoint = endpoint;
    this.serving = serving;
    this.failures = endpoint.failures;
    this.headers = { 'content-type': 'application/json', 'user-agent': 'collections-gateway' };
    const { merchantId, id, secretGeneration, previousSecretUntil } = endpoint;
    const isRotating = previousSecretUntil !== null && previousSecretUntil > wallTime();
    const generations = isRotating ? [secretGeneration, secretGeneration - 1] : [secretGeneration];
    this.signing = generations.map((generation) => webhookSecret(serving.secrets, merchantId, id, generation));
  }

  private isOver(): boolean {
    return this.isGone || this.waitMs > 0 || this.serving.isOver();
  }

  deliverAll(objects: Array<readonly DueDelivery[]>): Promise<void> {
    return new Promise((resolve, reject) => {
      let running = 0;
      const next = (): void => {
        const most = this.failures > 0 ? 1 : REQUESTS_OF_ENDPOINT_MAX;
        while (running < most && objects.length > 0 && !this.isOver()) {
          running += 1;
          this.deliverInOrder(objects.shift() ?? []).then(() => {
            running -= 1;
            next();
          }, reject);
        }
        if (running === 0) resolve();
      };
      next();
    });
  }

  private async deliverInOrder(deliveries: readonly DueDelivery[]): Promise<void> {
    for (const delivery of deliveries) if (this.isOver() || !(await this.deliver(delivery))) return;
  }

  /** Attempts one delivery. Returns whether the next one of the object may follow. */
  private async deliver(delivery: DueDelivery): Promise<boolean> {
    const { event, isTest } = delivery;
    if (event === null && !isTest) {
      this.report(delivery, { status: 'FAILED', isFailure: false, retryMs: 0, attempt: null });
      return true;
    }
    const body = await this.bodyOf(delivery);
    if (body === null) return false;
    return typeof body === 'string' ? this.send(delivery, body) : this.note(delivery, body.attempt, null);
  }

  /** Returns the body of a delivery, the failed attempt when it cannot be made, or null when it cannot be made now. */
  private async bodyOf({ id, event }: DueDelivery): Promise<string | { readonly attempt: Attempt } | null> {
    try {
      if (event === null) return testBody(id, this.endpoint.id, wallTime());
      return await this.serving.bodies.bodyOf(this.endpoint, event);
    } catch (error) {
      if (error instanceof Postponed) this.waitMs = Math.max(this.waitMs, error.retryAfterMs);
      if (error instanceof Postponed || isUnavailable(error)) return null;
      const told = `The selection could not be resolved: ${(error as Error).message}`;
      return { attempt: newAttempt({ status: null, ms: 0, body: null, error: told }) };
    }
  }

  private async send(delivery: DueDelivery, body: string): Promise<boolean> {
    const { merchantId, url } = this.endpoint;
    return this.serving.places.run(merchantId, url, async () => {
      if (this.isOver()) return false;
      const requestId = randomUUID();
      const at = wallTime();
      const signed = signedHeaders(this.signing, delivery.event?.id ?? delivery.id, at, body);
      const headers = { ...this.headers, ...signed, 'x-request-id': requestId };
      const answer = await this.post(headers, body);
      return !answer.isCut && this.note(delivery, newAttempt(answer, requestId, at), answer.retryAfterMs);
    });
  }

  private post(headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
    const { merchantId, id, url } = this.endpoint;
    const attributes = {
      'server.address': new URL(url).hostname,
      'gateway.merchant_id': merchantId,
      'gateway.webhook_endpoint_id': id,
    };
    return inSpan('webhook POST', { side: 'CLIENT', attributes }, async (span) => {
      const answer = await this.serving.sender.post(url, { ...headers, ...traceHeaders() }, Buffer.from(body));
      if (answer.status !== null) span.setAttribute('http.response.status_code', answer.status);
      if (answer.error !== null) markFailed(span, String(answer.status ?? 'no answer'));
      return answer;
    });
  }

  /** Reports an attempt. Returns whether it has succeeded. */
  private note(delivery: DueDelivery, attempt: Attempt, retryAfterMs: number | null): boolean {
    const isFailure = attempt.error !== null;
    if (delivery.isTest) {
      this.report(delivery, { status: isFailure ? 'FAILED' : 'DELIVERED', isFailure, retryMs: 0, attempt });
      return true;
    }
    if (!isFailure) {
      this.failures = 0;
      this.hasSucceeded = true;
      this.report(delivery, { status: 'DELIVERED', isFailure, retryMs: 0, attempt });
      return true;
    }
    this.failures += 1;
    if (attempt.status === GONE) this.isGone = true;
    if (retryAfterMs !== null) this.waitMs = Math.max(this.waitMs, retryAfterMs);
    const isGivenUp = wallTime().getTime() - delivery.queuedAt.getTime() >= GIVE_UP_MS;
    const retryMs = retryAfterMs ?? retryDelayMs(delivery.failures + 1, Math.random());
    this.report(delivery, { status: isGivenUp ? 'FAILED' : 'PENDING', isFailure, retryMs, attempt });
    return false;
  }

  private report(
    { id, objectId }: DueDelivery,
    result: Pick<DeliveryResult, 'status' | 'isFailure' | 'retryMs' | 'attempt'>,
  ): void {
    const { merchantId, id: endpointId } = this.endpoint;
    this.serving.onResult({ merchantId, endpointId, objectId, id, ...result });
  }

  end(): Served {
    const { merchantId, id: endpointId, lease } = this.endpoint;
    const failures = this.hasSucceeded ? this.failures : this.failures - this.endpoint.failures;
    return {
      merchantId,
      endpointId,
      lease,
      hasSucceeded: this.hasSucceeded,
      failures,
      pauseMs: Math.max(this.waitMs, pauseMs(this.failures)),
      disabledFor: this.disabledFor(failures),
    };
  }

  private disabledFor(failures: number): string | null {
    if (this.isGone) return `The endpoint answered ${GONE}.`;
    const { failingSince } = this.endpoint;
    if (this.hasSucceeded || failures === 0 || failingSince === null) return null;
    const hasFailedForDays = wallTime().getTime() - failingSince.getTime() >= GIVE_UP_MS;
    return hasFailedForDays ? 'No attempt has succeeded for three days.' : null;
  }
}

function newAttempt(
  { status, ms, body, error }: Pick<Answer, 'status' | 'ms' | 'body' | 'error'>,
  requestId: string = randomUUID(),
  at = wallTime(),
): Attempt {
  return { at: at.toISOString(), requestId, status, ms, body, error };
}
