import { randomUUID } from 'node:crypto';
import type { App } from '../services/app.ts';
import { disableWebhookEndpoint } from '../services/webhooks/disable-endpoint.ts';
import { isTimeout, isUnavailable, queryable } from '../store/connection/database.ts';
import { findMerchantsToDeliver, queueDeliveries } from '../store/webhooks/deliveries.ts';
import { type DueDelivery, findDueDeliveries, type LeasedEndpoint, leaseEndpoints } from '../store/webhooks/queue.ts';
import { type DeliveryResult, failPending, type QueueResult, recordResults } from '../store/webhooks/results.ts';
import type { Bodies } from './bodies.ts';
import { createPlaces } from './places.ts';
import type { Sender } from './send.ts';
import { type Served, serveEndpoint } from './serve-endpoint.ts';

/** Number of endpoints that a node delivers to at once. */
const ENDPOINTS_MAX = 1_000;
/** Number of merchants whose logs a node turns into deliveries at once. */
const MERCHANTS_AT_ONCE = 4;
/** Time for which requests are begun under a lease, in milliseconds. With the time for an answer it is shorter than the lease. */
const SENDING_MS = 4_000;
/** Number of deliveries of a disabled endpoint that are ended at a time. */
const ENDED_MAX = 1_000;

/** What a deliverer needs from its node. */
export interface DelivererOptions {
  readonly bodies: Bodies;
  readonly sender: Sender;
  /** Called when results wait to be recorded. */
  readonly onResult: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Delivers events to endpoints in rounds. A round records what has happened since the last one, turns new events into deliveries,
 * leases endpoints whose deliveries are due and begins to serve them; each step is one statement for all endpoints.
 */
export class Deliverer {
  private readonly app: App;
  private readonly options: DelivererOptions;
  private readonly places = createPlaces();
  /** Endpoints that are being served, with the end of their service. */
  private readonly served = new Map<LeasedEndpoint, Promise<void>>();
  private results: DeliveryResult[] = [];
  private released: QueueResult[] = [];
  private isStopping = false;

  constructor(app: App, options: DelivererOptions) {
    this.app = app;
    this.options = options;
  }

  /** Number of endpoints that are being served. */
  get count(): number {
    return this.served.size;
  }

  async round(): Promise<'MORE' | 'DONE'> {
    await this.record();
    const isMore = await this.queueNext();
    const leased = await this.lease();
    return isMore || leased > 0 ? 'MORE' : 'DONE';
  }

  /** Begins no further requests, and resolves when those under way have ended and are recorded. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.served.values());
    await this.record();
  }

  private async record(): Promise<void> {
    const { results, released } = this;
    if (results.length === 0 && released.length === 0) return;
    this.results = [];
    this.released = [];
    try {
      await recordResults(this.app.database, results, released);
    } catch (error) {
      if (isUnavailable(error) && !isTimeout(error)) {
        // They are recorded by the next round. Until then other nodes wait for the leases.
        this.results.unshift(...results);
        this.released.unshift(...released);
        throw error;
      }
      this.options.onError(error);
      await this.recordApart(results, released);
    }
  }

  /** Records the results of each endpoint by themselves. Those that cannot be recorded are made again after the lease. */
  private async recordApart(results: readonly DeliveryResult[], released: readonly QueueResult[]): Promise<void> {
    const endpoints = new Set([...results, ...released].map(({ endpointId }) => endpointId));
    for (const endpoint of endpoints) {
      const isOwn = ({ endpointId }: { readonly endpointId: string }): boolean => endpointId === endpoint;
      await recordResults(this.app.database, results.filter(isOwn), released.filter(isOwn)).catch(this.options.onError);
    }
  }

  private async queueNext(): Promise<boolean> {
    const merchants = await findMerchantsToDeliver(queryable(this.app.database));
    let isMore = false;
    for (let at = 0; at < merchants.length; at += MERCHANTS_AT_ONCE) {
      const some = merchants.slice(at, at + MERCHANTS_AT_ONCE);
      const queueing = some.map((merchantId) =>
        queueDeliveries(this.app.database, merchantId).catch((error: unknown) => {
          // The other merchants go on.
          this.options.onError(error);
          return false;
        }),
      );
      isMore ||= (await Promise.all(queueing)).includes(true);
    }
    return isMore;
  }

  private async lease(): Promise<number> {
    const room = ENDPOINTS_MAX - this.served.size;
    if (room === 0 || this.isStopping) return 0;
    const database = queryable(this.app.database);
    const endsAt = performance.now() + SENDING_MS;
    const leased = await leaseEndpoints(database, randomUUID(), room, this.served.keys());
    if (leased.length === 0) return 0;
    const due = await findDueDeliveries(database, leased);
    const byEndpoint = new Map<string, DueDelivery[]>(leased.map(({ id }) => [id, []]));
    for (const delivery of due) byEndpoint.get(delivery.endpointId)?.push(delivery);
    for (const endpoint of leased) {
      const serving = this.serve(endpoint, byEndpoint.get(endpoint.id) ?? [], endsAt);
      this.served.set(endpoint, serving);
      void serving.finally(() => {
        this.served.delete(endpoint);
        this.options.onResult();
      });
    }
    return leased.length;
  }

  /** Serves an endpoint until its deliveries are made, the time is over or it must be disabled; never rejects. */
  private async serve(endpoint: LeasedEndpoint, due: readonly DueDelivery[], endsAt: number): Promise<void> {
    const { merchantId, id: endpointId, lease } = endpoint;
    let end: Omit<QueueResult, 'isMore'> = {
      merchantId,
      endpointId,
      lease,
      hasSucceeded: false,
      failures: 0,
      pauseMs: 0,
    };
    let isMore = false;
    try {
      if (endpoint.status === 'DISABLED')
        isMore = (await failPending(this.app.database, merchantId, endpointId, ENDED_MAX)) === ENDED_MAX;
      if (endpoint.status === 'ENABLED' && !endpoint.isOwnerValid) {
        const reason = 'The API key of the endpoint was revoked or has lost a scope.';
        await disableWebhookEndpoint(this.app, endpoint, reason);
      } else {
        const { disabledFor, ...ended } = await this.send(endpoint, due, endsAt);
        end = ended;
        if (disabledFor !== null) await disableWebhookEndpoint(this.app, endpoint, disabledFor);
      }
    } catch (error) {
      this.options.onError(error);
    }
    this.released.push({ ...end, isMore });
  }

  private send(endpoint: LeasedEndpoint, due: readonly DueDelivery[], endsAt: number): Promise<Served> {
    const { bodies, sender, onResult } = this.options;
    return serveEndpoint(endpoint, due, {
      secrets: this.app.secrets,
      bodies,
      sender,
      places: this.places,
      isOver: () => this.isStopping || performance.now() > endsAt,
      onResult: (result) => {
        if (result.attempt) this.app.meter.webhookAttempted(result.isFailure ? 'failed' : 'succeeded');
        this.results.push(result);
        onResult();
      },
    });
  }
}
