import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { type Database, queryable } from '../store/connection/database.ts';
import { trimLogs } from '../store/events/event-log.ts';

const POLL_MS = 60_000;
const CHUNK_SIZE = 1_000;

/**
 * Ends the retention of events older than `days`, until stopped. Every node runs this loop; the floor of a log is
 * raised atomically, so concurrent runs do not repeat each other's work.
 */
export function startRetention(database: Database, days: number, report: LoopReport): BackgroundLoop {
  const trim = async () => {
    return (await trimLogs(queryable(database), days, CHUNK_SIZE)) > 0 ? 'MORE' : 'DONE';
  };
  return startBackgroundLoop(trim, POLL_MS, report);
}
