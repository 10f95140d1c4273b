import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { type Database, queryable } from '../store/connection/database.ts';
import { trimLogs } from '../store/events/event-log.ts';

const POLL_MS = 60_000;
const CHUNK_SIZE = 1_000;

/** Lets events go that are older than so many days, for as long as it runs. Every node runs one; none does what another did. */
export function startRetention(database: Database, days: number, report: LoopReport): BackgroundLoop {
  const trim = async () => {
    return (await trimLogs(queryable(database), days, CHUNK_SIZE)) > 0 ? 'MORE' : 'DONE';
  };
  return startBackgroundLoop(trim, POLL_MS, report);
}
