import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import type { Ledger, PlannedAnswer, Received } from './sandbox-bank.ts';

/** A line of the journal: an instruction that was received, or answers that were delivered. */
type Line = Entry | { readonly told: readonly string[] };

/** An instruction as the journal has it. */
export interface Entry {
  readonly merchantId: string;
  readonly methodId: string;
  readonly amountCents: number;
  readonly received: Received;
}

/** What a sandbox bank in a process of its own remembers, in a file that survives a crash. */
export interface Journal {
  /** Records entries; those whose references are known are left unchanged. On disk when it returns. */
  record(entries: readonly Entry[]): void;
  find(reference: string): Entry | undefined;
  /** Returns answers that are due by an instant and were not delivered, in the order of their times. */
  due(now: Date): PlannedAnswer[];
  /** Returns all entries. */
  entries(): Iterable<Entry>;
  isTold(id: string): boolean;
  /** Records that something was delivered, by its id. */
  told(ids: readonly string[]): void;
  close(): void;
}

/** Opens a journal. A last line that a crash has cut off is removed: what it was about to record was never acknowledged. */
export function openJournal(file: string): Journal {
  const entries = new Map<string, Entry>();
  const told = new Set<string>();
  const take = (line: Line): void => {
    if ('told' in line) for (const id of line.told) told.add(id);
    else entries.set(line.received.reference, { ...line, received: reviveDates(line.received) });
  };
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  for (const line of whole.split('\n')) if (line !== '') take(JSON.parse(line) as Line);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  const descriptor = openSync(file, 'a');
  const append = (lines: readonly Line[]): void => {
    if (lines.length === 0) return;
    writeSync(descriptor, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    fdatasyncSync(descriptor);
    lines.forEach(take);
  };
  return {
    record: (given) => append(given.filter(({ received }) => !entries.has(received.reference))),
    find: (reference) => entries.get(reference),
    due: (now) =>
      [...entries.values()]
        .flatMap(({ received }) => received.answers)
        .filter(({ messageId, dueAt }) => dueAt <= now && !told.has(messageId))
        .sort((one, other) => one.dueAt.getTime() - other.dueAt.getTime()),
    entries: () => entries.values(),
    isTold: (id) => told.has(id),
    told: (ids) => append([{ told: ids }]),
    close: () => closeSync(descriptor),
  };
}

function reviveDates({ answers, ...received }: Received): Received {
  return { ...received, answers: answers.map((answer) => ({ ...answer, dueAt: new Date(answer.dueAt) })) };
}

/** Returns the ledger of a sandbox bank that keeps its instructions in a journal. `details` has what each was for. */
export function ledgerOf(
  journal: Journal,
  details: ReadonlyMap<string, Omit<Entry, 'received' | 'merchantId'>>,
): Ledger {
  const known = (references: readonly string[], isWanted: (entry: Entry) => boolean) =>
    Promise.resolve(
      new Set(
        references.filter((reference) => {
          const entry = journal.find(reference);
          return entry !== undefined && isWanted(entry);
        }),
      ),
    );
  return {
    async receive(merchantId, received) {
      journal.record(
        received.map((item) => {
          const detail = details.get(item.reference) ?? { methodId: '', amountCents: 0 };
          return { merchantId, received: item, ...detail };
        }),
      );
    },
    findReceived: (_merchantId, references) => known(references, () => true),
    findHeld: (_merchantId, references) => known(references, ({ received }) => received.isHeld),
    findDefault: async () => 'HAPPY',
  };
}
