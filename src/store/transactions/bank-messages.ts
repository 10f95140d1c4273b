import type { Impossible } from '../../domain/answers.ts';
import type { MandateAnswer } from '../../domain/mandate/state-machine.ts';
import type { BankEvent, ClockEvent } from '../../domain/transaction.ts';
import type { Queryable, Tx } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';
import { wallTime } from '../connection/wall-time.ts';

/** The bank's answer about a debit or a mandate request, stored once per message id. */
export interface BankMessage {
  readonly messageId: string;
  readonly reference: string;
  readonly event: BankEvent | ClockEvent | MandateAnswer;
  readonly code: string | null;
  /** Reference of the debtor's approval at the bank. */
  readonly authenticationReference?: string | null;
  /** The bank's own reference of the debit; null when it gave none. */
  readonly providerReference?: string | null;
  readonly occurredAt: Date;
}

/** Inserts the messages that were not received before, and returns their message ids. */
export async function insertBankMessages(
  tx: Tx,
  merchantId: string,
  messages: readonly BankMessage[],
): Promise<ReadonlySet<string>> {
  const known = await tx.query<{ messageId: string }>(
    'SELECT message_id FROM bank_message WHERE merchant_id = $1 AND message_id = ANY($2)',
    [merchantId, messages.map((message) => message.messageId)],
  );
  const seen = new Set(known.map((row) => row.messageId));
  const last = new Map(messages.map((message) => [message.messageId, message]));
  const fresh = [...last.values()].filter((message) => !seen.has(message.messageId));
  const receivedAt = wallTime();
  insertRows(
    tx,
    'bank_message',
    fresh.map(({ authenticationReference: _word, providerReference = null, ...message }) => {
      return { merchantId, ...message, providerReference, receivedAt };
    }),
  );
  return new Set(fresh.map((message) => message.messageId));
}

/** A received message, and whether it is in quarantine because no transition allows it. */
export interface KnownBankMessage extends BankMessage {
  readonly isQuarantined: boolean;
}

/** Returns all messages received for these references, ordered by the bank's time of the event, then by message id. */
export async function findBankMessages(
  tx: Queryable,
  merchantId: string,
  references: readonly string[],
): Promise<readonly KnownBankMessage[]> {
  return tx.query(
    `SELECT message_id, reference, event, code, provider_reference, occurred_at, quarantined_at IS NOT NULL AS is_quarantined FROM bank_message
      WHERE merchant_id = $1 AND reference = ANY($2) ORDER BY occurred_at, message_id`,
    [merchantId, references],
  );
}

/**
 * Puts messages that no transition allows into quarantine, or renews their reasons there. They changed nothing and need a
 * manual check.
 */
export function quarantineBankMessages(tx: Tx, merchantId: string, messages: readonly Impossible[]): void {
  if (messages.length === 0) return;
  const rows = messages.map(({ messageId, reason, transactionId, mandateId }) => {
    const id = tx.ids.newId('quarantinedAnswer');
    return { id, message_id: messageId, reason, transaction_id: transactionId, mandate_id: mandateId };
  });
  tx.send(
    `WITH found AS (
       SELECT * FROM json_to_recordset($2::json) AS found(id text, message_id text, reason text, transaction_id text, mandate_id text)
     ), marked AS (
       UPDATE bank_message SET quarantined_at = coalesce(quarantined_at, now()) WHERE merchant_id = $1 AND message_id IN (SELECT message_id FROM found)
       RETURNING message_id, reference, event, code, occurred_at)
     INSERT INTO quarantined_answer (merchant_id, id, message_id, reference, event, code, occurred_at, reason, transaction_id, mandate_id)
     SELECT $1, found.id, message_id, reference, event, code, occurred_at, reason, transaction_id, mandate_id FROM found JOIN marked USING (message_id)
     ON CONFLICT (merchant_id, message_id) DO UPDATE
       SET reason = excluded.reason, transaction_id = excluded.transaction_id, mandate_id = excluded.mandate_id`,
    [merchantId, JSON.stringify(rows)],
  );
}

/** Releases messages from quarantine that a transition allows after all, now that later messages are known. */
export function releaseBankMessages(tx: Tx, merchantId: string, messageIds: readonly string[]): void {
  if (messageIds.length === 0) return;
  tx.send(
    `WITH released AS (DELETE FROM quarantined_answer WHERE merchant_id = $1 AND message_id = ANY($2))
     UPDATE bank_message SET quarantined_at = NULL WHERE merchant_id = $1 AND message_id = ANY($2)`,
    [merchantId, messageIds],
  );
}

/** Returns the number of messages in quarantine, over all merchants. */
export async function countQuarantined(database: Queryable): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    'SELECT count(*) AS count FROM bank_message WHERE quarantined_at IS NOT NULL',
  );
  return row?.count ?? 0;
}
