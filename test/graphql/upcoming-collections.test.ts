import { expect, it } from 'vitest';
import { methodIds } from '../support/examples.ts';
import type { SubmitPaymentInput } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { advance, type MethodName, makeMandate, paymentUnder } from '../support/mandates.ts';
import { preview, setStatus, submit } from '../support/money.ts';
import { captureStatements } from '../support/statements.ts';

const Upcoming = graphql(`
  query Upcoming($from: Date!, $to: Date!, $groupBy: [UpcomingGroup!]!) {
    upcomingCollections(from: $from, to: $to, groupBy: $groupBy) {
      keys {
        group
        value
      }
      count
      amount
      movedCount
    }
  }
`);

const FROM = '2024-09-10';
const TO = '2024-11-30';

/** Payments of every method and schedule, some paused, pending, at the bank, adjusted, with a first collection or an end. */
async function submitMany(gateway: TestGateway): Promise<string[]> {
  const methods = await methodIds(gateway);
  const ids: string[] = [];
  let key = 0;
  const add = async (method: MethodName, terms: object, change: Partial<SubmitPaymentInput>) => {
    key += 1;
    const made = await makeMandate(gateway, method, { key: `K${key}`, accountNumber: '9900010004', ...terms });
    return { ...paymentUnder(made, methods[method], change), transactionReference: `R${key}` };
  };
  const run = async (record: SubmitPaymentInput) => {
    const { payment, errors } = await submit(gateway, record);
    if (!payment) throw new Error(JSON.stringify(errors));
    ids.push(payment.id);
    return payment.id;
  };
  const recurring = (dateStart: string, dateEnd?: string) => ({
    recurring: { dateStart, ...(dateEnd ? { dateEnd } : {}) },
  });
  for (const interval of ['WEEKLY', 'FORTNIGHTLY'] as const)
    await run(await add('eft', { recurring: { processDay: 7, interval } }, recurring('2024-09-05')));
  for (const interval of ['MONTHLY', 'QUARTERLY', 'BIANNUALLY', 'YEARLY'] as const)
    await run(await add('eft', { recurring: { processDay: 31, interval } }, recurring('2024-09-05')));
  // Two with the same dates, one that ends, one that starts later, one whose amount is less than the mandate's.
  for (const change of [{}, recurring('2024-09-05', '2024-10-14'), recurring('2024-11-03'), { amount: '12.34' }])
    await run(await add('eft', { recurring: { processDay: 15 } }, { ...recurring('2024-09-05'), ...change }));
  await run(await add('eft', { recurring: { processDay: 15 } }, recurring('2024-09-05')));
  await run(
    await add(
      'eft',
      { recurring: null, oneTime: { processDate: '2024-10-20' } },
      { oneTime: { processDate: '2024-10-20' } },
    ),
  );
  const paused = await run(await add('eft', { recurring: { processDay: 25 } }, recurring('2024-09-05')));
  await setStatus(gateway, paused, 'PAUSED');
  const debicheck = { maximumCollectionAmount: '60.00', allowVariableAmount: true, allowDateAdjustment: true };
  const adjusted = { debicheck: { ...debicheck, adjustmentCategory: 'QUARTERLY', adjustmentRate: '10' } };
  const first = { debicheck: { ...debicheck, firstCollectionAmount: '50.00', firstCollectionDate: '2024-09-28' } };
  for (const terms of [{ debicheck }, adjusted, first])
    await run(await add('debicheck', terms, recurring('2024-09-05')));
  await run({
    paymentMethodId: methods.card,
    customerId: (await makeMandate(gateway, 'eft', { key: 'CARD' })).customerId,
    card: { token: 'tok_sandbox_paid' },
    amount: '9.90',
    recurring: { interval: 'WEEKLY', processDay: 3, dateStart: '2024-09-05' },
  });
  return ids;
}

async function forecast(gateway: TestGateway, groupBy: Array<'DAY' | 'METHOD' | 'STATUS'>, from = FROM, to = TO) {
  const { upcomingCollections } = await gateway.data(Upcoming, { from, to, groupBy });
  return upcomingCollections.map(({ keys, count, amount }) =>
    [...keys.map(({ value }) => value), count, amount].join(' '),
  );
}

/** The same from the schedule of each payment, and its debits at the bank, by day. */
async function oneByOne(gateway: TestGateway, ids: readonly string[]): Promise<string[]> {
  const days = new Map<string, { count: number; cents: number }>();
  const put = (day: string, cents: number) => {
    const { count, cents: sum } = days.get(day) ?? { count: 0, cents: 0 };
    if (day >= FROM && day <= TO) days.set(day, { count: count + 1, cents: sum + cents });
  };
  for (const id of ids) {
    for (const row of await preview(gateway, id, 100))
      if (!row.isSkipped) put(row.actionDate, Math.round(Number(row.amount) * 100));
  }
  const sent = await gateway.sql<{ day: string; cents: number }>(
    `SELECT action_date::text AS day, amount_cents::int AS cents FROM transaction
      WHERE status IN ('SENT_TO_BANK', 'ACCEPTED_BY_BANK', 'NO_RESPONSE', 'IN_TRACKING')`,
  );
  for (const { day, cents } of sent) put(day, cents);
  return [...days].sort().map(([day, { count, cents }]) => `${day} ${count} ${(cents / 100).toFixed(2)}`);
}

it.each(['2024-09-02T09:00:00+02:00', '2024-09-12T16:00:00+02:00', '2024-09-27T09:00:00+02:00'])(
  'forecasts what the schedules of all payments say, at %s',
  async (now) => {
    const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
    const ids = await submitMany(gateway);
    await advance(gateway, now);
    const byDay = await forecast(gateway, ['DAY']);
    expect(byDay.length).toBeGreaterThan(15);
    expect(byDay).toEqual(await oneByOne(gateway, ids));
    // However they are grouped, they are the same.
    const total = (rows: readonly string[]) => rows.reduce((sum, row) => sum + Number(row.split(' ').at(-2)), 0);
    for (const groups of [['METHOD'], ['STATUS'], ['DAY', 'METHOD', 'STATUS']] as const)
      expect(total(await forecast(gateway, [...groups]))).toBe(total(byDay));
  },
);

it('says which collections move because of weekends, from which day, and in which status their payments are', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const made = await makeMandate(gateway, 'eft', { recurring: { processDay: 15 } });
  const { eft } = await methodIds(gateway);
  const { payment } = await submit(gateway, paymentUnder(made, eft, { recurring: { dateStart: '2024-09-05' } }));
  const rows = async () =>
    (await gateway.data(Upcoming, { from: '2024-09-01', to: '2024-10-31', groupBy: ['DAY', 'STATUS', 'NOMINAL_DAY'] }))
      .upcomingCollections;
  // 15 September is a Sunday.
  expect(
    (await rows()).map(({ keys, movedCount }) => `${keys.map(({ value }) => value).join(' ')} ${movedCount}`),
  ).toEqual(['2024-09-13 RUNNING 2024-09-15 1', '2024-10-15 RUNNING 2024-10-15 0']);
  await setStatus(gateway, payment?.id ?? '', 'PAUSED');
  expect((await rows()).map(({ keys }) => keys[1]?.value)).toEqual(['PAUSED', 'PAUSED']);
});

it('does the work of one payment for payments with the same dates', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const made = await makeMandate(gateway, 'eft', { recurring: { processDay: 15 } });
  const record = paymentUnder(made, eft, { recurring: { dateStart: '2024-09-05' } });
  await submit(gateway, record);
  const ask = () => gateway.data(Upcoming, { from: FROM, to: TO, groupBy: ['DAY'] });
  const few = (await captureStatements(ask)).length;
  for (let index = 0; index < 20; index += 1) await submit(gateway, record);
  expect((await captureStatements(ask)).length).toBe(few);
  expect((await ask()).upcomingCollections).toMatchObject([{ count: 21 }, { count: 21 }, { count: 21 }]);
});

it('ends with a schedule that ends after the period, in whichever direction its last date moves', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const made = await makeMandate(gateway, 'eft', { recurring: { processDay: 15 } });
  // The end is a Saturday, the date after it a Sunday that would move to Friday 13 December.
  const recurring = { dateStart: '2024-09-05', dateEnd: '2024-12-14' };
  const { payment } = await submit(gateway, paymentUnder(made, eft, { recurring }));
  await advance(gateway, '2024-09-20T08:00:00+02:00');
  const dates = (await preview(gateway, payment?.id ?? '')).filter(({ isSkipped }) => !isSkipped);
  expect(dates.map(({ actionDate }) => actionDate)).toEqual(['2024-10-15', '2024-11-15']);
  expect(await forecast(gateway, ['DAY'], '2024-12-01', '2024-12-13')).toEqual([]);
  expect(await forecast(gateway, ['DAY'], '2024-12-01', '2024-12-14')).toEqual([]);
});

it('refuses periods and groups that cannot be', async () => {
  const gateway = await startGateway({ clockStart: new Date('2024-09-10T08:00:00+02:00') });
  const code = async (from: string, to: string, groupBy: Array<'DAY'>) =>
    (await gateway.execute(Upcoming, { from, to, groupBy })).errors?.[0]?.extensions['code'];
  expect(await code('2024-09-10', '2024-09-09', ['DAY'])).toBe('BAD_REQUEST');
  expect(await code('2024-09-10', '2024-12-12', ['DAY'])).toBe('BAD_REQUEST');
  expect(await code('2024-09-10', '2024-09-31', ['DAY'])).toBe('BAD_REQUEST');
  expect(await code('2024-09-10', '2024-09-30', [])).toBe('BAD_REQUEST');
  expect(await code('2024-09-10', '2024-09-30', ['DAY', 'DAY'])).toBe('BAD_REQUEST');
  expect(await code('2024-09-10', '2024-12-11', ['DAY'])).toBeUndefined();
  // Nobody computes the schedules of decades: the end is at most as many days from today.
  expect(await code('2199-10-01', '2199-12-16', ['DAY'])).toBe('BAD_REQUEST');
  expect(await code('2024-06-20', '2024-09-15', ['DAY'])).toBeUndefined();
});
