import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { GatewayClient } from '../client/gateway-client.ts';
import { followForEver } from './follow.ts';
import type {
  LatestChangesQuery,
  LatestChangesQueryVariables,
  LiveSubscription,
  LiveSubscriptionVariables,
} from './generated/graphql.ts';
import { operation } from './operation.ts';

const LiveEvents = operation<LiveSubscription, LiveSubscriptionVariables>(/* GraphQL */ `
  subscription Live($after: String) {
    events(after: $after, control: true) {
      ... on Event {
        cursor id about type objectId from to amount occurredAt
        cause { reason }
        customer { reference }
      }
      ... on StreamHeartbeat { cursor lagMs }
      ... on StreamReady { cursor }
      ... on StreamEnding { reason }
    }
  }
`);

const LatestChanges = operation<LatestChangesQuery, LatestChangesQueryVariables>(/* GraphQL */ `
  query LatestChanges {
    events(last: 50, filter: { about: [PAYMENT, TRANSACTION, MANDATE, DEPOSIT] }) {
      streamCursor
      nodes {
        cursor id about type objectId from to amount occurredAt
        cause { reason }
        customer { reference }
      }
    }
  }
`);

/** Lag in milliseconds from which the console is catching up. */
const LAG_MS_MAX = 5_000;
/** Without any item for this time the console is stale; heartbeats arrive several times within it. */
const SILENCE_MS = 40_000;
/** Minimum interval between two readings of what is shown, in milliseconds. */
const REFRESH_MS = 1_000;
/** Interval at which everything is read again though nothing changed: the day ends, deliveries are made, points return. */
const REREAD_MS = 60_000;
/** Objects whose changes the ticker shows. */
const SHOWN: ReadonlySet<string> = new Set(['PAYMENT', 'TRANSACTION', 'MANDATE', 'DEPOSIT']);
/** Maximum number of changes in the ticker. */
const CHANGES_MAX = 200;

/** A change of an object. */
export type Change = Extract<LiveSubscription['events'], { occurredAt: string }>;

/** How up to date the console is. */
export type Freshness =
  | { readonly state: 'CONNECTING' }
  | { readonly state: 'LIVE' }
  | { readonly state: 'CATCHING_UP'; readonly behindMs: number }
  | { readonly state: 'STALE'; readonly since: Date };

/** The connection to the event log. */
export interface Live {
  readonly freshness: ReadonlySignal<Freshness>;
  /** Grows when something has changed that a screen may show, at most once per REFRESH_MS. */
  readonly revision: ReadonlySignal<number>;
  /** Latest changes, newest first. */
  readonly changes: ReadonlySignal<readonly Change[]>;
  /** Number of parts of the page whose latest reading failed. */
  readonly failures: Signal<number>;
  noteConnection(isOpen: boolean): void;
  /** Reads again what is shown. */
  refresh(): void;
  /** Drops the connection, to show what happens then. */
  drop(): void;
  stop(): void;
}

/** Follows the event log, across lost connections. */
export function startLive(client: GatewayClient): Live {
  const freshness = signal<Freshness>({ state: 'CONNECTING' });
  const revision = signal(0);
  const changes = signal<readonly Change[]>([]);
  const stopping = new AbortController();
  let heardAt = new Date();
  let refreshing: ReturnType<typeof setTimeout> | null = null;
  const goStale = (): void => {
    if (freshness.value.state !== 'STALE') freshness.value = { state: 'STALE', since: heardAt };
  };
  const watch = setInterval(() => Date.now() - heardAt.getTime() > SILENCE_MS && goStale(), 1_000);
  /** A page that nobody sees is read again when it is shown. */
  const refresh = (): void => {
    if (document.hidden) return;
    refreshing ??= setTimeout(() => {
      refreshing = null;
      revision.value += 1;
    }, REFRESH_MS);
  };
  document.addEventListener('visibilitychange', refresh);
  const reread = setInterval(refresh, REREAD_MS);
  const take = (item: LiveSubscription['events']): void => {
    heardAt = new Date();
    if ('occurredAt' in item) {
      if (SHOWN.has(item.about)) changes.value = [item, ...changes.value].slice(0, CHANGES_MAX);
      refresh();
      return;
    }
    if ('reason' in item) {
      goStale();
      return;
    }
    // After an interruption everything is read again: what happened meanwhile may be of any kind.
    if (freshness.value.state !== 'LIVE') refresh();
    const behindMs = 'lagMs' in item ? item.lagMs : 0;
    freshness.value = behindMs > LAG_MS_MAX ? { state: 'CATCHING_UP', behindMs } : { state: 'LIVE' };
  };
  /** Shows the latest changes, and follows the log from just after them: none is missed between the two. */
  const follow = async (): Promise<void> => {
    const { events: latest } = await client.request<LatestChangesQuery>(LatestChanges.text);
    changes.value = latest.nodes.toReversed();
    const after = { after: latest.streamCursor };
    for await (const { events } of client.follow<LiveSubscription>(LiveEvents.text, after, stopping.signal))
      take(events);
  };
  void followForEver(follow, stopping.signal, () => {
    goStale();
    refresh();
  });
  return {
    freshness,
    revision,
    changes,
    failures: signal(0),
    refresh,
    drop: client.drop,
    noteConnection: (isOpen) => !isOpen && !stopping.signal.aborted && goStale(),
    stop() {
      document.removeEventListener('visibilitychange', refresh);
      clearInterval(watch);
      clearInterval(reread);
      if (refreshing) clearTimeout(refreshing);
      stopping.abort();
    },
  };
}
