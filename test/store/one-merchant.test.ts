import { expect, it } from 'vitest';
import { namesOneMerchant } from '../support/one-merchant.ts';

it('refuses statements that read, change or join rows of merchants without one', () => {
  for (const text of [
    'SELECT id FROM payment WHERE id = $1',
    'UPDATE "event" SET reason = NULL WHERE aggregate_id = ANY($1)',
    'DELETE FROM webhook_delivery WHERE created_at < now()',
    'SELECT 1 FROM merchant JOIN transaction ON transaction.merchant_id = merchant.id',
    'INSERT INTO customer (id, reference) VALUES ($1, $2)',
  ])
    expect([text, namesOneMerchant(text)]).toEqual([text, false]);
});

it('accepts those of one merchant, and of tables that belong to none', () => {
  for (const text of [
    'SELECT id FROM payment WHERE merchant_id = $1 AND id = $2',
    'INSERT INTO "customer" (merchant_id, id) SELECT merchant_id, id FROM json_populate_recordset(NULL::"customer", $1::json)',
    "SELECT value FROM setting WHERE name = 'timeline'",
    'COMMIT',
  ])
    expect([text, namesOneMerchant(text)]).toEqual([text, true]);
});
