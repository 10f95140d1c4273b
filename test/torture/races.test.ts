import { expect, it } from 'vitest';
import { CreateCustomers, SetCustomerStatus, UpdateCustomers } from '../support/customer-documents.ts';
import { CAPITEC_ACCOUNT, createBankAccount, createCustomer, person } from '../support/customers.ts';
import { SubmitPayments } from '../support/documents.ts';
import { JOHN, methodIds } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { createRandom, pause } from './random.ts';

// Who comes first is chance; that both never win is not. Short by default; `npm run torture -- races` has 300 and 50.
const RACES = Number(process.env['RACES'] ?? 40);
const KEYS = Number(process.env['RACE_KEYS'] ?? 8);
const CALLERS = 16;
const random = createRandom(Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000));

interface Party {
  readonly customerId: string;
  readonly bankAccountId: string;
  readonly submit: () => Promise<boolean>;
}

async function makeParty(gateway: TestGateway, methodId: string, index: number): Promise<Party> {
  const { id: customerId } = await createCustomer(gateway, person(`R${index}`));
  const { id: bankAccountId } = await createBankAccount(gateway, { customerId, ...CAPITEC_ACCOUNT });
  const oneTime = { processDate: '2024-09-16' };
  const record = {
    paymentMethodId: methodId,
    customerId,
    bankAccountId,
    mandate: { amount: '10.00', oneTime },
    oneTime,
  };
  const submit = async () =>
    (await gateway.data(SubmitPayments, { input: { records: [record] } })).submitPayments.succeededCount === 1;
  return { customerId, bankAccountId, submit };
}

/** Runs `archive` against a submission for the same customer, many times; how often both won. */
async function race(archive: (gateway: TestGateway, party: Party) => Promise<boolean>) {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const wins = { submitted: 0, archived: 0, both: 0, neither: 0 };
  for (let index = 0; index < RACES; index += 1) {
    const party = await makeParty(gateway, eft, index);
    const later = async (ms: number, work: () => Promise<boolean>) => {
      await pause(random.below(ms));
      return work();
    };
    const [submitted, archived] = await Promise.all([later(4, party.submit), later(12, () => archive(gateway, party))]);
    wins[submitted ? (archived ? 'both' : 'submitted') : archived ? 'archived' : 'neither'] += 1;
  }
  const [row] = await gateway.sql<{ count: number }>(
    "SELECT count(*) AS count FROM customer JOIN payment ON payment.customer_id = customer.id WHERE customer.status = 'ARCHIVED' AND payment.status = 'RUNNING'",
  );
  return { ...wins, archivedWithRunning: row?.count };
}

it(`never has an archived customer with a running payment, in ${RACES} races`, {
  timeout: RACES * 1_000 + 900_000,
}, async () => {
  const verdict = await race(async (gateway, { customerId }) => {
    const { setCustomerStatus } = await gateway.data(SetCustomerStatus, {
      input: { ids: [customerId], status: 'ARCHIVED' },
    });
    return setCustomerStatus.results[0]?.outcome === 'UPDATED';
  });
  console.log(verdict);
  expect(verdict).toMatchObject({ both: 0, neither: 0, archivedWithRunning: 0 });
  expect(verdict.submitted).toBeGreaterThan(0);
  expect(verdict.archived).toBeGreaterThan(0);
});

it('has some, were the customer not locked before its payments are looked for', {
  timeout: RACES * 1_000 + 900_000,
}, async () => {
  const verdict = await race(async (gateway, { customerId }) => {
    const running = await gateway.sql("SELECT id FROM payment WHERE customer_id = $1 AND status = 'RUNNING'", [
      customerId,
    ]);
    if (running.length > 0) return false;
    await pause(5);
    await gateway.sql("UPDATE customer SET status = 'ARCHIVED' WHERE id = $1", [customerId]);
    return true;
  });
  console.log(verdict);
  expect(verdict.archivedWithRunning).toBeGreaterThan(0);
});

async function sendSixteen(gateway: TestGateway, idempotencyKey: string | null, index: number) {
  const { reference: _reference, ...record } = person(`K${index}`);
  const input = { records: [record], idempotencyKey };
  const answers = await Promise.all(Array.from({ length: CALLERS }, () => gateway.data(CreateCustomers, { input })));
  return answers.map(({ createCustomers }) => createCustomers);
}

it(`runs ${KEYS} keys once each, of ${CALLERS} callers at once`, { timeout: KEYS * 5_000 + 900_000 }, async () => {
  const gateway = await startGateway();
  const counts = { executions: 0, replays: 0, objects: 0 };
  for (let index = 0; index < KEYS; index += 1) {
    const answers = await sendSixteen(gateway, `key ${index}`, index);
    counts.executions += answers.filter(({ replayed }) => !replayed).length;
    counts.replays += answers.filter(({ replayed }) => replayed).length;
    counts.objects += new Set(answers.map(({ results }) => results[0]?.customer?.id)).size;
  }
  console.log(counts);
  expect(counts).toEqual({ executions: KEYS, replays: KEYS * (CALLERS - 1), objects: KEYS });
  expect(await gateway.sql('SELECT count(*) AS count FROM customer')).toEqual([{ count: KEYS }]);
  await sendSixteen(gateway, null, KEYS); // and without a key as often as it is sent
  expect(await gateway.sql('SELECT count(*) AS count FROM customer')).toEqual([{ count: KEYS + CALLERS }]);
});

/** Sixteen pay-ins at once with one EFT reference, in sixteen spellings; how many wait for the payer then. */
async function openPayIns(gateway: TestGateway, payIn: string): Promise<number> {
  await gateway.sql('UPDATE payment SET status = $$CANCELLED$$');
  const submit = (index: number) => {
    const eftReference = `my${' '.repeat(index % 4)}ref-${'.'.repeat(index / 4)}1`;
    const record = { paymentMethodId: payIn, customer: { ...JOHN, reference: null }, payIn: { eftReference } };
    return gateway.data(SubmitPayments, { input: { records: [{ ...record, amount: '1.00' }] } });
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, index) => submit(index)));
  const [row] = await gateway.sql<{ count: number }>(
    "SELECT count(*) AS count FROM payment WHERE status = 'WAITING_FOR_PAYMENT'",
  );
  return row?.count ?? 0;
}

it('lets one of sixteen pay-ins at once have an EFT reference, however it is written; without the unique index more', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { payIn } = await methodIds(gateway);
  for (let turn = 0; turn < 5; turn += 1) expect(await openPayIns(gateway, payIn)).toBe(1);
  await gateway.sql('DROP INDEX payment_open_eft_reference');
  expect(await openPayIns(gateway, payIn)).toBeGreaterThan(1);
});

it('lets one of sixteen changes of the same version win; looked at and then written more', async () => {
  const gateway = await startGateway();
  const { id } = await createCustomer(gateway, person('V'));
  const winners = async (change: (version: number, index: number) => Promise<boolean>) => {
    const [customer] = await gateway.sql<{ version: number }>('SELECT version FROM customer');
    const tries = Array.from({ length: CALLERS }, (_, index) => change(customer?.version ?? 0, index));
    return (await Promise.all(tries)).filter((won) => won).length;
  };
  const byApi = async (expectedVersion: number, index: number) => {
    const records = [{ id, expectedVersion, companyName: `Company ${index}` }];
    const { updateCustomers } = await gateway.data(UpdateCustomers, { input: { records } });
    return updateCustomers.results[0]?.outcome === 'UPDATED';
  };
  const byLooking = async (expected: number) => {
    const [customer] = await gateway.sql<{ version: number }>('SELECT version FROM customer WHERE id = $1', [id]);
    if (customer?.version !== expected) return false;
    await gateway.sql('UPDATE customer SET version = version + 1 WHERE id = $1', [id]);
    return true;
  };
  for (let turn = 0; turn < 5; turn += 1) expect(await winners(byApi)).toBe(1);
  expect(await winners(byLooking)).toBeGreaterThan(1);
});
