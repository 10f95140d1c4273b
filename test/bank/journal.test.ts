import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openJournal } from '../../src/bank/sandbox/journal.ts';

it('forgets the line that a crash has cut off, at every crash', () => {
  const directory = mkdtempSync(join(tmpdir(), 'journal-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'journal');
  const entryOf = (reference: string) => {
    return { merchantId: 'm', methodId: 'p', amountCents: 100, received: { reference, isHeld: false, answers: [] } };
  };
  for (const reference of ['A', 'B', 'C']) {
    const journal = openJournal(file);
    expect(journal.find('cut')).toBeUndefined();
    journal.record([entryOf(reference)]);
    journal.close();
    appendFileSync(file, '{"merchantId":"m","received":{"reference":"cut');
  }
  const journal = openJournal(file);
  expect([...journal.entries()].map(({ received }) => received.reference)).toEqual(['A', 'B', 'C']);
  journal.close();
});
