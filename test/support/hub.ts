import { randomBytes } from 'node:crypto';
import { createAllowances } from '../../src/admission/allowances.ts';
import { createFairGate } from '../../src/admission/fair-gate.ts';
import { decodeCursor } from '../../src/event-log/cursor.ts';
import type { LogFollower } from '../../src/event-log/follow-logs.ts';
import { LiveLog } from '../../src/event-log/live-log.ts';
import type { Stream } from '../../src/graphql/events/subscription.ts';
import type { Frame, Sink } from '../../src/server/fan-out/frame.ts';
import { createHub } from '../../src/server/fan-out/hub.ts';
import type { GroupMember } from '../../src/server/fan-out/member.ts';
import { createRenderingPoints } from '../../src/server/fan-out/rendering-points.ts';
import type { SequencedEvent } from '../../src/store/events/sequenced-event.ts';
import { deriveSecrets } from '../../src/store/secrets.ts';

// A hub on a log in memory, whose rendering and whose readers' fullness a test has in its hand.

const PLENTY = { bucketPoints: 1e9, refillPerSecond: 1e9 };
const MERCHANT = 'mer_a';
const EPOCH = 'epoch';

export interface TestReader {
  readonly member: GroupMember;
  /** The positions that were written to it, in this order. */
  readonly positions: number[];
  readonly frames: Frame[];
  readonly failures: unknown[];
  readonly state: { isFull: boolean };
}

export function startHub(
  render: Stream['render'],
  { hasControl = false, isState = false, end = 0, limits = PLENTY, points = 1, shortMsMax = 60_000 } = {},
) {
  const secrets = deriveSecrets(randomBytes(32));
  const head = { merchantId: MERCHANT, epoch: EPOCH, lastPosition: end, floorPosition: 0 };
  const log = new LiveLog(null as never, head);
  const follower: LogFollower = {
    async open(_merchantId, listener) {
      log.listeners.add(listener);
      return log;
    },
    isReset: async () => false,
    close: (_log, listener) => void log.listeners.delete(listener),
    blindMs: () => 0,
    wake() {},
    async stop() {},
  };
  const onError = (error: unknown) => {
    throw error;
  };
  const hub = createHub(follower, {
    secrets,
    rendering: createFairGate({ slots: 8, slotsPerClient: 6 }),
    points: createRenderingPoints(createAllowances(limits), limits),
    shortMsMax,
    onDelivered: () => {},
    onError,
  });
  return {
    log,
    /** Events come, to so many in all; of the payments named in turn. */
    push(count: number, paymentIds: ReadonlyArray<string | null> = [null]): void {
      const first = log.position + 1;
      const events = Array.from({ length: count }, (_, index) =>
        eventAt(first + index, paymentIds[index % paymentIds.length] ?? null),
      );
      log.push({ events, reached: log.position + count }, 1);
    },
    async join(
      position: number,
      { group = 'group', paymentIds, key = 'key' }: { group?: string; paymentIds?: string[]; key?: string } = {},
    ) {
      const reader = {
        positions: [] as number[],
        frames: [] as Frame[],
        failures: [] as unknown[],
        state: { isFull: false },
      };
      const sink: Sink = {
        write(frames) {
          reader.frames.push(...frames);
          reader.positions.push(...frames.flatMap((frame) => frame.position ?? []));
        },
        isFull: () => reader.state.isFull,
        isClosed: () => false,
        drained: () => turn(),
        fail: (error) => void reader.failures.push(error),
      };
      const conditions = paymentIds ? { paymentIds } : {};
      const place = { merchantId: MERCHANT, epoch: EPOCH, position };
      const member = await hub.join(
        { place, conditions, hasControl, isState, group, render, points, payer: { id: key, isKnown: true } },
        sink,
      );
      return { ...reader, member } satisfies TestReader;
    },
    positionOf(cursor: string | null | undefined): number {
      const place = decodeCursor(secrets, cursor ?? '', { ...head, lastPosition: Number.MAX_SAFE_INTEGER });
      return typeof place === 'string' ? Number.NaN : place.position;
    },
  };
}

function eventAt(position: number, paymentId: string | null): SequencedEvent {
  return {
    id: `evt_${position}`,
    position,
    aggregateType: 'PAYMENT',
    aggregateId: paymentId ?? 'pay',
    version: position,
    type: 'payment.updated',
    fromStatus: 'RUNNING',
    toStatus: 'STOPPED',
    actor: 'API',
    requestId: null,
    reasonCode: null,
    reason: null,
    occurredAt: new Date(),
    createdAt: new Date(),
    sequencedAt: new Date(),
    paymentId,
    customerId: null,
    mandateId: null,
    paymentMethodId: null,
    batchReference: null,
    amountCents: null,
  };
}

/** A turn of the event loop, or so many milliseconds. */
export function turn(ms = 0): Promise<void> {
  return new Promise((resolve) => (ms === 0 ? setImmediate(resolve) : setTimeout(resolve, ms)));
}
