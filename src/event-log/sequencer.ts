import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { type Database, queryable } from '../store/connection/database.ts';
import { sequenceEvents } from '../store/events/events.ts';

/** Maximum number of events sequenced in one step. */
const BATCH_SIZE = 1_000;
/** Poll interval in milliseconds, for events of nodes that stopped before they could wake a sequencer. */
const POLL_MS = 100;

/**
 * Assigns log positions to committed events until stopped: at once when woken, otherwise every POLL_MS. Every node runs
 * one.
 */
export function startSequencer(database: Database, report: LoopReport): BackgroundLoop {
  const number = async () => {
    const numbered = await sequenceEvents(queryable(database), BATCH_SIZE);
    return numbered === BATCH_SIZE ? 'MORE' : 'DONE';
  };
  return startBackgroundLoop(number, POLL_MS, report);
}
