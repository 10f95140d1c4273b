import type { SandboxDefault } from '../domain/merchant.ts';
import { type Database, type Queryable, queryable, withTransaction } from './connection/database.ts';
import { insertRows } from './connection/insert-rows.ts';
import { putDueWork } from './due-work/due-work.ts';
import { findMerchantSettings } from './merchants/settings.ts';
import type { BankMessage } from './transactions/bank-messages.ts';
import type { ClockName } from './write-context.ts';

/** An answer that the sandbox bank will give at an instant of the merchant's clock. */
export interface PlannedAnswer {
  readonly messageId: string;
  readonly reference: string;
  readonly event: BankMessage['event'];
  readonly code: string | null;
  readonly authenticationReference: string | null;
  readonly providerReference: string | null;
  readonly dueAt: Date;
}

/** A request received by the sandbox bank: whether it is held without an answer, and the answers planned for it. */
export interface SandboxEntry {
  readonly reference: string;
  readonly isHeld: boolean;
  readonly answers: readonly PlannedAnswer[];
}

/** The requests received by the sandbox bank. */
export interface SandboxLedger {
  /** Stores received requests and plans their answers. A reference received before is left unchanged. */
  receive(merchantId: string, entries: readonly SandboxEntry[], at: Date): Promise<void>;
  /** Returns which of these references were received. */
  findReceived(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  /** Returns which of these references are held without an answer. */
  findHeld(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  /** Returns the behaviour of accounts that have no special meaning. */
  findDefault(merchantId: string): Promise<SandboxDefault>;
}

/** Returns a sandbox ledger that is stored in the database and schedules answers on the clock `clockName`. */
export function createSandboxLedger(database: Database, clockName: ClockName): SandboxLedger {
  return {
    receive: (merchantId, sent, receivedAt) =>
      withTransaction(database, async (tx) => {
        const asked = await findAsked(
          tx,
          merchantId,
          sent.map(({ reference }) => reference),
        );
        // Requests that were on their way while the sandbox was reset are dropped.
        const entries = sent.filter(({ reference }) => asked.has(reference));
        const references = entries.map(({ reference }) => reference);
        const known = await findEntries(tx, merchantId, references);
        const rows = entries.map(({ reference, isHeld }) => ({ merchantId, reference, isHeld, receivedAt }));
        insertRows(tx, 'sandbox_entry', rows, 'ON CONFLICT DO NOTHING');
        const fresh = entries.filter(({ reference }) => !known.has(reference));
        const work = fresh.flatMap(({ answers }) =>
          answers.map(({ messageId, dueAt, ...details }) => ({
            kind: 'BANK_ANSWER' as const,
            subjectId: messageId,
            dueAt,
            details,
          })),
        );
        putDueWork({ tx, merchantId, clockName }, work);
      }),
    findReceived: (merchantId, references) => findEntries(queryable(database), merchantId, references),
    findHeld: (merchantId, references) => findEntries(queryable(database), merchantId, references, 'is_held'),
    async findDefault(merchantId) {
      return (await findMerchantSettings(queryable(database), merchantId)).sandboxDefault;
    },
  };
}

/** Returns which of these references the gateway has recorded as submissions or mandate requests. */
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
