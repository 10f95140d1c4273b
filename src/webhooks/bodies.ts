import { LRUCache } from 'lru-cache';
import type { FairGate } from '../admission/fair-gate.ts';
import { encodeCursor } from '../event-log/cursor.ts';
import type { EventItem } from '../event-log/item.ts';
import { webhookBody } from '../services/webhooks/body.ts';
import type { SequencedEvent } from '../store/events/sequenced-event.ts';
import type { Secrets } from '../store/secrets.ts';
import type { LeasedEndpoint } from '../store/webhooks/queue.ts';

/** The selection of an endpoint, ready to be resolved for events. */
export interface OpenSelection {
  /** Equal for selections that resolve every event to the same body. */
  readonly group: string;
  /** Charges the owner for one event; returns the milliseconds to wait when points are missing, else null. */
  pay(): number | null;
  /** Returns the body for an event. Throws when it cannot be resolved. */
  resolve(item: EventItem): Promise<string>;
}

/** An endpoint with a selection. */
export type SelectingEndpoint = LeasedEndpoint & { readonly selection: string };

/** What bodies need from their node. */
export interface BodyOptions {
  readonly secrets: Secrets;
  /** Opens the selection of an endpoint as its owner would. */
  readonly open: (endpoint: SelectingEndpoint) => Promise<OpenSelection>;
  /** Limits events resolved at the same time, with fair queueing between merchants. */
  readonly rendering: FairGate;
}

/** Thrown when a body cannot be made before some time, through no fault of the endpoint. */
export class Postponed extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('the points of the owner are used up');
    this.retryAfterMs = retryAfterMs;
  }
}

/** Returns the bodies of webhooks. An event is resolved once for all endpoints that show it identically. */
export interface Bodies {
  /** Throws Postponed, or the error of a selection that cannot be resolved. */
  bodyOf(endpoint: LeasedEndpoint, event: SequencedEvent): Promise<string>;
}

/** Maximum number of bodies kept for other endpoints, and for how long: they show objects as they were. */
const KEPT_MAX = 256;
const KEPT_MS = 2_000;
/** Maximum number of selections kept open, and for how long. */
const OPEN_MAX = 1_000;
const OPEN_MS = 60_000;

/** Creates the bodies of a node. */
export function createBodies({ secrets, open, rendering }: BodyOptions): Bodies {
  const kept = new LRUCache<string, Promise<string>>({ max: KEPT_MAX, ttl: KEPT_MS });
  const selections = new LRUCache<string, Promise<OpenSelection>>({ max: OPEN_MAX, ttl: OPEN_MS });

  function selectionOf(endpoint: SelectingEndpoint): Promise<OpenSelection> {
    const { merchantId, id, clientId, scopes, selection } = endpoint;
    const key = [merchantId, id, clientId, scopes.join(), selection].join(' ');
    return once(selections, key, () => open(endpoint));
  }

  return {
    async bodyOf(endpoint, event) {
      const { merchantId, epoch, selection } = endpoint;
      // The cursor is one of the merchant and of the epoch of its log. Sandboxes with equal seeds have events with equal ids.
      const cursor = encodeCursor(secrets, { merchantId, epoch, position: event.position });
      if (selection === null) return once(kept, cursor, async () => webhookBody(event, cursor));
      const opened = await selectionOf({ ...endpoint, selection });
      return once(kept, `${opened.group} ${cursor}`, async () => {
        const waitMs = opened.pay();
        if (waitMs !== null) throw new Postponed(waitMs);
        return rendering.run(merchantId, () => opened.resolve({ kind: 'EVENT', event, cursor }));
      });
    },
  };
}

/** Returns the value that is kept under a key, or makes and keeps it. One that fails is not kept. */
function once<Value>(cache: LRUCache<string, Promise<Value>>, key: string, make: () => Promise<Value>): Promise<Value> {
  const known = cache.get(key);
  if (known) return known;
  const making = make();
  making.catch(() => cache.delete(key));
  cache.set(key, making);
  return making;
}
