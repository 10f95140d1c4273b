import { type Database, queryable } from '../store/database.ts';
import { type EventConditions, listEventsAfter, type SequencedEvent } from '../store/events.ts';
import type { LogPlace } from './cursor.ts';
import type { LogTail } from './log-tail.ts';

const BATCH_SIZE = 500;

/**
 * The events after a place that fulfil the conditions, in order, for ever: what is there first, then what comes, with no
 * seam, since both are read the same way. Memory is one batch, however slow the reader. It ends with CURSOR_RESET when
 * the log is begun anew, and without a word when the reader leaves.
 */
export function followEvents(
  database: Database,
  tail: LogTail,
  from: LogPlace,
  conditions: EventConditions,
): AsyncIterableIterator<SequencedEvent> & AsyncDisposable {
  const leaving = new AbortController();
  const events = read(database, tail, from, conditions, leaving.signal);
  const end = async () => {
    // A generator that waits does not hear `return`: the wait is ended first.
    leaving.abort();
    return events.return(undefined);
  };
  return {
    next: () => events.next(),
    return: end,
    throw: end,
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}

/** Thrown into a stream whose log was begun anew: its reader's cursor means nothing any more. */
export class LogReset extends Error {}

async function* read(
  database: Database,
  tail: LogTail,
  from: LogPlace,
  conditions: EventConditions,
  signal: AbortSignal,
): AsyncGenerator<SequencedEvent, undefined> {
  const { merchantId, epoch } = from;
  let { position } = from;
  for (;;) {
    const head = await tail.waitBeyond({ merchantId, epoch, lastPosition: position }, signal);
    if (head === null) return;
    if (head.epoch !== epoch) throw new LogReset('the log was begun anew');
    while (position < head.lastPosition && !signal.aborted) {
      const range = { merchantId, after: position, upTo: head.lastPosition, limit: BATCH_SIZE };
      const events = await listEventsAfter(queryable(database), range, conditions);
      yield* events;
      position = events.length < BATCH_SIZE ? head.lastPosition : (events.at(-1)?.position ?? head.lastPosition);
    }
  }
}
