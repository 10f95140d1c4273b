import type { NewCustomer } from '../domain/customer.ts';
import { NO_KEYS } from '../domain/event.ts';
import { type Change, newRow } from './change.ts';
import { insertEvents } from './events.ts';
import { newId } from './ids.ts';
import { bytes, insertRows } from './insert-rows.ts';
import { storeNumber } from './personal-numbers.ts';
import type { Secrets } from './secrets.ts';

/** Writes customers and their events; their ids, in the same order. */
export async function insertCustomers(
  { tx, merchantId, occurredAt, cause }: Change,
  secrets: Secrets,
  customers: readonly NewCustomer[],
): Promise<string[]> {
  const common = newRow(merchantId);
  const rows = customers.map(({ idNumber, ...customer }) => {
    const id = newId('customer');
    const cell = { merchantId, table: 'customer', column: 'id_number', rowId: id } as const;
    const stored = idNumber === null ? null : storeNumber(secrets, cell, idNumber);
    return {
      ...common,
      id,
      ...customer,
      idNumberCipher: stored && bytes(stored.cipher),
      idNumberIndex: stored && bytes(stored.index),
      idNumberLast4: stored?.last4 ?? null,
      status: 'ACTIVE',
    };
  });
  await insertRows(tx, 'customer', rows);
  await insertEvents(
    tx,
    merchantId,
    rows.map(({ id, status }) => ({
      aggregateType: 'CUSTOMER',
      aggregateId: id,
      version: 1,
      fromStatus: null,
      toStatus: status,
      occurredAt,
      cause,
      keys: { ...NO_KEYS, customerId: id },
    })),
  );
  return rows.map((row) => row.id);
}
