import { groupBy } from '../../domain/group-by.ts';
import { type Database, type Queryable, queryable, type Tx, withTransaction } from '../connection/database.ts';
import { bytes, insertRows } from '../connection/insert-rows.ts';
import { wallTime } from '../connection/wall-time.ts';
import { seal, unseal } from '../sealed-text.ts';
import type { Secrets } from '../secrets.ts';
import { findMerchantsOfReferences } from './find-merchants.ts';

/** An instruction that waits to be put into a file. */
export interface WaitingInstruction {
  readonly reference: string;
  /** What belongs into one file. */
  readonly fileKey: string;
  /** What it is about: instructions about one thing are written in their order. */
  readonly subject: string;
  /** The instruction as JSON, with personal numbers. */
  readonly text: string;
}

/** Instructions and files of the connectors of the kind ISO20022. */
export interface BankFiles {
  /** Stores instructions; those whose references are known are left unchanged. */
  hold(merchantId: string, connectorId: string, instructions: readonly WaitingInstruction[]): Promise<void>;
  /** Returns which of these references are stored. */
  findStored(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Has the files with these references written again: once, and as often as the bank has then said that it processes them. Returns
   * the references whose files are written again or still to be written.
   */
  writeAgain(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
}

const instructionCell = (merchantId: string, reference: string) => [
  'bank_instruction',
  'cipher',
  reference,
  merchantId,
];
const fileCell = (merchantId: string, id: string) => ['bank_file', 'cipher', id, merchantId];

/** Time for a bank to answer a file that was written again, in minutes of the wall clock. */
const ANSWER_MINUTES = 10;

/** Returns the instructions and files that are stored in the database. */
export function createBankFiles(database: Database, secrets: Secrets): BankFiles {
  return {
    hold: (merchantId, connectorId, instructions) =>
      withTransaction(database, async (tx) => {
        const createdAt = wallTime();
        const rows = instructions.map(({ reference, fileKey, subject, text }) => {
          const cipher = bytes(seal(secrets, instructionCell(merchantId, reference), text));
          return { merchantId, reference, connectorId, fileKey, subject, cipher, createdAt };
        });
        insertRows(tx, 'bank_instruction', rows, 'ON CONFLICT DO NOTHING');
      }),
    async findStored(merchantId, references) {
      const rows = await queryable(database).query<{ reference: string }>(
        'SELECT reference FROM bank_instruction WHERE merchant_id = $1 AND reference = ANY($2)',
        [merchantId, references],
      );
      return new Set(rows.map(({ reference }) => reference));
    },
    async writeAgain(merchantId, references) {
      const rows = await queryable(database).query<{ reference: string }>(
        `WITH asked AS (
           UPDATE bank_instruction AS held SET asked_at = now()
            WHERE held.merchant_id = $1 AND held.reference = ANY($2) AND (held.asked_at IS NULL OR held.confirmed_at > held.asked_at)
            RETURNING held.reference, held.file_id
         ), again AS (
           UPDATE bank_file SET written_at = NULL
            WHERE merchant_id = $1 AND written_at IS NOT NULL AND id IN (SELECT file_id FROM asked))
         SELECT reference FROM asked
         UNION ALL SELECT reference FROM bank_instruction
          WHERE merchant_id = $1 AND reference = ANY($2) AND asked_at > now() - interval '${ANSWER_MINUTES} minutes'`,
        [merchantId, references],
      );
      return new Set(rows.map(({ reference }) => reference));
    },
  };
}

/** A group of instructions that are due to be put into a file. */
export interface DueGroup {
  readonly merchantId: string;
  readonly fileKey: string;
}

/** Returns the groups of a connector whose first instruction has waited for `seconds`, or that fill a file. */
export async function findDueGroups(
  tx: Queryable,
  connectorId: string,
  seconds: number,
  entriesMax: number,
): Promise<readonly DueGroup[]> {
  return tx.query(
    `SELECT merchant_id, file_key FROM bank_instruction WHERE connector_id = $1 AND file_id IS NULL
      GROUP BY merchant_id, file_key
     HAVING min(created_at) <= now() - $2 * interval '1 second' OR count(*) >= $3
      ORDER BY min(created_at)`,
    [connectorId, seconds, entriesMax],
  );
}

/**
 * Locks and returns the instructions of a group, the oldest first, at most `entriesMax`, as JSON. Those that follow another about the
 * same subject in another group wait until that one is in a file.
 */
export async function lockInstructions(
  tx: Queryable,
  secrets: Secrets,
  connectorId: string,
  { merchantId, fileKey }: DueGroup,
  entriesMax: number,
): Promise<ReadonlyArray<{ readonly reference: string; readonly text: string }>> {
  const rows = await tx.query<{ reference: string; cipher: Buffer }>(
    `SELECT reference, cipher FROM bank_instruction AS held
      WHERE merchant_id = $1 AND connector_id = $2 AND file_key = $3 AND file_id IS NULL
        AND NOT EXISTS (
          SELECT FROM bank_instruction AS earlier
           WHERE earlier.merchant_id = $1 AND earlier.connector_id = $2 AND earlier.subject = held.subject
             AND earlier.file_id IS NULL AND earlier.file_key <> $3 AND earlier.created_at < held.created_at)
      ORDER BY created_at, reference LIMIT $4 FOR UPDATE SKIP LOCKED`,
    [merchantId, connectorId, fileKey, entriesMax],
  );
  return rows.map(({ reference, cipher }) => {
    return { reference, text: unseal(secrets, instructionCell(merchantId, reference), cipher) };
  });
}

/** A file to insert. */
export interface NewBankFile {
  /** Message id. */
  readonly id: string;
  readonly connectorId: string;
  readonly name: string;
  readonly text: string;
}

/** Inserts a file with the instructions in it, which are locked by the caller. */
export function insertBankFile(
  tx: Tx,
  secrets: Secrets,
  merchantId: string,
  { id, connectorId, name, text }: NewBankFile,
  references: readonly string[],
): void {
  const cipher = bytes(seal(secrets, fileCell(merchantId, id), text));
  insertRows(tx, 'bank_file', [{ merchantId, id, connectorId, name, cipher, createdAt: wallTime(), timesWritten: 0 }]);
  tx.send('UPDATE bank_instruction SET file_id = $2 WHERE merchant_id = $1 AND reference = ANY($3)', [
    merchantId,
    id,
    references,
  ]);
}

/** A file to write. */
export interface UnwrittenFile {
  readonly merchantId: string;
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** Locks and returns the oldest file of a connector that is not written; null when there is none that no other node writes. */
export async function lockUnwrittenFile(
  tx: Queryable,
  secrets: Secrets,
  connectorId: string,
): Promise<UnwrittenFile | null> {
  const [row] = await tx.query<Omit<UnwrittenFile, 'text'> & { cipher: Buffer }>(
    `SELECT merchant_id, id, name, cipher FROM bank_file WHERE connector_id = $1 AND written_at IS NULL
      ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [connectorId],
  );
  if (!row) return null;
  const { cipher, ...file } = row;
  return { ...file, text: unseal(secrets, fileCell(file.merchantId, file.id), cipher) };
}

/** Marks a file as written now. */
export function markFileWritten(tx: Tx, merchantId: string, id: string): void {
  tx.send(
    'UPDATE bank_file SET written_at = now(), times_written = times_written + 1 WHERE merchant_id = $1 AND id = $2',
    [merchantId, id],
  );
}

/** Returns the references in files of a connector by message id, and whether they are of requests about mandates. */
export async function findReferencesOfFiles(
  database: Queryable,
  connectorId: string,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly references: readonly string[]; readonly isMandates: boolean }>> {
  const rows = await database.query<{ id: string; references: string[]; isMandates: boolean }>(
    `SELECT file.id, array_agg(held.reference ORDER BY held.reference) AS references, bool_and(held.file_key NOT LIKE 'pain.008%') AS is_mandates
       FROM bank_file AS file
       JOIN bank_instruction AS held ON held.merchant_id = file.merchant_id AND held.file_id = file.id
      WHERE file.connector_id = $1 AND file.id = ANY($2) GROUP BY file.id`,
    [connectorId, messageIds],
  );
  return new Map(rows.map(({ id, ...file }) => [id, file]));
}

/** Records that a bank said now that it processes what has these references. */
export async function confirmInstructions(
  database: Queryable,
  connectorId: string,
  references: readonly string[],
): Promise<void> {
  const merchants = await findMerchantsOfReferences(database, connectorId, references);
  for (const [merchantId, own] of groupBy([...merchants.keys()], (reference) => merchants.get(reference) ?? '')) {
    await database.query(
      'UPDATE bank_instruction SET confirmed_at = now() WHERE merchant_id = $1 AND reference = ANY($2)',
      [merchantId, own],
    );
  }
}
