import DataLoader from 'dataloader';
import type { CustomerTies } from '../domain/customer/status.ts';
import { present } from '../domain/invariants.ts';
import type { MandateTies } from '../domain/mandate/actions.ts';
import type { PaymentTies } from '../domain/payment/actions.ts';
import type { ScheduledCollection } from '../domain/payment/preview.ts';
import { encodeCursor } from '../event-log/cursor.ts';
import type { EventItem } from '../event-log/item.ts';
import { type NumberToRead, readPersonalNumbers } from '../services/access/read-personal-numbers.ts';
import type { App, Caller } from '../services/app.ts';
import { previewPayments } from '../services/collections/preview-schedule.ts';
import { readPaymentContext } from '../services/payments/payment-context.ts';
import { type BatchTotals, findBatchTotals } from '../store/batches.ts';
import { type Queryable, queryable } from '../store/connection/database.ts';
import { type AllowedConnector, findAllowedConnectors } from '../store/connectors/connectors.ts';
import { type CustomerTotals, findCustomerTotals, NO_TOTALS } from '../store/customers/customer-totals.ts';
import { findReceived } from '../store/deposits.ts';
import { findEvents, findLogHead } from '../store/events/event-log.ts';
import { findConvertedMandates } from '../store/mandates/mandates.ts';
import { findPaymentTotals, NO_PAYMENT_TOTALS, type PaymentTotals } from '../store/payments/payment-totals.ts';
import { findOwnersWithRunningPayments } from '../store/payments/running-payments.ts';
import { findTimelines, type TimelineStep } from '../store/payments/timeline.ts';
import type { Entity, Reader } from '../store/reading/reader.ts';
import type { Where } from '../store/reading/where.ts';
import { findCustomersWithOpenTransactions } from '../store/transactions/ledger-holds.ts';

/** Key of a nested connection count: the rows of `entity` whose `column` is `parentId` and that match `where`. */
export interface NestedCount {
  readonly entity: Entity;
  readonly column: string;
  readonly parentId: string;
  readonly where: Where;
}

/** Key of one page of a payment's timeline. */
export interface TimelineKey {
  readonly paymentId: string;
  readonly first: number;
  readonly after: string | null;
}

/** Loaders for data that is not a Prisma relation. Each reads the data of all objects of a request in one batch. */
export interface Loaders {
  readonly counts: DataLoader<NestedCount, number, string>;
  /** Full personal numbers. Each read writes an audit entry. */
  readonly numbers: DataLoader<NumberToRead, string | null, string>;
  readonly customerTotals: DataLoader<string, CustomerTotals>;
  /** The time of the merchant's clock, read once per request. */
  now(): Promise<Date>;
  /** Related objects that restrict the actions on customers. */
  readonly customerTies: DataLoader<string, CustomerTies>;
  readonly mandateTies: DataLoader<string, MandateTies>;
  readonly paymentTies: DataLoader<string, PaymentTies>;
  readonly paymentTotals: DataLoader<string, PaymentTotals>;
  readonly nextCollection: DataLoader<string, ScheduledCollection | null>;
  /** Totals of batches, by reference. */
  readonly batchTotals: DataLoader<string, BatchTotals>;
  readonly timeline: DataLoader<TimelineKey, readonly TimelineStep[], string>;
  /** Events with their stream cursors by id; null for those that are not retained. */
  readonly events: DataLoader<string, EventItem | null>;
  /** The connectors that the merchant may use by id, read once per request. */
  connectors(): Promise<ReadonlyMap<string, AllowedConnector>>;
  /** Amount received for pay-ins, in cents. */
  readonly received: DataLoader<string, number>;
}

/** Creates the loaders for one request, or for one event of a subscription. */
export function createLoaders(app: App, reader: Reader, caller: Caller | null): Loaders {
  const merchantId = caller?.merchantId ?? '';
  const database = queryable(app.database);
  let now: Promise<Date> | undefined;
  let connectors: Promise<ReadonlyMap<string, AllowedConnector>> | undefined;
  const clock = () => {
    now ??= app.clock.now(database, merchantId);
    return now;
  };
  return {
    now: clock,
    connectors() {
      connectors ??= findAllowedConnectors(database, merchantId);
      return connectors;
    },
    counts: new DataLoader((keys) => loadCounts(reader, keys), { cacheKeyFn: keyOf }),
    numbers: new DataLoader(
      async (wanted) => {
        if (!caller) throw new Error('personal numbers were asked for without a caller');
        return readPersonalNumbers(app, caller, wanted);
      },
      { cacheKeyFn: ({ field, rowId }) => `${field} ${rowId}` },
    ),
    customerTotals: new DataLoader(async (ids) => {
      const totals = await findCustomerTotals(database, merchantId, ids);
      return ids.map((id) => totals.get(id) ?? NO_TOTALS);
    }),
    customerTies: new DataLoader(async (ids) => {
      const running = await findOwnersWithRunningPayments(database, merchantId, 'customer_id', ids);
      const open = await findCustomersWithOpenTransactions(database, merchantId, ids);
      return ids.map((id) => ({ hasRunningPayments: running.has(id), hasOpenTransactions: open.has(id) }));
    }),
    paymentTies: new DataLoader(async (ids) => {
      const around = await readPaymentContext(database, merchantId, await clock(), ids);
      return ids.map((id) => around.tiesOf(id));
    }),
    paymentTotals: new DataLoader(async (ids) => {
      const totals = await findPaymentTotals(database, merchantId, ids);
      return ids.map((id) => totals.get(id) ?? NO_PAYMENT_TOTALS);
    }),
    nextCollection: new DataLoader(async (ids) => {
      const rows = await previewPayments(database, merchantId, await clock(), ids, 1);
      return ids.map((id) => rows.get(id)?.find(({ isSkipped }) => !isSkipped) ?? null);
    }),
    batchTotals: new DataLoader(async (references) => {
      const totals = await findBatchTotals(database, merchantId, references);
      return references.map((reference) => present(totals.get(reference), 'the totals of a batch'));
    }),
    timeline: new DataLoader((keys) => loadTimelines(database, merchantId, keys), {
      cacheKeyFn: ({ paymentId, first, after }) => [paymentId, first, after].join(' '),
    }),
    received: new DataLoader(async (ids) => {
      const received = await findReceived(database, merchantId, ids);
      return ids.map((id) => received.get(id) ?? 0);
    }),
    events: new DataLoader(async (ids) => {
      const { epoch } = await findLogHead(database, merchantId);
      const found = await findEvents(database, merchantId, ids);
      const cursorAt = (position: number) => encodeCursor(app.secrets, { merchantId, epoch, position });
      return ids.map((id) => {
        const event = found.get(id);
        return event ? { kind: 'EVENT', event, cursor: cursorAt(event.position) } : null;
      });
    }),
    mandateTies: new DataLoader(async (ids) => {
      const running = await findOwnersWithRunningPayments(database, merchantId, 'mandate_id', ids);
      const converted = await findConvertedMandates(database, merchantId, ids);
      return ids.map((id) => ({ hasRunningPayments: running.has(id), isConverted: converted.has(id) }));
    }),
  };
}

/** Reads timelines with the same page size and cursor in one statement, for all payments. */
async function loadTimelines(
  database: Queryable,
  merchantId: string,
  keys: readonly TimelineKey[],
): Promise<Array<readonly TimelineStep[]>> {
  const found = new Map<TimelineKey, readonly TimelineStep[]>();
  const groups = new Map<string, TimelineKey[]>();
  for (const key of keys) {
    const group = `${key.first} ${key.after}`;
    groups.set(group, [...(groups.get(group) ?? []), key]);
  }
  for (const [first, ...rest] of groups.values()) {
    if (!first) continue;
    const group = [first, ...rest];
    const ids = group.map(({ paymentId }) => paymentId);
    const steps = await findTimelines(database, merchantId, ids, first.after, first.first);
    for (const key of group) found.set(key, steps.get(key.paymentId) ?? []);
  }
  return keys.map((key) => found.get(key) ?? []);
}

/** Counts rows with the same condition in one statement, for all parents. */
async function loadCounts(reader: Reader, keys: readonly NestedCount[]): Promise<number[]> {
  const groups = new Map<string, NestedCount[]>();
  for (const key of keys) {
    const group = keyOf({ ...key, parentId: '' });
    groups.set(group, [...(groups.get(group) ?? []), key]);
  }
  const counts = new Map<string, number>();
  for (const [group, [first, ...rest]] of groups) {
    if (!first) continue;
    const ids = [first, ...rest].map((key) => key.parentId);
    const found = await reader.countByParent(first.entity, { column: first.column, ids }, first.where);
    for (const id of ids) counts.set(`${group} ${id}`, found.get(id) ?? 0);
  }
  return keys.map((key) => counts.get(`${keyOf({ ...key, parentId: '' })} ${key.parentId}`) ?? 0);
}

function keyOf({ entity, column, parentId, where }: NestedCount): string {
  const condition = JSON.stringify(where, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return [entity, column, parentId, condition].join(' ');
}
