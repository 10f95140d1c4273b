import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { type Database, queryable } from '../store/connection/database.ts';
import { findUnsequencedMerchants, sequenceEvents } from '../store/events/events.ts';

/** Maximum number of events of a merchant sequenced in one step. */
const BATCH_SIZE = 1_000;
/** Number of merchants whose events a node sequences at once. */
const MERCHANTS_AT_ONCE = 4;
/** Poll interval in milliseconds, for events of nodes that stopped before they could wake a sequencer. */
const POLL_MS = 100;

/**
 * Assigns log positions to committed events until stopped: at once when woken, otherwise every POLL_MS. Every node runs
 * one.
 */
export function startSequencer(database: Database, report: LoopReport): BackgroundLoop {
  const tables = queryable(database);
  const number = async () => {
    const merchants = await findUnsequencedMerchants(tables);
    let isMore = false;
    for (let at = 0; at < merchants.length; at += MERCHANTS_AT_ONCE) {
      const some = merchants.slice(at, at + MERCHANTS_AT_ONCE);
      const numbered = await Promise.all(some.map((merchantId) => sequenceEvents(tables, merchantId, BATCH_SIZE)));
      isMore ||= numbered.includes(BATCH_SIZE);
    }
    return isMore ? 'MORE' : 'DONE';
  };
  return startBackgroundLoop(number, POLL_MS, report);
}
