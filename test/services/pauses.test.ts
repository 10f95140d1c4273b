import { expect, it } from 'vitest';
import { BlacklistCustomers, SetBankAccountStatus, UnblacklistCustomers } from '../support/customer-documents.ts';
import { methodIds } from '../support/examples.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { SetMandateStatus } from '../support/mandate-documents.ts';
import { debitsOf, partiesOf, reasonsOf, retry, setStatus, simulate, submit, warningsOf } from '../support/money.ts';
import { advance, oneTime, paymentState, recurring, submitAll } from '../support/payments.ts';

// A pause holds an unsent transaction until its cut-off (DOMAIN §4.4, §0.1.3).

/** Thursday 26 November 2026. An EFT debit of Tuesday 1 December is sent on Friday 27 November, by 15:00. */
const start = () => startGateway({ clockStart: new Date('2026-11-26T08:00:00+02:00') });
const at = (day: string, time: string) => `2026-${day}T${time}:00+02:00`;
const FIRST = '2026-12-01 2026-12-01 1';

async function monthly(gateway: TestGateway, key = 'M', accountNumber?: string): Promise<string> {
  const { eft } = await methodIds(gateway);
  const [id = ''] = await submitAll(gateway, [
    recurring(eft, key, accountNumber, { recurring: { dateStart: '2026-12-01' } }),
  ]);
  return id;
}

async function once(gateway: TestGateway): Promise<string> {
  const { eft } = await methodIds(gateway);
  const [id = ''] = await submitAll(gateway, [oneTime(eft, 'O', '4000000001', '2026-12-01')]);
  return id;
}

it('sends with the same attempt what was paused and resumed before its cut-off', async () => {
  const gateway = await start();
  const id = await monthly(gateway);
  await advance(gateway, at('11-27', '14:00'));
  expect(await debitsOf(gateway, id)).toEqual([`${FIRST} PENDING`]);
  const paused = await setStatus(gateway, id, 'PAUSED');
  expect(warningsOf(paused)).toEqual(['CYCLE_SKIPPED 2026-12-01 2027-01-01']);
  expect(paused.warnings[0]?.reason).toContain('before the cut-off, 2026-11-27 15:00');
  expect(await debitsOf(gateway, id)).toEqual([`${FIRST} PENDING`]);
  const resumed = await setStatus(gateway, id, 'RUNNING');
  expect(warningsOf(resumed)).toEqual([]);
  await advance(gateway, at('12-03', '08:00'));
  expect(await debitsOf(gateway, id)).toEqual([`${FIRST} PAID`]);
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toEqual([]);
});

it('makes and sends on its day what was resumed before its cut-off, though its time came during the pause', async () => {
  const gateway = await start();
  const id = await monthly(gateway);
  await setStatus(gateway, id, 'PAUSED');
  await advance(gateway, at('11-27', '14:00'));
  expect(await debitsOf(gateway, id)).toEqual([]);
  await setStatus(gateway, id, 'RUNNING');
  await advance(gateway, at('12-03', '08:00'));
  expect(await debitsOf(gateway, id)).toEqual([`${FIRST} PAID`]);
});

it('cancels at the cut-off what is still paused, with an event, and warns the resuming call of each day lost', async () => {
  const gateway = await start();
  const id = await monthly(gateway);
  await advance(gateway, at('11-27', '14:00'));
  await setStatus(gateway, id, 'PAUSED');
  await advance(gateway, at('11-27', '14:59'));
  expect(await debitsOf(gateway, id)).toEqual([`${FIRST} PENDING`]);
  await advance(gateway, at('11-27', '15:00'));
  expect(await debitsOf(gateway, id)).toEqual([`${FIRST} CANCELLED SKIPPED`]);
  const skipped = 'The collection of 2026-12-01 is skipped. Its cut-off, 2026-11-27 15:00, has passed.';
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toEqual([skipped]);
  await advance(gateway, '2027-01-04T08:00:00+02:00');
  const dry = await setStatus(gateway, id, 'RUNNING', true);
  const lost = ['CYCLE_SKIPPED 2026-12-01 2027-02-01', 'CYCLE_SKIPPED 2027-01-01 2027-02-01'];
  expect([dry.outcome, ...warningsOf(dry)]).toEqual(['WOULD_UPDATE', ...lost]);
  expect(warningsOf(await setStatus(gateway, id, 'RUNNING'))).toEqual(lost);
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toHaveLength(2);
});

it('keeps a one-time payment that was blacklisted and unblacklisted, or its mandate disabled and enabled, before its cut-off', async () => {
  for (const how of ['BLACKLIST', 'MANDATE'] as const) {
    const gateway = await start();
    const id = await once(gateway);
    const { customerId, mandateId } = await partiesOf(gateway, id);
    await advance(gateway, at('11-27', '09:00'));
    if (how === 'BLACKLIST') await gateway.data(BlacklistCustomers, { input: { ids: [customerId] } });
    else await gateway.data(SetMandateStatus, { input: { ids: [mandateId], status: 'DISABLED' } });
    expect((await paymentState(gateway, id)).status).toBe('PAUSED');
    if (how === 'BLACKLIST') await gateway.data(UnblacklistCustomers, { input: { ids: [customerId] } });
    else await gateway.data(SetMandateStatus, { input: { ids: [mandateId], status: 'ACTIVE' } });
    expect((await paymentState(gateway, id)).status).toBe('RUNNING');
    await advance(gateway, at('12-03', '08:00'));
    expect(await debitsOf(gateway, id)).toEqual([`${FIRST} PAID`]);
  }
});

it('stops a one-time payment when its cut-off passes while it is paused, and not before', async () => {
  const gateway = await start();
  const id = await once(gateway);
  const { customerId } = await partiesOf(gateway, id);
  await gateway.data(BlacklistCustomers, { input: { ids: [customerId] } });
  await advance(gateway, at('11-27', '14:59'));
  expect((await paymentState(gateway, id)).status).toBe('PAUSED');
  await advance(gateway, at('11-27', '15:01'));
  expect(await paymentState(gateway, id)).toMatchObject({
    status: 'STOPPED',
    failedReason: 'The collection date passed while the payment was paused.',
  });
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toHaveLength(1);
});

it('holds a retry as well, with its attempt', async () => {
  const gateway = await start();
  const id = await monthly(gateway, 'R', '9910100006');
  await advance(gateway, at('12-04', '08:00'));
  expect(await debitsOf(gateway, id)).toEqual([`${FIRST} REJECTED_BY_BANK 44`]);
  await retry(gateway, id);
  await setStatus(gateway, id, 'PAUSED');
  await setStatus(gateway, id, 'RUNNING');
  await advance(gateway, at('12-12', '08:00'));
  expect(await debitsOf(gateway, id)).toEqual([`${FIRST} REJECTED_BY_BANK 44`, '2026-12-01 2026-12-08 2 PAID']);
});

it('holds what was not sent when a code disables the account, until that is enabled and the payment runs again', async () => {
  const gateway = await start();
  const id = await monthly(gateway);
  const parties = await partiesOf(gateway, id);
  const { eft } = await methodIds(gateway);
  const other = await submit(gateway, {
    ...parties,
    paymentMethodId: eft,
    amount: '45.00',
    oneTime: { processDate: '2026-11-30' },
  });
  await advance(gateway, at('11-27', '09:00'));
  expect((await simulate(gateway, 'TRANSACTION_UNPAID', other.payment?.id ?? '', { code: '12' })).outcome).toBe(
    'UPDATED',
  );
  await advance(gateway, at('11-27', '09:01'));
  expect((await paymentState(gateway, id)).status).toBe('STOPPED');
  expect(await debitsOf(gateway, id)).toEqual([`${FIRST} PENDING`]);
  await gateway.data(SetBankAccountStatus, { input: { ids: [parties.bankAccountId], status: 'ACTIVE' } });
  expect((await setStatus(gateway, id, 'RUNNING')).outcome).toBe('UPDATED');
  await advance(gateway, at('12-03', '08:00'));
  expect(await debitsOf(gateway, id)).toEqual([`${FIRST} PAID`]);
});

it('warns of what was held until the cut-off of its own day, though another day could still be reached', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  // The 25th and 26th are holidays: the collection could come on the day before them, or after.
  const [id = ''] = await submitAll(gateway, [
    recurring(eft, 'HOLIDAY', '4000000001', {
      mandate: { amount: '45.00', recurring: { processDay: 25 } },
      recurring: { dateStart: '2026-12-01' },
    }),
  ]);
  const [planned] = await gateway.sql<{ dueAt: Date }>("SELECT due_at FROM due_work WHERE kind = 'CREATE_TRANSACTION'");
  const morning = planned?.dueAt.getTime() ?? 0;
  await advance(gateway, new Date(morning + 3_600_000).toISOString());
  const [held] = await gateway.sql<{ dueAt: Date }>("SELECT due_at FROM due_work WHERE kind = 'SEND_TRANSACTION'");
  await setStatus(gateway, id, 'PAUSED');
  await advance(gateway, new Date((held?.dueAt.getTime() ?? 0) + 60_000).toISOString());
  expect(await debitsOf(gateway, id)).toEqual([expect.stringContaining('CANCELLED SKIPPED')]);
  const resumed = await setStatus(gateway, id, 'RUNNING');
  expect(warningsOf(resumed)).toEqual(['CYCLE_SKIPPED 2026-12-25 2027-01-25']);
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toHaveLength(1);
});

it('notes once what was held while its account was disabled', async () => {
  const gateway = await start();
  const id = await monthly(gateway, 'DISABLED');
  await advance(gateway, at('11-27', '14:00'));
  const { bankAccountId } = await partiesOf(gateway, id);
  await gateway.sql(
    `INSERT INTO due_work (merchant_id, timeline, kind, subject_id, due_at, details)
     VALUES ($1, '', 'DISABLE_BANK_ACCOUNT', $2, '2026-11-27T12:00:00Z', '{"code": "05"}')`,
    [gateway.merchantId, bankAccountId],
  );
  await advance(gateway, at('11-27', '15:30'));
  expect(await debitsOf(gateway, id)).toEqual([`${FIRST} CANCELLED SKIPPED`]);
  await gateway.data(SetBankAccountStatus, { input: { ids: [bankAccountId], status: 'ACTIVE' } });
  expect(warningsOf(await setStatus(gateway, id, 'RUNNING'))).toEqual(['CYCLE_SKIPPED 2026-12-01 2027-01-01']);
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toHaveLength(1);
});
