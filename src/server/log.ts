import { type Logger, pino } from 'pino';

/** Creates a logger of JSON lines on standard error; standard output is reserved for text for people. */
export function createLog(level: string): Logger {
  return pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
}
