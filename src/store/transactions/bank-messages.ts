import type { MandateAnswer } from '../../domain/mandate/state-machine.ts';
import type { BankEvent, ClockEvent } from '../../domain/transaction.ts';
import type { Queryable } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';
import { wallTime } from '../connection/wall-time.ts';

/** What the bank said of a debit or a mandate that it was sent, once per message id. */
export interface BankMessage {
  readonly messageId: string;
  readonly reference: string;
  readonly event: BankEvent | ClockEvent | MandateAnswer;
  readonly code: string | null;
  /** The bank's word that the debtor approved. */
  readonly authenticationReference?: string | null;
  /** The bank's own reference for the debit, where it gave one. */
  readonly providerReference?: string | null;
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
  const receivedAt = wallTime();
  await insertRows(
    tx,
    'bank_message',
    fresh.map(({ authenticationReference: _word, providerReference = null, ...message }) => {
      return { merchantId, ...message, providerReference, receivedAt };
    }),
  );
  return new Set(fresh.map((message) => message.messageId));
}

/** A message that came, and whether nothing came of it so far. */
export interface KnownBankMessage extends BankMessage {
  readonly isQuarantined: boolean;
}

/** Everything that came about these references, in the order in which the bank says it happened. */
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

/** Takes messages out of quarantine that, with what came later, have their place after all. */
export async function releaseBankMessages(
  tx: Queryable,
  merchantId: string,
  messageIds: readonly string[],
): Promise<void> {
  if (messageIds.length === 0) return;
  await tx.query('UPDATE bank_message SET quarantined_at = NULL WHERE merchant_id = $1 AND message_id = ANY($2)', [
    merchantId,
    messageIds,
  ]);
}

/** How many messages are in quarantine, of all merchants. */
export async function countQuarantined(database: Queryable): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    'SELECT count(*) AS count FROM bank_message WHERE quarantined_at IS NOT NULL',
  );
  return row?.count ?? 0;
}
