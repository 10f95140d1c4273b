import { type Logger, pino } from 'pino';
import { openTrace } from '../tracing/spans.ts';

/** Creates a logger of JSON lines on standard error, with the ids of the open trace; standard output is reserved for text for people. */
export function createLog(level: string): Logger {
  return pino({ level, base: null, mixin: () => ({ ...openTrace() }) }, pino.destination({ dest: 2, sync: true }));
}
