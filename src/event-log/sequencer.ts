import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { type Database, queryable } from '../store/connection/database.ts';
import { sequenceEvents } from '../store/events/events.ts';

const BATCH_SIZE = 1_000;
/** When no commit of ours wakes it: for the events of nodes that died before they could. */
const POLL_MS = 100;

/** Numbers committed events for as long as it runs: at once when woken, else every 100 ms. Every node runs one. */
export function startSequencer(database: Database, report: LoopReport): BackgroundLoop {
  const number = async () => {
    const numbered = await sequenceEvents(queryable(database), BATCH_SIZE);
    return numbered === BATCH_SIZE ? 'MORE' : 'DONE';
  };
  return startBackgroundLoop(number, POLL_MS, report);
}
