import { expect, it } from 'vitest';
import { UpdateMerchantSettings } from '../support/customer-documents.ts';
import { SubmitPayments } from '../support/documents.ts';
import { methodIds } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { setLimits } from '../support/money.ts';
import { advance, oneTime, paymentState, recurring, submitAll } from '../support/payments.ts';

const start = () => startGateway({ clockStart: DOCUMENTS_CLOCK });

const SetHolidays = graphql(`
  mutation SetHolidays($input: SetHolidaysInput!) {
    setHolidays(input: $input) {
      merchant {
        holidays(year: 2024) {
          date
          name
          source
        }
      }
    }
  }
`);

it('moves what is planned by a holiday that is proclaimed or taken back, not what is made', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  const [id = '', made = ''] = await submitAll(gateway, [
    oneTime(eft, 'A', '4000000001', '2024-10-11'),
    oneTime(eft, 'B', '4000000001', '2024-09-05'),
  ]);
  await advance(gateway, '2024-09-03T08:00:00+02:00');
  const { setHolidays } = await gateway.data(SetHolidays, {
    input: {
      add: [
        { date: '2024-10-10', name: 'Day of the Thursday' },
        { date: '2024-10-11', name: 'Day of the Friday' },
        { date: '2024-09-05', name: 'Too late' },
      ],
      remove: ['2024-09-24'],
    },
  });
  expect(setHolidays.merchant.holidays.filter(({ source }) => source === 'MERCHANT')).toHaveLength(3);
  expect(setHolidays.merchant.holidays.map(({ date }) => date)).not.toContain('2024-09-24');
  await advance(gateway, '2024-10-20T00:00:00+02:00');
  const of = async (payment: string) =>
    (await paymentState(gateway, payment)).transactions.nodes.map(({ actionDate }) => actionDate);
  expect(await of(id)).toEqual(['2024-10-09']);
  expect(await of(made)).toEqual(['2024-09-05']);
  const bad = await gateway.execute(SetHolidays, {
    input: { add: [{ date: '2024-02-30', name: 'x' }], remove: ['nonsense'] },
  });
  expect(bad.errors?.[0]?.extensions).toMatchObject({
    code: 'BAD_REQUEST',
    paths: [
      ['add', '0', 'date'],
      ['remove', '0'],
    ],
  });
});

it('moves what is planned when a method collects by another rule', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  const weekend = (key: string) => oneTime(eft, key, '4000000001', '2024-10-12'); // a Saturday
  const [id = ''] = await submitAll(gateway, [weekend('A')]);
  const rule = async (paymentMethodId: string) =>
    gateway.execute(UpdateMerchantSettings, {
      input: { dateAdjustmentRules: [{ paymentMethodId, rule: 'COLLECT_ON_NEXT_BUSINESS_DAY' }] },
    });
  expect((await rule(eft)).errors).toBeUndefined();
  expect((await rule('pam_x')).errors?.[0]?.message).toBe('No such payment method.');
  await advance(gateway, '2024-10-20T00:00:00+02:00');
  expect((await paymentState(gateway, id)).transactions.nodes[0]?.actionDate).toBe('2024-10-14');
});

it('collects no more than the limits of a method, at a time and in a month', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  await setLimits(gateway, eft, { itemLimit: '50.00', monthlyLimit: '100.00' });
  const over = { ...oneTime(eft, 'X'), mandate: { amount: '50.01', oneTime: { processDate: '2024-09-16' } } };
  const { submitPayments: refused } = await gateway.data(SubmitPayments, { input: { records: [over] } });
  expect(refused.results[0]?.errors).toMatchObject([
    {
      code: 'LIMIT_EXCEEDED',
      path: ['records', '0', 'amount'],
      message: 'The payment method allows at most 50.00 per collection.',
    },
  ]);
  const ids = await submitAll(gateway, [oneTime(eft, 'A'), oneTime(eft, 'B'), oneTime(eft, 'C'), recurring(eft, 'D')]);
  await advance(gateway, '2024-09-20T00:00:00+02:00');
  const { submitPayments: full } = await gateway.data(SubmitPayments, {
    input: { records: [oneTime(eft, 'E', '4000000001', '2024-09-26')] },
  });
  expect(full.results[0]?.errors[0]?.code).toBe('LIMIT_EXCEEDED');
  await advance(gateway, '2024-11-10T00:00:00+02:00');
  const found = [];
  for (const id of ids) {
    const { status, failedReason, transactions } = await paymentState(gateway, id);
    found.push(
      [status, failedReason, ...transactions.nodes.map((node) => `${node.status} ${node.unpaidCode}`)].join(', '),
    );
  }
  expect(found).toEqual([
    'COMPLETED, , PAID null',
    'COMPLETED, , PAID null',
    'STOPPED, Limit of the payment method exceeded, REJECTED_BY_API LIMIT_EXCEEDED',
    'RUNNING, , PAID null, PAID null',
  ]);
});

it('leaves out what it was too late for, where the merchant has settled so', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  await gateway.data(UpdateMerchantSettings, { input: { lateRunPolicy: 'SKIP' } });
  const [once = '', monthly = ''] = await submitAll(gateway, [oneTime(eft, 'A'), recurring(eft, 'B')]);
  // The gateway is down from the first of September to the third of October.
  await gateway.sql('UPDATE merchant_clock SET offset_ms = $2 WHERE merchant_id = $1', [
    gateway.merchantId,
    Date.parse('2024-10-03T08:00:00+02:00') - Date.now(),
  ]);
  await advance(gateway, '2024-11-05T00:00:00+02:00');
  const late = await paymentState(gateway, once);
  expect([late.status, late.failedReason]).toEqual([
    'STOPPED',
    'The collection date passed before the debit could be sent.',
  ]);
  expect((await paymentState(gateway, monthly)).transactions.nodes.map(({ nominalDate }) => nominalDate)).toEqual([
    '2024-11-01',
  ]);
});
