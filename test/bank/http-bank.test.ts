import { expect, it } from 'vitest';
import { receiveBankAnswers } from '../../src/services/bank-answers/receive-bank-answers.ts';
import { runDueWork } from '../../src/services/due-work/run-due-work.ts';
import { createMandates } from '../../src/services/mandates/create-mandates.ts';
import { updateMandates } from '../../src/services/mandates/update-mandates.ts';
import { submitPayments } from '../../src/services/payments/submit-payments.ts';
import { withTransaction } from '../../src/store/connection/database.ts';
import type { BankMessage } from '../../src/store/transactions/bank-messages.ts';
import { methodIds } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { startHttpBank } from '../support/http-bank.ts';
import { DEBICHECK, makeDebtor, mandateOf } from '../support/mandates.ts';

// The gateway at a bank that is no sandbox: see test/support/http-bank.ts. Its due work is on a timeline of its own, which
// the node's scheduler leaves alone.

const NO_OPTIONS = { mode: 'ATOMIC', dryRun: false, idempotencyKey: null } as const;

async function startAtHttpBank() {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const stub = await startHttpBank();
  let now = DOCUMENTS_CLOCK;
  const app = { ...gateway.node.withClock({ clockName: 'history' as const, now: async () => now }), bank: stub.bank };
  const caller = {
    merchantId: gateway.merchantId,
    clientId: '',
    scopes: new Set<never>(),
    expiresAt: null,
    requestId: 'req',
  };
  return {
    gateway,
    stub,
    app,
    caller,
    /** Does everything that is due by then. */
    async runUntil(time: string) {
      now = new Date(`${time}+02:00`);
      while ((await runDueWork(app, gateway.merchantId, async () => now)) > 0);
    },
    say: (...messages: BankMessage[]) =>
      withTransaction(app.database, (tx) => {
        const cause = { actor: 'BANK', requestId: null, reasonCode: null, reason: null } as const;
        const change = {
          tx,
          merchantId: gateway.merchantId,
          occurredAt: now,
          cause,
          clockName: 'history' as const,
          clientId: null,
          onTransaction: () => {},
        };
        return receiveBankAnswers(change, messages);
      }),
  };
}

it('has a mandate approved, amended and collected at a bank behind HTTP', async () => {
  const { gateway, stub, app, caller, runUntil, say } = await startAtHttpBank();
  const { debicheck } = await methodIds(gateway);
  const parties = await makeDebtor(gateway);
  const record = {
    ...DEBICHECK,
    ...parties,
    paymentMethodId: debicheck,
    contractReference: 'CTC24091900001',
    generateContractReference: null,
  };
  const made = await createMandates(app, caller, { ...NO_OPTIONS, records: [record as never] });
  const mandateId = ('results' in made && made.results[0]?.objectId) || '';
  const payment = { paymentMethodId: debicheck, ...parties, mandateId, recurring: { dateStart: '2024-10-01' } };
  await submitPayments(app, caller, { ...NO_OPTIONS, batchReference: null, records: [payment] });
  await runUntil('2024-09-01T08:00:01');
  expect(stub.received).toEqual([
    {
      path: '/mandates',
      EndToEndId: expect.any(String),
      MsgTp: 'INITIATE',
      MndtReqId: 'CTC24091900001',
      ColltnAmt: '45.00',
      Dbtr: '8007014800087',
      DbtrAcct: '01000000018',
    },
  ]);
  const answer = (messageId: string, event: BankMessage['event'], change: Partial<BankMessage> = {}): BankMessage => ({
    messageId,
    reference: stub.received.at(-1)?.EndToEndId ?? '',
    event,
    code: null,
    occurredAt: DOCUMENTS_CLOCK,
    ...change,
  });
  expect(await say(answer('1', 'APPROVED', { authenticationReference: 'XYZ' }))).toBe(0);
  expect(await say(answer('1', 'APPROVED'))).toBe(0); // again: nothing
  expect(await mandateOf(gateway, mandateId)).toMatchObject({ status: 'ACTIVE', authenticationReference: 'XYZ' });

  const change = { id: mandateId, amount: '50.00' };
  await updateMandates(app, caller, { ...NO_OPTIONS, records: [change] });
  await runUntil('2024-09-01T08:00:02');
  expect(stub.received.at(-1)).toMatchObject({ MsgTp: 'AMEND', ColltnAmt: '50.00' });
  expect(await say(answer('2', 'APPROVED'))).toBe(0);
  expect(await mandateOf(gateway, mandateId)).toMatchObject({ amount: '50.00', amendmentStatus: 'NONE' });

  await runUntil('2024-09-30T15:00:00');
  expect(stub.received.at(-1)).toMatchObject({
    path: '/debits',
    Amt: '50.00',
    ReqdColltnDt: '20241001',
    TrckgDays: null,
  });
  expect(await say(answer('3', 'PAID', { occurredAt: new Date('2024-10-02T09:00:00+02:00') }))).toBe(0);
  expect(await gateway.sql('SELECT status, amount_cents FROM transaction')).toEqual([
    { status: 'PAID', amountCents: 5000 },
  ]);
});

it('asks by reference after a lost answer, sends again what was refused at the listener, and nothing twice', async () => {
  const { gateway, stub, app, caller, runUntil } = await startAtHttpBank();
  const { debicheck } = await methodIds(gateway);
  const parties = await makeDebtor(gateway);
  const create = () =>
    createMandates(app, caller, {
      ...NO_OPTIONS,
      records: [{ ...DEBICHECK, ...parties, paymentMethodId: debicheck } as never],
    });
  await create();
  stub.loseAnswers(1);
  await expect(runUntil('2024-09-01T08:00:01')).rejects.toThrow('fetch failed');
  expect(stub.received).toHaveLength(1);
  await runUntil('2024-09-01T08:00:02');
  expect(stub.received).toHaveLength(1); // it had arrived
  await create();
  stub.refuse(1);
  await expect(runUntil('2024-09-01T08:00:03')).rejects.toThrow('503');
  expect(stub.received).toHaveLength(1);
  await runUntil('2024-09-01T08:00:04');
  expect(stub.received).toHaveLength(2);
  const requests = await gateway.sql('SELECT FROM mandate_request WHERE acknowledged_at IS NULL');
  expect(requests).toEqual([]);
});

it('would send twice, were the attempt not recorded', async () => {
  const { gateway, stub, app, caller, runUntil } = await startAtHttpBank();
  const { debicheck } = await methodIds(gateway);
  const record = { ...DEBICHECK, ...(await makeDebtor(gateway)), paymentMethodId: debicheck };
  await createMandates(app, caller, { ...NO_OPTIONS, records: [record as never] });
  stub.loseAnswers(1);
  await expect(runUntil('2024-09-01T08:00:01')).rejects.toThrow('fetch failed');
  await gateway.sql('UPDATE mandate_request SET attempted_at = NULL');
  await runUntil('2024-09-01T08:00:02');
  expect(stub.received).toHaveLength(2);
});
