import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { type Database, queryable } from '../store/connection/database.ts';
import { renewEpochsOnNewTimeline } from '../store/events/event-log.ts';
import { findUnsequencedMerchants, NEW_TIMELINE, sequenceEvents } from '../store/events/events.ts';

/** Maximum number of events of a merchant sequenced in one step. */
const BATCH_SIZE = 1_000;
/** Number of merchants whose events a node sequences at once. */
const MERCHANTS_AT_ONCE = 4;
/** Poll interval in milliseconds, for events of nodes that stopped before they could wake a sequencer. */
const POLL_MS = 100;

/** Interval of looking for a new timeline of the server, in milliseconds. */
const TIMELINE_POLL_MS = 1_000;

/**
 * Assigns log positions to committed events until stopped: at once when woken, otherwise every POLL_MS. Every node runs
 * one. After a failover it begins all logs anew and calls `onRenewed` with their number.
 */
export function startSequencer(
  database: Database,
  report: LoopReport,
  onRenewed: (logs: number) => void,
): BackgroundLoop {
  const tables = queryable(database);
  let lookedAt = Number.NEGATIVE_INFINITY;
  const lookForTimeline = async (): Promise<boolean> => {
    lookedAt = performance.now();
    const renewed = await renewEpochsOnNewTimeline(tables);
    if (renewed > 0) onRenewed(renewed);
    return renewed > 0;
  };
  const number = async () => {
    if (performance.now() - lookedAt > TIMELINE_POLL_MS) await lookForTimeline();
    const merchants = await findUnsequencedMerchants(tables);
    let isMore = false;
    for (let at = 0; at < merchants.length; at += MERCHANTS_AT_ONCE) {
      const some = merchants.slice(at, at + MERCHANTS_AT_ONCE);
      const numbered = await Promise.all(some.map((merchantId) => sequenceEvents(tables, merchantId, BATCH_SIZE)));
      isMore ||= numbered.includes(BATCH_SIZE);
      // Where another node has begun the logs anew meanwhile, the next round finds it.
      if (numbered.includes(NEW_TIMELINE)) return (await lookForTimeline()) ? 'MORE' : 'DONE';
    }
    return isMore ? 'MORE' : 'DONE';
  };
  return startBackgroundLoop(number, POLL_MS, report);
}
