import { NO_KEYS } from '../domain/event.ts';
import type { NewMandate } from '../domain/mandate.ts';
import { type Change, newRow } from './change.ts';
import { insertEvents } from './events.ts';
import { newId } from './ids.ts';
import { insertRows } from './insert-rows.ts';

/** A new mandate and what it is for. */
export interface LinkedMandate extends NewMandate {
  readonly customerId: string;
  readonly bankAccountId: string;
  readonly paymentMethodId: string;
}

/** Writes EFT mandates, active at once, and their events; their ids, in the same order. */
export async function insertMandates(
  { tx, merchantId, occurredAt, cause }: Change,
  mandates: readonly LinkedMandate[],
): Promise<string[]> {
  const common = newRow(merchantId);
  const rows = mandates.map((mandate) => ({ ...common, id: newId('mandate'), ...mandate, status: 'ACTIVE' }));
  await insertRows(tx, 'mandate', rows);
  await insertEvents(
    tx,
    merchantId,
    rows.map(({ id, status, customerId, paymentMethodId, amountCents }) => ({
      aggregateType: 'MANDATE',
      aggregateId: id,
      version: 1,
      fromStatus: null,
      toStatus: status,
      occurredAt,
      cause,
      keys: { ...NO_KEYS, mandateId: id, customerId, paymentMethodId, amountCents },
    })),
  );
  return rows.map((row) => row.id);
}
