import { conclude } from '../../domain/decide-each.ts';
import { notFound, type StateConflict, stateConflict } from '../../domain/errors.ts';
import { Findings } from '../../domain/findings.ts';
import { lockEndpoints } from '../../store/webhooks/endpoints.ts';
import {
  AGAIN_MAX,
  type Again,
  findEventsAgain,
  type QueuedEvent,
  queueAgain,
} from '../../store/webhooks/redelivery.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { singleRecord } from '../batch/single-record.ts';

/** Input of `redeliverEvents`. */
export interface RedeliverEvents {
  readonly endpointId: string;
  readonly again: Again;
  /** The events as the caller has named them, by which a repeat of the call is known. */
  readonly named: object;
  readonly idempotencyKey: string | null;
}

/** What a call has queued: the number of events, and the position after the last one when there are more. */
export interface Redelivered {
  readonly count: number;
  readonly nextAfter: number | null;
}

/**
 * Queues events for an endpoint again, also those that were delivered, at most `AGAIN_MAX` of a range. A batch of one record: all
 * or nothing. `tell` receives what was queued, before the commit.
 */
export function redeliverEvents(
  app: App,
  caller: Caller,
  { endpointId, again, named, idempotencyKey }: RedeliverEvents,
  tell: (queued: Redelivered) => void,
): Promise<BatchAnswer | KeyReused> {
  const request = singleRecord('redeliverEvents', { endpointId, ...named }, idempotencyKey);
  return runBatch<(typeof request.records)[number], readonly QueuedEvent[]>(app, caller, request, async (context) => {
    const { tx, merchantId } = context;
    const findings = new Findings();
    const endpoint = (await lockEndpoints(tx, merchantId, [endpointId])).get(endpointId);
    if (!endpoint) findings.errors.push(notFound(['endpointId'], 'webhook endpoint'));
    if (endpoint?.status === 'DISABLED') findings.errors.push(disabled());
    const events = endpoint ? await findEventsAgain(tx, merchantId, endpoint, again) : [];
    if (endpoint && 'eventIds' in again) refuseUnknown(again.eventIds, events, findings);
    const outcome = events.length > 0 ? 'UPDATED' : 'UNCHANGED';
    return {
      decisions: [conclude(endpoint ? { plan: events, outcome } : null, endpointId, findings)],
      write: async () => {
        queueAgain(tx, merchantId, endpointId, events);
        const isCut = events.length === AGAIN_MAX && 'after' in again;
        tell({ count: events.length, nextAfter: isCut ? (events.at(-1)?.position ?? null) : null });
        return [endpointId];
      },
    };
  });
}

function disabled(): StateConflict {
  const message = 'The endpoint is disabled and gets nothing. Enable it first.';
  return stateConflict(['endpointId'], {
    message,
    currentStatus: 'DISABLED',
    allowedTransitions: ['ENABLED'],
    blockedBy: [],
  });
}

function refuseUnknown(eventIds: readonly string[], events: readonly QueuedEvent[], findings: Findings): void {
  const known = new Set(events.map(({ id }) => id));
  for (const [index, id] of eventIds.entries())
    if (!known.has(id)) findings.errors.push(notFound(['eventIds', String(index)], 'event'));
}
