import { type Database, type Queryable, queryable, withTransaction } from './database.ts';
import { putDueWork, type Timeline } from './due-work.ts';
import { insertRows } from './insert-rows.ts';

/** An answer the sandbox bank will give, and when on the merchant's clock. */
export interface PlannedAnswer {
  readonly messageId: string;
  readonly reference: string;
  readonly event: string;
  readonly code: string | null;
  readonly authenticationReference: string | null;
  readonly dueAt: Date;
}

/** The sandbox bank's memory: what it was sent, and what it is going to answer. */
export interface SandboxLedger {
  /** Remembers what was received with all its answers; a reference received before is left as it was. */
  receive(
    merchantId: string,
    references: readonly string[],
    answers: readonly PlannedAnswer[],
    at: Date,
  ): Promise<void>;
  findReceived(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
}

export function createSandboxLedger(database: Database, timeline: Timeline): SandboxLedger {
  return {
    receive: (merchantId, references, answers, receivedAt) =>
      withTransaction(database, async (tx) => {
        const rows = references.map((reference) => ({ merchantId, reference, receivedAt }));
        const known = await findEntries(tx, merchantId, references);
        await insertRows(tx, 'sandbox_entry', rows, 'ON CONFLICT DO NOTHING');
        const fresh = answers.filter(({ reference }) => !known.has(reference));
        const work = fresh.map(({ messageId, dueAt, ...details }) => ({
          kind: 'BANK_ANSWER' as const,
          subjectId: messageId,
          dueAt,
          details,
        }));
        await putDueWork(tx, merchantId, timeline, work);
      }),
    findReceived: (merchantId, references) => findEntries(queryable(database), merchantId, references),
  };
}

async function findEntries(
  database: Queryable,
  merchantId: string,
  references: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ reference: string }>(
    'SELECT reference FROM sandbox_entry WHERE merchant_id = $1 AND reference = ANY($2)',
    [merchantId, references],
  );
  return new Set(rows.map((row) => row.reference));
}
