import { createFairGate } from '../../admission/fair-gate.ts';
import type { LogFollower } from '../../event-log/follow-logs.ts';
import { HEARTBEAT_MS } from '../../event-log/item.ts';
import { type LiveLog, type LogListener, LogReset } from '../../event-log/live-log.ts';
import { eventKeys, readerKeys } from '../../event-log/routing.ts';
import type { Stream } from '../../graphql/events/subscription.ts';
import type { SequencedEvent } from '../../store/events/sequenced-event.ts';
import type { Sink } from './frame.ts';
import { Group } from './group.ts';
import { GroupMember } from './member.ts';
import type { StreamsOptions } from './options.ts';
import { StateGroup } from './state-group.ts';

/** Readers that are shown the same. */
type Readers = Group | StateGroup;

/** Maximum number of readers that are behind and read the log at the same time. */
const CATCHING_UP_MAX = 4;
/** Default of `HubOptions.shortMsMax`: five minutes. */
const SHORT_MS_MAX = 5 * 60_000;

/** All streams of a node. Readers form groups per merchant, and events find their groups by routing keys. */
export interface Hub {
  /** Starts to send a stream to a sink. Throws LogReset when its log was reset since the stream was opened. */
  join(stream: Stream, sink: Sink): Promise<GroupMember>;
}

/** Options of a hub. */
export interface HubOptions extends Pick<StreamsOptions, 'secrets' | 'onDelivered' | 'points' | 'rendering'> {
  /** See `StreamsOptions.shortMsMax`. */
  readonly shortMsMax?: number;
  /** Called with errors of heartbeats. */
  readonly onError: (error: unknown) => void;
}

/** Creates a hub on the logs of a follower. */
export function createHub(follower: LogFollower, { onError, ...given }: HubOptions): Hub {
  const merchants = new Map<string, Promise<MerchantStreams>>();
  const options: StreamsOptions = {
    shortMsMax: SHORT_MS_MAX,
    ...given,
    blindMs: follower.blindMs,
    catchingUp: createFairGate({ slots: CATCHING_UP_MAX, slotsPerClient: CATCHING_UP_MAX - 1 }),
  };

  function begin(merchantId: string): Promise<MerchantStreams> {
    const streams = new MerchantStreams(options, onError, () => {
      if (merchants.get(merchantId) === opening) merchants.delete(merchantId);
      follower.close(streams.log, streams);
    });
    const opening = follower.open(merchantId, streams).then((log) => {
      streams.log = log;
      return streams;
    });
    opening.catch(() => merchants.get(merchantId) === opening && merchants.delete(merchantId));
    merchants.set(merchantId, opening);
    return opening;
  }

  return {
    async join(stream, sink) {
      const { merchantId, epoch } = stream.place;
      for (;;) {
        const streams = await (merchants.get(merchantId) ?? begin(merchantId));
        if (streams.isClosed) continue;
        if (streams.log.epoch === epoch) return streams.join(stream, sink);
        // Either the stream or the open log belongs to an earlier epoch: the database decides which.
        const isReset = await follower.isReset(streams.log);
        if (isReset) continue;
        streams.closeIfEmpty();
        throw new LogReset('the log was reset');
      }
    },
  };
}

/** The groups of one merchant, which listen to its log. */
class MerchantStreams implements LogListener {
  isClosed = false;
  private openLog: LiveLog | null = null;
  private readonly groups = new Map<string, { group: Readers; timer: NodeJS.Timeout | null }>();
  private readonly routes = new Map<string, Set<Readers>>();
  private readonly options: StreamsOptions;
  private readonly onError: (error: unknown) => void;
  private readonly onClose: () => void;

  constructor(options: StreamsOptions, onError: (error: unknown) => void, onClose: () => void) {
    this.options = options;
    this.onError = onError;
    this.onClose = onClose;
  }

  get log(): LiveLog {
    if (!this.openLog) throw new Error('the log of a merchant was used before it was opened');
    return this.openLog;
  }

  set log(log: LiveLog) {
    this.openLog = log;
  }

  onEvents(events: readonly SequencedEvent[]): void {
    if (this.routes.size === 0) return;
    for (const event of events) {
      for (const key of eventKeys(event)) {
        for (const group of this.routes.get(key) ?? []) group.offer(event);
      }
    }
  }

  onReset(): void {
    const members = [...this.groups.values()].flatMap(({ group }) => [...group.members]);
    for (const member of members) member.fail(new LogReset('the log was reset'));
    this.close();
  }

  join(stream: Stream, sink: Sink): GroupMember {
    const group = this.groups.get(stream.group)?.group ?? this.addGroup(stream);
    const { payer, place } = stream;
    const onLeave = (): void => this.leave(group, member);
    const { position } = place;
    const needsState = stream.isState;
    const member: GroupMember = new GroupMember(group, { position, needsState, payer, sink, onLeave });
    group.members.add(member);
    member.fallBehind(position);
    return member;
  }

  private addGroup(stream: Stream): Readers {
    const group = stream.isState
      ? new StateGroup(stream, this.log, this.options)
      : new Group(stream, this.log, this.options);
    const beat = (): void => void (group instanceof Group && group.beat().catch(this.onError));
    const timer = stream.hasControl ? setInterval(beat, HEARTBEAT_MS) : null;
    this.groups.set(stream.group, { group, timer });
    for (const key of readerKeys(stream.conditions)) {
      const others = this.routes.get(key);
      if (others) others.add(group);
      else this.routes.set(key, new Set([group]));
    }
    return group;
  }

  private leave(group: Readers, member: GroupMember): void {
    group.members.delete(member);
    group.live.delete(member);
    if (group.members.size > 0) return;
    this.removeGroup(group);
    this.closeIfEmpty();
  }

  closeIfEmpty(): void {
    if (this.groups.size === 0) this.close();
  }

  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.onClose();
  }

  private removeGroup(group: Readers): void {
    clearInterval(this.groups.get(group.stream.group)?.timer ?? undefined);
    this.groups.delete(group.stream.group);
    for (const key of readerKeys(group.stream.conditions)) {
      const others = this.routes.get(key);
      others?.delete(group);
      if (others?.size === 0) this.routes.delete(key);
    }
  }
}
