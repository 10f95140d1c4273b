import { expect, it } from 'vitest';
import { methodIds } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { makeMandate, paymentUnder } from '../support/mandates.ts';
import {
  debitsOf,
  partiesOf,
  preview,
  reasonsOf,
  setStatus,
  submit,
  updatePayment,
  warningsOf,
} from '../support/money.ts';
import { advance, eftMethod, recurring, submitAll } from '../support/payments.ts';

// A cycle that is lost is never lost in silence: a warning on the call that causes it, and an event (DOMAIN §6.5).

const start = (clock: string) => startGateway({ clockStart: new Date(clock) });

const UpdateMandates = graphql(`
  mutation SkipUpdateMandates($input: UpdateMandatesInput!) {
    updateMandates(input: $input) {
      results {
        outcome
        warnings {
          code
          lostDate
          nextDate
          reason
        }
      }
    }
  }
`);
const SetHolidays = graphql(`
  mutation SkipSetHolidays($input: SetHolidaysInput!) {
    setHolidays(input: $input) {
      warnings {
        code
        lostDate
        nextDate
      }
    }
  }
`);
const UpdateSettings = graphql(`
  mutation SkipSettings($input: UpdateMerchantSettingsInput!) {
    updateMerchantSettings(input: $input) {
      merchant {
        id
      }
    }
  }
`);

async function updateMandate(gateway: TestGateway, id: string, processDay: number, dryRun = false) {
  const records = [{ id, recurring: { processDay } }];
  const { updateMandates } = await gateway.data(UpdateMandates, { input: { records, dryRun } });
  const [result] = updateMandates.results;
  if (!result) throw new Error('no result');
  return result;
}

it('warns of a first cycle that is lost by submit, in a dry run too, and shows it in the preview', async () => {
  const gateway = await start('2026-11-26T08:00:00+02:00');
  const record = recurring(await eftMethod(gateway), 'Y', '4000000001', {
    mandate: { amount: '45.00', recurring: { interval: 'YEARLY', processDay: 27 } },
    recurring: { dateStart: '2026-11-27' },
  });
  for (const dryRun of [true, false]) {
    const result = await submit(gateway, record, dryRun);
    expect(warningsOf(result)).toEqual(['CYCLE_SKIPPED 2026-11-27 2027-11-27']);
    expect(result.warnings.find(({ code }) => code === 'CYCLE_SKIPPED')).toMatchObject({
      path: ['records', '0', 'recurring', 'dateStart'],
      reason: 'Its cut-off, 2026-11-25 15:00, has passed.',
    });
  }
  const [row] = await gateway.sql<{ id: string; version: number }>('SELECT id, version FROM payment');
  expect(await reasonsOf(gateway, 'collection.skipped', row?.id ?? '')).toEqual([
    'The collection of 2026-11-27 is skipped. Its cut-off, 2026-11-25 15:00, has passed.',
  ]);
  const shown = await gateway.execute(
    graphql(`
      query SkipPreview($input: PreviewScheduleInput!) {
        previewSchedule(input: $input) {
          nominalDate
          isSkipped
          notes
        }
      }
    `),
    { input: { payment: { ...record, customer: null, bankAccount: null }, count: 1 } },
  );
  expect(shown.data?.previewSchedule).toMatchObject([
    { nominalDate: '2026-11-27', isSkipped: true, notes: ['Skipped. Its cut-off, 2026-11-25 15:00, has passed.'] },
    { nominalDate: '2027-11-27', isSkipped: false },
  ]);
});

it('warns of a cycle that is lost by a change of the mandate: yearly from 15 to 10', async () => {
  const gateway = await start('2027-02-01T08:00:00+02:00');
  const [id = ''] = await submitAll(gateway, [
    recurring(await eftMethod(gateway), 'Y', '4000000001', {
      mandate: { amount: '45.00', recurring: { interval: 'YEARLY', processDay: 15 } },
      recurring: { dateStart: '2027-03-01' },
    }),
  ]);
  await advance(gateway, '2027-03-09T08:00:00+02:00');
  const { mandateId } = await partiesOf(gateway, id);
  for (const dryRun of [true, false]) {
    expect(warningsOf(await updateMandate(gateway, mandateId, 10, dryRun))).toEqual([
      'CYCLE_SKIPPED 2027-03-15 2028-03-10',
    ]);
  }
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toHaveLength(1);
  expect((await preview(gateway, id, 1))[0]?.nominalDate).toBe('2028-03-10');
});

it('warns of the month that is lost when the day moves from 28 to 2, and of none when it moves later', async () => {
  const gateway = await start('2027-02-01T08:00:00+02:00');
  const [id = ''] = await submitAll(gateway, [
    recurring(await eftMethod(gateway), 'M', '4000000001', {
      mandate: { amount: '45.00', recurring: { processDay: 28 } },
      recurring: { dateStart: '2027-02-10' },
    }),
  ]);
  await advance(gateway, '2027-03-09T08:00:00+02:00');
  const { mandateId } = await partiesOf(gateway, id);
  expect(warningsOf(await updateMandate(gateway, mandateId, 30, true))).toEqual([]);
  expect(warningsOf(await updateMandate(gateway, mandateId, 2))).toEqual(['CYCLE_SKIPPED 2027-03-28 2027-04-02']);
});

it('warns of a cycle that is lost by a change of the payment', async () => {
  const gateway = await start('2027-03-08T08:00:00+02:00');
  const [id = ''] = await submitAll(gateway, [
    recurring(await eftMethod(gateway), 'P', '4000000001', { recurring: { dateStart: '2027-03-08', processDay: 28 } }),
  ]);
  const changed = await updatePayment(gateway, { id, recurring: { processDay: 9 } });
  expect(warningsOf(changed)).toEqual(['CYCLE_SKIPPED 2027-03-28 2027-04-09']);
});

it('notes the cycles that a mandate loses until it is approved', async () => {
  const gateway = await start('2026-11-30T08:00:00+02:00');
  const made = await makeMandate(gateway, 'debicheck', { accountNumber: '9910140008' });
  const { debicheck } = await methodIds(gateway);
  const submitted = await submit(gateway, paymentUnder(made, debicheck, { recurring: { dateStart: '2026-12-01' } }));
  const id = submitted.payment?.id ?? '';
  expect(submitted.payment?.status).toBe('PENDING');
  await advance(gateway, '2026-12-01T12:00:00+02:00');
  await gateway.data(
    graphql(`
      mutation SkipApprove($input: SimulateInput!) {
        simulate(input: $input) {
          outcome
        }
      }
    `),
    { input: { scenario: 'MANDATE_APPROVED', id: made.mandateId } },
  );
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toEqual([
    'The collection of 2026-12-01 is skipped. Its cut-off, 2026-11-30 15:00, has passed.',
  ]);
});

it('notes the cycles that pass while the gateway is down, each with an event', async () => {
  const gateway = await start('2026-11-26T08:00:00+02:00');
  const [id = ''] = await submitAll(gateway, [
    recurring(await eftMethod(gateway), 'D', '4000000001', { recurring: { dateStart: '2026-12-01' } }),
  ]);
  await gateway.sql(
    "UPDATE merchant_clock SET offset_ms = offset_ms + extract(epoch FROM interval '70 days') * 1000 WHERE merchant_id = $1",
    [gateway.merchantId],
  );
  await advance(gateway, '2027-02-10T08:00:00+02:00');
  // The first is collected late, as the setting has it; January and February are gone.
  expect(await debitsOf(gateway, id)).toEqual(['2026-12-01 2027-02-08 1 PAID']);
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toEqual([
    'The collection of 2027-01-01 is skipped. Its cut-off, 2026-12-30 15:00, has passed.',
    'The collection of 2027-02-01 is skipped. Its cut-off, 2027-01-28 15:00, has passed.',
  ]);
});

it('warns of what a stop lost when the payment runs again, and notes it', async () => {
  const gateway = await start('2026-11-26T08:00:00+02:00');
  const [id = ''] = await submitAll(gateway, [
    recurring(await eftMethod(gateway), 'S', '4000000001', { recurring: { dateStart: '2026-12-01' } }),
  ]);
  await advance(gateway, '2026-11-27T14:00:00+02:00');
  await setStatus(gateway, id, 'STOPPED');
  expect(await debitsOf(gateway, id)).toEqual(['2026-12-01 2026-12-01 1 CANCELLED']);
  expect(warningsOf(await setStatus(gateway, id, 'RUNNING'))).toEqual(['CYCLE_SKIPPED 2026-12-01 2027-01-01']);
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toHaveLength(1);
});

it('warns of collections that a new holiday makes too late, where late runs are skipped', async () => {
  const gateway = await start('2026-11-26T16:00:00+02:00');
  await gateway.data(UpdateSettings, { input: { lateRunPolicy: 'SKIP' } });
  const [id = ''] = await submitAll(gateway, [
    recurring(await eftMethod(gateway), 'H', '4000000001', { recurring: { dateStart: '2026-12-01' } }),
  ]);
  // Monday 30 November rests: Tuesday's debit had to be sent on Thursday, and it is past 15:00.
  const { setHolidays } = await gateway.data(SetHolidays, {
    input: { add: [{ date: '2026-11-30', name: 'Elections' }] },
  });
  expect(warningsOf(setHolidays)).toEqual(['CYCLE_SKIPPED 2026-12-01 2027-01-01']);
  await advance(gateway, '2026-12-03T08:00:00+02:00');
  expect(await debitsOf(gateway, id)).toEqual([]);
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toHaveLength(1);
});
