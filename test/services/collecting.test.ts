import { expect, it } from 'vitest';
import type { Bank, Instruction } from '../../src/bank/bank.ts';
import { addBusinessDays } from '../../src/domain/calendar.ts';
import { addDays, civilDateOf, instantAt } from '../../src/domain/dates.ts';
import { createRound } from '../../src/scheduler/runner.ts';
import type { App } from '../../src/services/app.ts';
import { receiveBankAnswers } from '../../src/services/bank-answers/receive-bank-answers.ts';
import { blacklistCustomers } from '../../src/services/customers/blacklist-customers.ts';
import { runDueWork } from '../../src/services/due-work/run-due-work.ts';
import { submitPayments } from '../../src/services/payments/submit-payments.ts';
import { withTransaction } from '../../src/store/connection/database.ts';
import type { BankMessage } from '../../src/store/transactions/bank-messages.ts';
import { AdvanceClock, PaymentWithTransactions, SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder, recurringDebitOrder } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';

const NO_HOLIDAYS = new Set<string>();
const Now = graphql(`
  query Now {
    merchant {
      now
    }
  }
`);

const PROCESS_DATE = '2024-09-16';
/** Two business days before, when it must be sent by 15:00. */
const SEND_DAY = '2024-09-12';

async function startWithPayments(count: number) {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const records = Array.from({ length: count }, (_, index) => oneTimeDebitOrder(eft, String(index), PROCESS_DATE));
  const { results } = (await gateway.data(SubmitPayments, { input: { records } })).submitPayments;
  return { gateway, ids: results.map((result) => result.payment?.id ?? '') };
}

/** Everything that is due now, as a scheduler does it. */
async function runAll(app: App, failures: unknown[]): Promise<void> {
  const round = createRound(app, (error) => failures.push(error));
  do await round.settle();
  while ((await round.run(() => false)) === 'MORE');
}

async function transactionOf(gateway: TestGateway, id: string | undefined) {
  const { payment } = await gateway.data(PaymentWithTransactions, { id: id ?? '' });
  return payment?.transactions.nodes[0];
}

it('makes the transaction on the day it must be sent, sends it at the cut-off, and hears the result after the day', async () => {
  const { gateway, ids } = await startWithPayments(1);
  const statusAt = async (to: string) => {
    await gateway.data(AdvanceClock, { to });
    return (await transactionOf(gateway, ids[0]))?.status;
  };
  expect(await statusAt(`2024-09-11T23:59:59+02:00`)).toBeUndefined();
  expect(await statusAt(`${SEND_DAY}T00:00:00+02:00`)).toBe('PENDING');
  expect(await statusAt(`${SEND_DAY}T14:59:59+02:00`)).toBe('PENDING');
  expect(await statusAt(`${SEND_DAY}T15:00:00+02:00`)).toBe('SENT_TO_BANK');
  expect(await statusAt(`${SEND_DAY}T16:00:00+02:00`)).toBe('ACCEPTED_BY_BANK');
  expect(await statusAt(`2024-09-17T08:59:59+02:00`)).toBe('ACCEPTED_BY_BANK');
  expect(await statusAt(`2024-09-17T09:00:00+02:00`)).toBe('PAID');
  const { errors } = await gateway.execute(AdvanceClock, { to: '2024-09-16T00:00:00+02:00' });
  expect(errors?.[0]?.extensions['code']).toBe('BAD_REQUEST');
});

it('collects each payment once, however many nodes do what is due', async () => {
  const { gateway, ids } = await startWithPayments(200);
  const later = Date.parse('2024-09-30T00:00:00+02:00') - Date.now();
  await gateway.sql('UPDATE merchant_clock SET offset_ms = $2 WHERE merchant_id = $1', [gateway.merchantId, later]);
  const failures: unknown[] = [];
  await Promise.all(Array.from({ length: 8 }, () => runAll(gateway.node.app, failures)));
  const counted = () =>
    gateway.sql('SELECT count(*) AS transactions, count(DISTINCT payment_id) AS payments FROM transaction');
  // The gateway's own scheduler takes its part: what it is at, the others leave to it.
  const once = { transactions: ids.length, payments: ids.length };
  await expect.poll(counted).toEqual([once]);
  expect(failures).toEqual([]);
});

it('never back-dates what the gateway was too late for', async () => {
  const { gateway, ids } = await startWithPayments(1);
  // Down from before the send day until Wednesday the 18th: then the earliest day is Friday the 20th.
  const now = new Date('2024-09-18T10:00:00+02:00');
  await runDueWork(gateway.node.app, gateway.merchantId, async () => now);
  expect(await transactionOf(gateway, ids[0])).toMatchObject({ nominalDate: PROCESS_DATE, actionDate: '2024-09-20' });
});

const CUT_OFF = new Date(`${SEND_DAY}T15:00:00+02:00`);

/**
 * One payment whose transaction is due to be sent, on a timeline of the test's own, which the node's scheduler leaves alone;
 * and a bank that takes what it is sent but whose first answer is lost.
 */
async function startAtLosingBank() {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const sent: string[] = [];
  /** What another node finds to do while this one is at the bank. */
  const whileAtTheBank: number[] = [];
  const bank: Bank = {
    async submit(_merchantId: string, instructions: readonly Instruction[]) {
      sent.push(...instructions.map(({ reference }) => reference));
      if (sent.length > 1) return new Set();
      whileAtTheBank.push(await run(CUT_OFF));
      throw new Error('the answer is lost');
    },
    findReceived: async (_merchantId, references) =>
      new Set(references.filter((reference) => sent.includes(reference))),
    submitMandates: async () => {},
    findHeld: async () => new Set(),
    canVerify: false,
    verify: async () => new Map(),
    test: async () => [],
  };
  const app = {
    ...gateway.node.withClock({ clockName: 'history', now: async () => DOCUMENTS_CLOCK }),
    banks: { of: async () => bank },
  };
  const caller = {
    merchantId: gateway.merchantId,
    clientId: '',
    scopes: new Set<never>(),
    expiresAt: null,
    requestId: 'req',
  };
  const input = { batchReference: null, mode: 'ATOMIC', dryRun: false, idempotencyKey: null } as const;
  await submitPayments(app, caller, { ...input, records: [oneTimeDebitOrder(eft, 'A', PROCESS_DATE)] });
  const run = (now: Date) => runDueWork(app, gateway.merchantId, async () => now);
  await run(new Date(`${SEND_DAY}T00:00:00+02:00`));
  await expect(run(CUT_OFF)).rejects.toThrow('the answer is lost');
  const statuses = async () =>
    (await gateway.sql<{ status: string }>('SELECT status FROM transaction')).map(({ status }) => status);
  expect(whileAtTheBank).toEqual([0]);
  return { gateway, sent, run, statuses };
}

it('asks the bank by reference after a lost answer, and never sends twice', async () => {
  const { sent, run, statuses } = await startAtLosingBank();
  expect(await statuses()).toEqual(['PENDING']);
  expect(await run(CUT_OFF)).toBe(1);
  expect(await statuses()).toEqual(['SENT_TO_BANK']);
  expect(sent).toHaveLength(1);
});

it('would send twice, were the recorded submission forgotten', async () => {
  const { gateway, sent, run } = await startAtLosingBank();
  await gateway.sql('DELETE FROM submission');
  await run(CUT_OFF);
  expect(sent).toHaveLength(2);
});

it("takes the bank's answers twice, late and in any order, and quarantines what no transition allows", async () => {
  const { gateway, ids } = await startWithPayments(1);
  await gateway.data(AdvanceClock, { to: `${SEND_DAY}T15:00:00+02:00` });
  const [submission] = await gateway.sql<{ reference: string }>('SELECT reference FROM submission');
  const message = (messageId: string, event: BankMessage['event'], code: string | null = null): BankMessage => ({
    messageId,
    reference: submission?.reference ?? '',
    event,
    code,
    occurredAt: new Date('2024-09-17T09:00:00+02:00'),
  });
  const receive = (...messages: BankMessage[]) =>
    withTransaction(gateway.node.app.database, (tx) => {
      const cause = { actor: 'BANK', requestId: null, reasonCode: null, reason: null } as const;
      return receiveBankAnswers(
        {
          tx,
          merchantId: gateway.merchantId,
          occurredAt: new Date(),
          clockName: '',
          cause,
          clientId: null,
          onTransaction: () => {},
        },
        messages,
      ).then(({ quarantined }) => quarantined.size);
    });
  expect(await receive(message('1', 'PAID'))).toBe(0);
  expect(await receive(message('1', 'PAID'))).toBe(0);
  expect(await receive(message('2', 'ACCEPTED'))).toBe(1); // late: it is paid already
  expect(await receive({ ...message('3', 'PAID'), reference: 'unknown' })).toBe(1);
  expect(await receive(message('4', 'DISPUTED', '30'), message('5', 'REVERSED'))).toBe(0);
  expect(await transactionOf(gateway, ids[0])).toMatchObject({ status: 'REVERSED', unpaidCode: '30' });
  const events = await gateway.sql<{ version: number; toStatus: string }>(
    "SELECT version, to_status FROM event WHERE aggregate_type = 'TRANSACTION' ORDER BY version",
  );
  expect(events.map(({ version, toStatus }) => `${version} ${toStatus}`)).toEqual([
    '1 PENDING',
    '2 SENT_TO_BANK',
    '3 PAID',
    '4 DISPUTED',
    '5 REVERSED',
  ]);
  const quarantined = await gateway.sql('SELECT 1 FROM bank_message WHERE quarantined_at IS NOT NULL');
  expect(quarantined).toHaveLength(2);
});

it('has no second transaction for a date even if two nodes decide at once; without the unique key it would', async () => {
  const { gateway } = await startWithPayments(1);
  const collectTwice = async (): Promise<number> => {
    await gateway.sql('DELETE FROM transaction');
    const insert = `INSERT INTO transaction (merchant_id, id, payment_id, customer_id, payment_method_id, kind, nominal_date, attempt, action_date, status, amount_cents, transaction_reference, status_changed_at)
      SELECT merchant_id, $1, id, customer_id, payment_method_id, 'REGULAR', '${PROCESS_DATE}', 1, '${PROCESS_DATE}', 'PENDING', 1, 'x', now() FROM payment`;
    const tries = [1, 2].map((nth) => gateway.sql(insert, [`tra_${nth}`]).catch(() => []));
    await Promise.all(tries);
    return (await gateway.sql('SELECT 1 FROM transaction')).length;
  };
  expect(await collectTwice()).toBe(1);
  await gateway.sql('DROP INDEX transaction_merchant_id_payment_id_kind_nominal_date_attemp_key');
  expect(await collectTwice()).toBe(2);
});

it('collects on its day, or refuses, what is submitted while the clock moves', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  for (let round = 0; round < 6; round += 1) {
    const { merchant } = await gateway.data(Now);
    const today = civilDateOf(new Date(merchant.now));
    const processDate = addBusinessDays(addDays(today, 9), 0, NO_HOLIDAYS);
    const records = Array.from({ length: 60 }, (_, index) => oneTimeDebitOrder(eft, `${round}-${index}`, processDate));
    const submitting = gateway.data(SubmitPayments, { input: { records } });
    await new Promise((resolve) => setTimeout(resolve, round * 4));
    await gateway.data(AdvanceClock, { to: instantAt(addDays(today, 40)).toISOString() });
    await submitting;
    // What was submitted after all is done by the time the clock shows now.
    await gateway.data(AdvanceClock, { to: instantAt(addDays(today, 80)).toISOString() });
    const late = await gateway.sql('SELECT 1 FROM transaction WHERE nominal_date = $1 AND action_date > nominal_date', [
      processDate,
    ]);
    expect(late).toEqual([]);
  }
});

it("goes on with a merchant's work, and with the other merchants', when one piece of it fails", async () => {
  const { gateway, ids } = await startWithPayments(3);
  const stranger = await gateway.addMerchant(DOCUMENTS_CLOCK);
  // It fails whichever scheduler comes to it: the gateway's own runs beside the test.
  await gateway.sql(
    "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'this piece fails'; END $$",
  );
  await gateway.sql(
    "CREATE TRIGGER fail BEFORE DELETE ON due_work FOR EACH ROW WHEN (OLD.subject_id = 'broken') EXECUTE FUNCTION fail()",
  );
  const broken = `INSERT INTO due_work (merchant_id, kind, subject_id, due_at, details) SELECT $1, 'BANK_ANSWER', 'broken', '2024-01-01', '{"event": "NONSENSE"}'`;
  await gateway.sql(broken, [stranger.merchantId]);
  await gateway.sql(broken, [gateway.merchantId]);
  await gateway.sql("UPDATE due_work SET due_at = '2024-01-02' WHERE kind = 'CREATE_TRANSACTION'");
  const dates = () => Promise.all(ids.map(async (id) => (await transactionOf(gateway, id))?.nominalDate));
  await expect.poll(dates).toEqual(ids.map(() => PROCESS_DATE));
  const putAside = () => gateway.sql("SELECT 1 FROM due_work WHERE subject_id = 'broken' AND leased_until > now()");
  await expect.poll(putAside).toHaveLength(2);
});

it('collects nothing before a payment starts, and nothing after its mandate ends', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  // Saturday 5 October 2024: the business day before is before the start, so it is the Monday after.
  const starting = {
    ...recurringDebitOrder(eft),
    mandate: { amount: '45.00', recurring: { processDay: 5 } },
    recurring: { dateStart: '2024-10-05', dateEnd: '2024-10-31' },
  };
  const { results } = (await gateway.data(SubmitPayments, { input: { records: [starting] } })).submitPayments;
  await gateway.data(AdvanceClock, { to: '2024-10-31T00:00:00+02:00' });
  expect(await transactionOf(gateway, results[0]?.payment?.id)).toMatchObject({
    nominalDate: '2024-10-05',
    actionDate: '2024-10-07',
  });
  const ended = {
    ...oneTimeDebitOrder(eft, 'E', '2025-03-14'),
    mandate: { amount: '45.00', recurring: { processDay: 5, dateRelease: '2024-12-01' } },
  };
  const refused = (await gateway.data(SubmitPayments, { input: { records: [ended] } })).submitPayments;
  expect(refused.results[0]?.errors).toMatchObject([
    { code: 'INVALID_DATE', message: 'Must be on or before 2024-12-01, when the mandate ends.' },
  ]);
});

it('sends every debit but the one that cannot be sent', async () => {
  const { gateway, ids } = await startWithPayments(4);
  await gateway.sql(
    'UPDATE bank_account SET account_number_cipher = set_byte(account_number_cipher, 35, 255 - get_byte(account_number_cipher, 35)) WHERE id = (SELECT bank_account_id FROM payment WHERE id = $1)',
    [ids[1]],
  );
  for (const now of [CUT_OFF.getTime() - 3_600_000, CUT_OFF.getTime() + 60_000]) {
    const offset = [gateway.merchantId, now - Date.now()];
    await gateway.sql('UPDATE merchant_clock SET offset_ms = $2 WHERE merchant_id = $1', offset);
    await runAll(gateway.node.app, []);
  }
  // The node's own scheduler is at it too.
  const statuses = () => Promise.all(ids.map(async (id) => (await transactionOf(gateway, id))?.status));
  await expect.poll(statuses).toEqual(['SENT_TO_BANK', 'PENDING', 'SENT_TO_BANK', 'SENT_TO_BANK']);
});

it('leaves to the bank what is on its way there when its customer is blacklisted', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const sandbox = gateway.node.withClock({ clockName: '', now: async () => CUT_OFF });
  const input = { batchReference: null, mode: 'ATOMIC', dryRun: false, idempotencyKey: null } as const;
  const caller = {
    merchantId: gateway.merchantId,
    clientId: '',
    scopes: new Set<never>(),
    expiresAt: null,
    requestId: 'req',
  };
  await submitPayments({ ...sandbox, clock: { clockName: '', now: async () => DOCUMENTS_CLOCK } }, caller, {
    ...input,
    records: [oneTimeDebitOrder(eft, 'A', PROCESS_DATE)],
  });
  const [row] = await gateway.sql<{ id: string }>('SELECT id FROM customer');
  const selection = {
    ...input,
    records: [{ id: row?.id ?? '' }],
    field: 'ids',
    reason: null,
    runningPayments: null,
  } as const;
  const sandboxBank = await sandbox.banks.of('sandbox');
  const bank: Bank = {
    ...sandboxBank,
    async submit(merchantId, instructions, now) {
      await blacklistCustomers(sandbox, caller, selection);
      return sandboxBank.submit(merchantId, instructions, now);
    },
  };
  const run = (now: Date) =>
    runDueWork({ ...sandbox, banks: { of: async () => bank } }, gateway.merchantId, async () => now);
  await run(new Date(`${SEND_DAY}T00:00:00+02:00`));
  await run(CUT_OFF);
  const statuses = () => gateway.sql('SELECT payment.status AS payment, transaction.status FROM payment, transaction');
  expect(await statuses()).toEqual([{ payment: 'PAUSED', status: 'SENT_TO_BANK' }]);
  for (const day of ['09-13', '09-16', '09-17', '09-18']) await run(new Date(`2024-${day}T12:00:00+02:00`));
  expect(await statuses()).toEqual([{ payment: 'COMPLETED', status: 'PAID' }]);
  expect(await gateway.sql('SELECT reference FROM bank_message WHERE quarantined_at IS NOT NULL')).toEqual([]);
});
