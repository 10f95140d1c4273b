import { expect, it } from 'vitest';
import { AddCards } from '../support/customer-documents.ts';
import { methodIds } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { DEBICHECK, debtor } from '../support/mandates.ts';
import { debitsOf, preview, reasonsOf, retry, setStatus, submit, updatePayment, warningsOf } from '../support/money.ts';
import { advance, eftMethod, paymentState, recurring, submitAll } from '../support/payments.ts';

// A payment ends on the day after its last, and nothing is debited after it (DOMAIN §4.4, §6.5).

const start = (clock = '2026-11-26T08:00:00+02:00') => startGateway({ clockStart: new Date(clock) });

async function monthly(gateway: TestGateway, change: Parameters<typeof recurring>[3]): Promise<string> {
  const [id = ''] = await submitAll(gateway, [recurring(await eftMethod(gateway), 'E', '4000000001', change)]);
  return id;
}

it('completes a recurring payment on the day after its end, not after its last debit', async () => {
  const gateway = await start();
  const id = await monthly(gateway, { recurring: { dateStart: '2026-12-01', dateEnd: '2026-12-31' } });
  await advance(gateway, '2026-12-31T23:59:59+02:00');
  expect(await debitsOf(gateway, id)).toEqual(['2026-12-01 2026-12-01 1 PAID']);
  expect((await paymentState(gateway, id)).status).toBe('RUNNING');
  const moved = await updatePayment(gateway, { id, recurring: { dateEnd: '2027-01-31' } });
  expect(moved.outcome).toBe('UPDATED');
  await advance(gateway, '2027-01-31T23:59:00+02:00');
  expect((await paymentState(gateway, id)).status).toBe('RUNNING');
  await advance(gateway, '2027-02-01T00:00:00+02:00');
  expect((await paymentState(gateway, id)).status).toBe('COMPLETED');
});

it('stops at the end what is paused then', async () => {
  const gateway = await start();
  const id = await monthly(gateway, { recurring: { dateStart: '2026-12-01', dateEnd: '2026-12-15' } });
  await setStatus(gateway, id, 'PAUSED');
  await advance(gateway, '2026-12-15T23:59:00+02:00');
  expect((await paymentState(gateway, id)).status).toBe('PAUSED');
  await advance(gateway, '2026-12-16T00:00:00+02:00');
  expect(await paymentState(gateway, id)).toMatchObject({
    status: 'STOPPED',
    failedReason: 'The end date passed while the payment was paused.',
  });
});

it('waits for an open transaction, and for a pending retry', async () => {
  const gateway = await start();
  const eft = await eftMethod(gateway);
  const [id = ''] = await submitAll(gateway, [
    recurring(eft, 'R', '9910050009', { recurring: { dateStart: '2026-12-01', dateEnd: '2026-12-02' } }),
  ]);
  await advance(gateway, '2026-12-03T00:00:00+02:00');
  expect((await paymentState(gateway, id)).status).toBe('RUNNING');
  await advance(gateway, '2026-12-08T08:00:00+02:00');
  expect(await debitsOf(gateway, id)).toEqual(['2026-12-01 2026-12-01 1 PAID']);
  expect((await paymentState(gateway, id)).status).toBe('COMPLETED');
});

it('debits nothing after the end: on the last business day before it that can still be used, else not at all', async () => {
  // Sunday 2 May 2027 is the end; the Friday before it is a business day, the Tuesday before that a holiday.
  const late = await start('2027-04-28T16:00:00+02:00');
  const mandate = { amount: '45.00', recurring: { processDay: 2, dateRelease: '2027-06-02' } };
  const eft = await eftMethod(late);
  const dated = (dateEnd: string) =>
    recurring(eft, dateEnd, '4000000001', { mandate, recurring: { dateStart: '2027-04-28', dateEnd } });
  const refused = await submit(late, dated('2027-05-02'));
  expect(refused.errors).toMatchObject([{ code: 'INVALID_DATE', path: ['records', '0', 'recurring', 'dateEnd'] }]);
  const skipped = await submit(late, dated('2027-05-03'));
  expect(skipped.outcome).toBe('CREATED');
  const next = await start('2027-04-27T08:00:00+02:00');
  const { eft: method } = await methodIds(next);
  const [id = ''] = await submitAll(next, [
    recurring(method, 'N', '4000000001', {
      mandate: { amount: '45.00', recurring: { processDay: 2, dateRelease: '2027-05-02' } },
      recurring: { dateStart: '2027-04-27' },
    }),
  ]);
  await advance(next, '2027-05-10T08:00:00+02:00');
  expect(await debitsOf(next, id)).toEqual(['2027-05-02 2027-04-30 1 PAID']);
});

it('moves a collection back before the end where the rule would move it after', async () => {
  const gateway = await start('2027-04-01T08:00:00+02:00');
  const { eft } = await methodIds(gateway);
  await gateway.sql("UPDATE payment_method SET date_adjustment_rule = 'COLLECT_ON_NEXT_BUSINESS_DAY' WHERE id = $1", [
    eft,
  ]);
  const [id = ''] = await submitAll(gateway, [
    recurring(eft, 'B', '4000000001', {
      mandate: { amount: '45.00', recurring: { processDay: 2, dateRelease: '2027-05-02' } },
      recurring: { dateStart: '2027-04-03' },
    }),
  ]);
  expect(await preview(gateway, id)).toMatchObject([{ nominalDate: '2027-05-02', actionDate: '2027-04-30' }]);
  await advance(gateway, '2027-05-10T08:00:00+02:00');
  expect(await debitsOf(gateway, id)).toEqual(['2027-05-02 2027-04-30 1 PAID']);
});

it('keeps retries, late runs and tracking within the end', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft, debicheck } = await methodIds(gateway);
  const [id = ''] = await submitAll(gateway, [
    recurring(eft, 'R', '9900220009', { recurring: { dateStart: '2024-10-01', dateEnd: '2024-10-04' } }),
  ]);
  await advance(gateway, '2024-10-02T10:00:00+02:00');
  expect((await retry(gateway, id, '2024-10-07')).errors).toMatchObject([{ code: 'INVALID_DATE' }]);
  expect((await retry(gateway, id, '2024-10-04')).outcome).toBe('UPDATED');
  const tracked = await submit(gateway, {
    ...recurring(debicheck, 'T', '9910070018'),
    customer: debtor('T'),
    mandate: {
      ...DEBICHECK,
      recurring: { processDay: 1, interval: 'MONTHLY', dateRelease: '2024-11-03' },
      debicheck: { maximumCollectionAmount: '60.00', allowPaymentTracking: true, paymentTrackingMaxDays: 10 },
    },
    recurring: { dateStart: '2024-11-01' },
  });
  expect(tracked.outcome).toBe('CREATED');
  await advance(gateway, '2024-11-04T08:00:00+02:00');
  expect(await debitsOf(gateway, tracked.payment?.id ?? '')).toEqual(['2024-11-01 2024-11-01 1 UNPAID 02']);
});

it('skips a late run that would come after the end, with an event, and completes though nothing was ever collected', async () => {
  const gateway = await start();
  const id = await monthly(gateway, { recurring: { dateStart: '2026-12-01', dateEnd: '2026-12-02' } });
  // The gateway was down from before the cut-off until the day of the debit.
  await gateway.sql(
    "UPDATE merchant_clock SET offset_ms = offset_ms + extract(epoch FROM interval '5 days') * 1000 WHERE merchant_id = $1",
    [gateway.merchantId],
  );
  await advance(gateway, '2026-12-03T08:00:00+02:00');
  const debits = await debitsOf(gateway, id);
  expect(debits.filter((line) => !/REJECTED_BY_API|CANCELLED/.test(line))).toEqual([]);
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toHaveLength(1);
  expect((await paymentState(gateway, id)).status).toBe('COMPLETED');
});

it('warns of a card that ends before its collection', async () => {
  const gateway = await start();
  const { card } = await methodIds(gateway);
  const first = await submit(gateway, {
    paymentMethodId: card,
    customer: { reference: 'CARD', personName: 'A', personSurname: 'B', email: 'a@b.co' },
    card: { token: 'tok_other' },
    amount: '1.00',
    oneTime: { processDate: '2026-11-27' },
  });
  const [row] = await gateway.sql<{ customerId: string }>('SELECT customer_id FROM payment WHERE id = $1', [
    first.payment?.id,
  ]);
  const customerId = row?.customerId ?? '';
  await gateway.data(AddCards, {
    input: {
      records: [
        { customerId, token: 'tok_soon', expirationDate: '2026-11-30' },
        { customerId, token: 'tok_kept', keepUntil: '2026-12-01T00:00:00Z' },
      ],
    },
  });
  for (const token of ['tok_soon', 'tok_kept']) {
    const record = {
      paymentMethodId: card,
      customerId,
      card: { token },
      amount: '1.00',
      oneTime: { processDate: '2026-12-05' },
    };
    const used = await submit(gateway, record);
    expect([used.outcome, ...warningsOf(used)]).toEqual(['CREATED', 'CARD_EXPIRES']);
    const earlier = await submit(gateway, { ...record, oneTime: { processDate: '2026-11-28' } }, true);
    expect(warningsOf(earlier)).toEqual([]);
  }
});
