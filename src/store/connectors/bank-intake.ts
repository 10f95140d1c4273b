import type { Queryable } from '../connection/database.ts';

/** A file of a bank. */
export interface Intake {
  readonly connectorId: string;
  readonly sha256: Buffer;
  readonly name: string;
  /** Name of the message and its id; null when the file is none. */
  readonly message: string | null;
  readonly messageId: string | null;
  /** Why it was rejected; null when it was taken. */
  readonly rejection: string | null;
}

/** Returns whether a file with this content was taken before. One that was rejected may be taken when it comes again. */
export async function isTakenFile(database: Queryable, connectorId: string, sha256: Buffer): Promise<boolean> {
  const rows = await database.query(
    'SELECT FROM bank_intake WHERE connector_id = $1 AND sha256 = $2 AND rejection IS NULL',
    [connectorId, sha256],
  );
  return rows.length > 0;
}

/** Returns whether a message with this id was taken before. */
export async function isKnownMessage(
  tx: Queryable,
  connectorId: string,
  message: string,
  messageId: string,
): Promise<boolean> {
  const rows = await tx.query(
    'SELECT FROM bank_intake WHERE connector_id = $1 AND message = $2 AND message_id = $3 AND rejection IS NULL',
    [connectorId, message, messageId],
  );
  return rows.length > 0;
}

/** Records a file that was taken or rejected. A rejected one has no message id, which a corrected file uses again. */
export async function insertIntake(database: Queryable, intake: Intake): Promise<void> {
  const { connectorId, sha256, name, message, messageId, rejection } = intake;
  await database.query(
    `INSERT INTO bank_intake (connector_id, sha256, name, message, message_id, rejection) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (connector_id, sha256) DO UPDATE
       SET message = excluded.message, message_id = excluded.message_id, rejection = excluded.rejection
     WHERE bank_intake.rejection IS NOT NULL`,
    [connectorId, sha256, name, message, messageId, rejection],
  );
}
