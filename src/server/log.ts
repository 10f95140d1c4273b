import { type Logger, pino } from 'pino';

/** Logs as JSON lines to the standard error: the standard output is for people. */
export function createLog(level: string): Logger {
  return pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
}
