import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventKeys, readerKeys } from '../../src/event-log/routing.ts';
import { queryable } from '../../src/store/connection/database.ts';
import { type EventConditions, matcherOf } from '../../src/store/events/event-conditions.ts';
import { listEvents } from '../../src/store/events/event-log.ts';
import { untilSequenced } from '../support/events.ts';
import { startGateway } from '../support/harness.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 300);

const id = fc.constantFrom('a', 'b', 'c', 'A', 'é', '');
const ids = fc.array(id, { maxLength: 3 });
const aggregateType = fc.constantFrom('PAYMENT', 'MANDATE', 'TRANSACTION', 'CUSTOMER');
const type = fc.constantFrom('payment.created', 'payment.updated', 'mandate.amendment_updated', 'x.y_updated');
const status = fc.constantFrom('RUNNING', 'STOPPED', 'PAID');

const EVENT = fc.record({
  aggregateType,
  aggregateId: id,
  type,
  fromStatus: fc.option(status),
  toStatus: status,
  paymentId: fc.option(id),
  customerId: fc.option(id),
  mandateId: fc.option(id),
  paymentMethodId: fc.option(id),
  batchReference: fc.option(id),
  amountCents: fc.option(fc.integer({ min: -5, max: 5 })),
});
const ALL = fc.record({
  aggregateTypes: fc.array(aggregateType, { maxLength: 2 }),
  types: fc.array(type, { maxLength: 2 }),
  aggregateIds: ids,
  isStatus: fc.constant(true as const),
  paymentIds: ids,
  customerIds: ids,
  mandateIds: ids,
  paymentMethodIds: ids,
  batchReference: id,
  from: fc.array(status, { maxLength: 2 }),
  to: fc.array(status, { maxLength: 2 }),
  amountCentsMin: fc.integer({ min: -5, max: 5 }),
  amountCentsMax: fc.integer({ min: -5, max: 5 }),
});
type Name = keyof EventConditions;
const NAMES: readonly Name[] = Object.keys(fc.sample(ALL, 1)[0] ?? {}) as Name[];
/** At most three at once: more let nothing through. */
const CONDITIONS = fc
  .tuple(ALL, fc.subarray([...NAMES], { maxLength: 3 }))
  .map(([all, names]): EventConditions => Object.fromEntries(names.map((name) => [name, all[name]])));

it('lets the same events through in the database and in memory, and routes each to whoever wants it', async () => {
  const gateway = await startGateway();
  const { merchantId } = gateway;
  const samples = fc.sample(EVENT, { numRuns: 400, seed: 7 });
  await gateway.sql(
    `INSERT INTO event (id, merchant_id, aggregate_type, aggregate_id, version, type, from_status, to_status, actor, payment_id,
       customer_id, mandate_id, payment_method_id, batch_reference, amount_cents, occurred_at)
     SELECT 'evt_' || n, $1, (e->>'aggregateType')::aggregate_type, e->>'aggregateId', n, e->>'type', e->>'fromStatus', e->>'toStatus', 'API',
       e->>'paymentId', e->>'customerId', e->>'mandateId', e->>'paymentMethodId', e->>'batchReference', (e->>'amountCents')::bigint, now()
       FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS given(e, n)`,
    [merchantId, JSON.stringify(samples)],
  );
  await untilSequenced(gateway);
  const database = queryable(gateway.node.app.database);
  const range = { merchantId, after: 0, upTo: 10_000, limit: 10_000 };
  const events = await listEvents(database, range, {});
  expect(events).toHaveLength(samples.length);
  let matched = 0;
  await fc.assert(
    fc.asyncProperty(CONDITIONS, async (conditions) => {
      const matches = matcherOf(conditions);
      const wanted = events.filter(matches);
      matched += wanted.length;
      expect(await listEvents(database, range, conditions)).toEqual(wanted);
      const reader = new Set(readerKeys(conditions));
      for (const event of wanted) expect(eventKeys(event).filter((key) => reader.has(key))).toHaveLength(1);
    }),
    { numRuns: RUNS },
  );
  expect(matched).toBeGreaterThan(RUNS);
});
