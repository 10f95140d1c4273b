import type { SandboxDefault } from '../domain/merchant.ts';
import { type Database, type Queryable, queryable, withTransaction } from './connection/database.ts';
import { insertRows } from './connection/insert-rows.ts';
import { putDueWork } from './due-work.ts';
import { findMerchantSettings } from './merchants/merchants.ts';
import type { BankMessage } from './transactions/bank-messages.ts';
import type { ClockName } from './write-context.ts';

/** An answer the sandbox bank will give, and when on the merchant's clock. */
export interface PlannedAnswer {
  readonly messageId: string;
  readonly reference: string;
  readonly event: BankMessage['event'];
  readonly code: string | null;
  readonly authenticationReference: string | null;
  readonly providerReference: string | null;
  readonly dueAt: Date;
}

/** What the sandbox bank was sent; whether it stays at it for good, and what it is going to answer. */
export interface SandboxEntry {
  readonly reference: string;
  readonly isHeld: boolean;
  readonly answers: readonly PlannedAnswer[];
}

/** The sandbox bank's memory. */
export interface SandboxLedger {
  /** Remembers what was received with all its answers; a reference received before is left as it was. */
  receive(merchantId: string, entries: readonly SandboxEntry[], at: Date): Promise<void>;
  findReceived(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  findHeld(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  findDefault(merchantId: string): Promise<SandboxDefault>;
}

export function createSandboxLedger(database: Database, clockName: ClockName): SandboxLedger {
  return {
    receive: (merchantId, sent, receivedAt) =>
      withTransaction(database, async (tx) => {
        const asked = await findAsked(
          tx,
          merchantId,
          sent.map(({ reference }) => reference),
        );
        // What was on its way while the sandbox was emptied is nobody's any more.
        const entries = sent.filter(({ reference }) => asked.has(reference));
        const references = entries.map(({ reference }) => reference);
        const known = await findEntries(tx, merchantId, references);
        const rows = entries.map(({ reference, isHeld }) => ({ merchantId, reference, isHeld, receivedAt }));
        await insertRows(tx, 'sandbox_entry', rows, 'ON CONFLICT DO NOTHING');
        const fresh = entries.filter(({ reference }) => !known.has(reference));
        const work = fresh.flatMap(({ answers }) =>
          answers.map(({ messageId, dueAt, ...details }) => ({
            kind: 'BANK_ANSWER' as const,
            subjectId: messageId,
            dueAt,
            details,
          })),
        );
        await putDueWork({ tx, merchantId, clockName }, work);
      }),
    findReceived: (merchantId, references) => findEntries(queryable(database), merchantId, references),
    findHeld: (merchantId, references) => findEntries(queryable(database), merchantId, references, 'is_held'),
    async findDefault(merchantId) {
      return (await findMerchantSettings(queryable(database), merchantId)).sandboxDefault;
    },
  };
}

/** Which of these references the gateway has recorded to be sent. */
async function findAsked(
  tx: Queryable,
  merchantId: string,
  references: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ reference: string }>(
    `SELECT reference FROM submission WHERE merchant_id = $1 AND reference = ANY($2)
     UNION ALL SELECT reference FROM mandate_request WHERE merchant_id = $1 AND reference = ANY($2)`,
    [merchantId, references],
  );
  return new Set(rows.map(({ reference }) => reference));
}

async function findEntries(
  database: Queryable,
  merchantId: string,
  references: readonly string[],
  condition = 'true',
): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ reference: string }>(
    `SELECT reference FROM sandbox_entry WHERE merchant_id = $1 AND reference = ANY($2) AND ${condition}`,
    [merchantId, references],
  );
  return new Set(rows.map((row) => row.reference));
}
