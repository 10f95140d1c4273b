import { time } from '../format.ts';
import type { Freshness, Live } from '../live.ts';

function textOf(freshness: Freshness): string {
  switch (freshness.state) {
    case 'CONNECTING':
      return 'Connecting';
    case 'LIVE':
      return 'Live';
    case 'CATCHING_UP':
      return `Catching up (${Math.ceil(freshness.behindMs / 1_000)} s behind)`;
    case 'STALE':
      return `Stale since ${time(freshness.since)}`;
  }
}

/** How up to date the page is: live only if every part of it was read. */
export function Chip({ live }: { live: Live }) {
  const freshness = live.freshness.value;
  const isIncomplete = freshness.state === 'LIVE' && live.failures.value > 0;
  return (
    <output class={`chip ${isIncomplete ? 'stale' : freshness.state.toLowerCase()}`} aria-label="Connection">
      {isIncomplete ? 'A part is out of date' : textOf(freshness)}
    </output>
  );
}
