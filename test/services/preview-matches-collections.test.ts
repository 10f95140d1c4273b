import { expect, it } from 'vitest';
import { previewPayments } from '../../src/services/collections/preview-schedule.ts';
import { queryable } from '../../src/store/connection/database.ts';
import { methodIds } from '../support/examples.ts';
import type { PaymentInterval, SubmitPaymentInput } from '../support/generated/graphql.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { DEBICHECK, debtor } from '../support/mandates.ts';
import { advance, recurring, submitAll } from '../support/payments.ts';

const PAYMENTS = 1_000;
const END = '2025-09-01T00:00:00+02:00';
const INTERVALS: readonly PaymentInterval[] = ['MONTHLY', 'QUARTERLY', 'BIANNUALLY', 'YEARLY', 'WEEKLY', 'FORTNIGHTLY'];

/** The nth of many payments, of each interval, day and method; one in five adjusts its amount. */
function paymentOf(index: number, eft: string, debicheck: string): SubmitPaymentInput {
  const interval = INTERVALS[index % 3 === 0 ? index % INTERVALS.length : 0] ?? 'MONTHLY';
  const isOfWeek = interval === 'WEEKLY' || interval === 'FORTNIGHTLY';
  const processDay = isOfWeek ? (index % 7) + 1 : (index % 31) + 1;
  const dates = {
    dateStart: `2024-${index % 2 ? '10' : '09'}-${String(10 + (index % 15))}`,
    ...(index % 4 ? {} : { dateEnd: '2025-05-15' }),
  };
  const record = recurring(eft, String(index), '4000000001', {
    mandate: { amount: '45.00', recurring: { processDay, interval } },
    recurring: dates,
  });
  if (index % 5 !== 2) return record;
  return {
    ...record,
    paymentMethodId: debicheck,
    customer: debtor(`D${index}`),
    mandate: {
      ...DEBICHECK,
      recurring: { processDay, interval },
      debicheck: {
        maximumCollectionAmount: '60.00',
        allowVariableAmount: true,
        adjustmentCategory: 'QUARTERLY',
        adjustmentRate: '5.12345',
      },
    },
  };
}

it('collects for a year from a thousand payments what the preview had promised, to the day and the cent', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft, debicheck } = await methodIds(gateway);
  await submitAll(
    gateway,
    Array.from({ length: PAYMENTS }, (_, index) => paymentOf(index, eft, debicheck)),
  );
  // The mandates are approved, so that every payment runs.
  await advance(gateway, '2024-09-03T08:00:00+02:00');
  const { app } = gateway.node;
  const database = queryable(app.database);
  const now = await app.clock.now(database, gateway.merchantId);
  const ids = (await gateway.sql<{ id: string }>('SELECT id FROM payment ORDER BY id')).map(({ id }) => id);
  const previews = await previewPayments(database, gateway.merchantId, now, ids, 60);
  const promised = [...previews].flatMap(([id, rows]) =>
    rows
      // A transaction is made at the start of the day on which it must be sent.
      .filter(({ submitBy }) => submitBy.getTime() < Date.parse(END) + 86_400_000)
      .map(({ kind, nominalDate, actionDate, amountCents }) =>
        [id, kind, nominalDate, actionDate, amountCents].join(' '),
      ),
  );
  await advance(gateway, END);
  const made = await gateway.sql<{ line: string }>(
    "SELECT concat_ws(' ', payment_id, kind, nominal_date, action_date, amount_cents) AS line FROM transaction",
  );
  expect(made.length).toBeGreaterThan(PAYMENTS * 8);
  expect(made.map(({ line }) => line).sort()).toEqual(promised.sort());
  const [ledger] = await gateway.sql<{ twice: number; unsettled: number }>(
    `SELECT count(*) - count(DISTINCT (payment_id, kind, nominal_date, attempt)) AS twice,
            count(*) FILTER (WHERE action_date < '2025-08-20' AND status <> 'PAID') AS unsettled FROM transaction`,
  );
  expect(ledger).toEqual({ twice: 0, unsettled: 0 });
});
