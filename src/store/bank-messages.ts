import type { BankEvent } from '../domain/transaction.ts';
import type { Queryable } from './database.ts';
import { insertRows } from './insert-rows.ts';

/** What the bank said of a submission, once per message id. */
export interface BankMessage {
  readonly messageId: string;
  readonly reference: string;
  readonly event: BankEvent;
  readonly code: string | null;
  readonly occurredAt: Date;
}

/** Takes messages in; those that had not come before. */
export async function insertBankMessages(
  tx: Queryable,
  merchantId: string,
  messages: readonly BankMessage[],
): Promise<ReadonlySet<string>> {
  const known = await tx.query<{ messageId: string }>(
    'SELECT message_id FROM bank_message WHERE merchant_id = $1 AND message_id = ANY($2)',
    [merchantId, messages.map((message) => message.messageId)],
  );
  const seen = new Set(known.map((row) => row.messageId));
  const fresh = messages.filter((message) => !seen.has(message.messageId));
  const receivedAt = new Date();
  await insertRows(
    tx,
    'bank_message',
    fresh.map((message) => ({ merchantId, ...message, receivedAt })),
  );
  return new Set(fresh.map((message) => message.messageId));
}

/** Marks messages that no transition allows. They moved nothing, and a person is to look at them. */
export async function quarantineBankMessages(
  tx: Queryable,
  merchantId: string,
  messageIds: readonly string[],
): Promise<void> {
  if (messageIds.length === 0) return;
  await tx.query('UPDATE bank_message SET quarantined_at = now() WHERE merchant_id = $1 AND message_id = ANY($2)', [
    merchantId,
    messageIds,
  ]);
}
