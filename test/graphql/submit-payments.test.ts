import { expect, it } from 'vitest';
import { SubmitPayments } from '../support/documents.ts';
import { ACCOUNT, JOHN, methodIds, oneTimeDebitOrder, recurringDebitOrder } from '../support/examples.ts';
import type { SubmitPaymentInput, SubmitPaymentsInput } from '../support/generated/graphql.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { captureRoundTrips, captureStatements } from '../support/statements.ts';

const DATE = '2024-09-16';

async function start() {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  return { gateway, ...(await methodIds(gateway)) };
}

async function submit(gateway: TestGateway, input: SubmitPaymentsInput) {
  return (await gateway.data(SubmitPayments, { input })).submitPayments;
}

async function count(gateway: TestGateway, table: string): Promise<number> {
  const [row] = await gateway.sql<{ count: number }>(`SELECT count(*) AS count FROM ${table} WHERE merchant_id = $1`, [
    gateway.merchantId,
  ]);
  return row?.count ?? -1;
}

/** The errors of one record, short: code and path within the record. */
async function errorsOf(gateway: TestGateway, record: SubmitPaymentInput): Promise<string[]> {
  const { results } = await submit(gateway, { records: [record], dryRun: true });
  return (
    results[0]?.errors.map(({ code, rule, path }) => [code, rule, path.slice(2).join('.')].filter(Boolean).join(' ')) ??
    []
  );
}

it('refuses an atomic batch for one bad record, and names it', async () => {
  const { gateway, eft } = await start();
  const bad = { ...oneTimeDebitOrder(eft, 'B', DATE), amount: '1e3' };
  const answer = await submit(gateway, { records: [oneTimeDebitOrder(eft, 'A', DATE), bad] });
  expect(
    answer.results.map(({ clientKey, outcome, payment, errors }) => ({ clientKey, outcome, payment, errors })),
  ).toMatchInlineSnapshot(`
    [
      {
        "clientKey": "A",
        "errors": [],
        "outcome": "NOT_APPLIED",
        "payment": null,
      },
      {
        "clientKey": "B",
        "errors": [
          {
            "__typename": "ValidationError",
            "code": "INVALID_AMOUNT",
            "message": "Must be a positive amount in rand: a decimal string with at most two decimal places, for example "45.00".",
            "path": [
              "records",
              "1",
              "amount",
            ],
            "rule": null,
          },
        ],
        "outcome": "FAILED",
        "payment": null,
      },
    ]
  `);
  expect([answer.succeededCount, answer.failedCount]).toEqual([0, 1]);
  expect(await count(gateway, 'payment')).toBe(0);
  expect(await count(gateway, 'customer')).toBe(0);
});

it('refuses one payment of a partial batch without stopping its neighbours', async () => {
  const { gateway, eft } = await start();
  const records = ['A', 'B', 'C'].map((key) => oneTimeDebitOrder(eft, key, key === 'B' ? '2024-02-30' : DATE));
  const { results } = await submit(gateway, { records, mode: 'PARTIAL' });
  expect(results.map((result) => result.outcome)).toEqual(['CREATED', 'FAILED', 'CREATED']);
  expect(results[2]?.payment?.transactionReference).toBe('INV-C');
  expect(await count(gateway, 'payment')).toBe(2);
});

it('checks everything and writes nothing in a dry run', async () => {
  const { gateway, eft } = await start();
  const records = [oneTimeDebitOrder(eft, 'A', DATE), oneTimeDebitOrder(eft, 'B', '2024-09-02')];
  const { results, succeededCount, failedCount } = await submit(gateway, {
    records,
    dryRun: true,
    idempotencyKey: 'dry',
  });
  expect(results.map((result) => result.outcome)).toEqual(['WOULD_CREATE', 'WOULD_FAIL']);
  expect([succeededCount, failedCount]).toEqual([1, 1]);
  expect(await count(gateway, 'customer')).toBe(0);
  expect(await count(gateway, 'idempotency_record')).toBe(0);
});

it('answers a repeat with what the first call did', async () => {
  const { gateway, eft } = await start();
  const input: SubmitPaymentsInput = { records: [oneTimeDebitOrder(eft, 'A', DATE)], idempotencyKey: 'once' };
  const first = await submit(gateway, input);
  const repeat = await submit(gateway, input);
  expect(repeat.replayed).toBe(true);
  expect(repeat.results).toEqual(first.results);
  expect(await count(gateway, 'payment')).toBe(1);
});

it('runs sixteen equal calls at once as one', async () => {
  const { gateway, eft } = await start();
  const input: SubmitPaymentsInput = { records: [oneTimeDebitOrder(eft, 'A', DATE)], idempotencyKey: 'once' };
  const answers = await Promise.all(Array.from({ length: 16 }, () => submit(gateway, input)));
  expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
  expect(new Set(answers.map((answer) => answer.results[0]?.payment?.id)).size).toBe(1);
  expect(await count(gateway, 'payment')).toBe(1);
});

it('refuses a key that belongs to another input, and says where they differ', async () => {
  const { gateway, eft } = await start();
  const records = [oneTimeDebitOrder(eft, 'A', DATE), oneTimeDebitOrder(eft, 'B', DATE)];
  await submit(gateway, { records, idempotencyKey: 'key' });
  const changed = [oneTimeDebitOrder(eft, 'A', DATE), { ...oneTimeDebitOrder(eft, 'B', DATE), amount: '46.00' }];
  const { errors } = await gateway.execute(SubmitPayments, { input: { records: changed, idempotencyKey: 'key' } });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', paths: [['records', '1']] });
});

it('keeps nothing of a call that wrote nothing: its key may carry the corrected input', async () => {
  const { gateway, eft } = await start();
  await submit(gateway, { records: [oneTimeDebitOrder(eft, 'A', '2024-09-02')], idempotencyKey: 'key' });
  const { results } = await submit(gateway, { records: [oneTimeDebitOrder(eft, 'A', DATE)], idempotencyKey: 'key' });
  expect(results[0]?.outcome).toBe('CREATED');
});

it('names both of two records with the same reference, and who has a taken one', async () => {
  const { gateway, eft } = await start();
  const twice = await submit(gateway, { records: [recurringDebitOrder(eft), recurringDebitOrder(eft)] });
  expect(
    twice.results.map((result) => result.errors.map(({ code, path }) => `${code} ${path.join('.')}`)),
  ).toMatchInlineSnapshot(`
    [
      [
        "DUPLICATE_IN_BATCH records.0.customer.reference",
        "DUPLICATE_IN_BATCH records.0.transactionReference",
      ],
      [
        "DUPLICATE_IN_BATCH records.1.customer.reference",
        "DUPLICATE_IN_BATCH records.1.transactionReference",
      ],
    ]
  `);
  const first = await submit(gateway, { records: [recurringDebitOrder(eft)] });
  const again = await submit(gateway, { records: [recurringDebitOrder(eft)] });
  expect(again.results[0]?.errors).toMatchObject([
    { code: 'DUPLICATE', existingId: first.results[0]?.payment?.customer.id },
    { code: 'DUPLICATE', existingId: first.results[0]?.payment?.id },
  ]);
});

it('lets only one of two batches at once have a reference', async () => {
  const { gateway, eft } = await start();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => submit(gateway, { records: [oneTimeDebitOrder(eft, 'A', DATE)] })),
  );
  expect(answers.flatMap((answer) => answer.results.map((result) => result.outcome)).sort()).toEqual([
    'CREATED',
    ...Array(7).fill('FAILED'),
  ]);
});

it('judges each field of a record, with a code and a path', async () => {
  const { gateway, eft, payIn } = await start();
  const sound = oneTimeDebitOrder(eft, 'A', DATE);
  const customer = (change: object) => ({ ...sound, customer: { ...JOHN, ...change } });
  const account = (change: object) => ({ ...sound, bankAccount: { ...ACCOUNT, ...change } });
  const mandate = (change: object) => ({ ...sound, mandate: { ...sound.mandate, ...change } });
  const cases: Record<string, SubmitPaymentInput> = {
    'unknown method': { ...sound, paymentMethodId: 'pam_0000000000000000000A1' },
    'neither customer nor id': { ...sound, customer: null },
    'both customer and id': { ...sound, customerId: 'cus_0000000000000000000A1' },
    'unknown customer': { ...sound, customer: null, customerId: 'nonsense' },
    'no email': customer({ email: null }),
    'a wrong email': customer({ email: 'john' }),
    'an empty reference': customer({ reference: '  ' }),
    'a long reference': customer({ reference: 'x'.repeat(36) }),
    'a zero-width reference': customer({ reference: 'a\u200Bb' }),
    'no surname': customer({ personSurname: null }),
    'a wrong phone number': customer({ contactNumber: '12' }),
    'an id number without its type': customer({ idNumber: '8007014800087' }),
    'letters in an account number': account({ accountNumber: '12a' }),
    'no bank': account({ bank: null }),
    'a zero amount': mandate({ amount: '0.00' }),
    'three decimals': mandate({ amount: '1.005' }),
    'a number for an amount': mandate({ amount: 45 }),
    'no timing': mandate({ oneTime: null }),
    'day 32': mandate({ oneTime: null, recurring: { processDay: 32 } }),
    'a day that cannot be': { ...sound, oneTime: { processDate: '2026-02-30' } },
    'a day too near': { ...sound, oneTime: { processDate: '2024-09-03' } },
    'recurring from a one-time mandate': { ...sound, oneTime: null, recurring: { dateStart: '2024-10-01' } },
    'a pay-in with an account': { paymentMethodId: payIn, customer: JOHN, amount: '45.00', bankAccount: ACCOUNT },
    'a pay-in without an amount': { paymentMethodId: payIn, customer: JOHN },
    'a debit order with a pay-in reference': { ...sound, payIn: { eftReference: 'X' } },
    'a start in the past': { ...recurringDebitOrder(eft), recurring: { dateStart: '2024-08-31' } },
    'an end before the start': {
      ...recurringDebitOrder(eft),
      recurring: { dateStart: '2024-10-01', dateEnd: '2024-09-30' },
    },
    'nothing to collect': {
      ...recurringDebitOrder(eft),
      recurring: { dateStart: '2024-10-02', dateEnd: '2024-10-31' },
    },
  };
  const found: Record<string, string[]> = {};
  for (const [name, record] of Object.entries(cases)) found[name] = await errorsOf(gateway, record);
  expect(found).toMatchInlineSnapshot(`
    {
      "a day that cannot be": [
        "INVALID_DATE oneTime.processDate",
      ],
      "a day too near": [
        "LEAD_TIME oneTime.processDate",
      ],
      "a debit order with a pay-in reference": [
        "METHOD_FORBIDS payIn",
      ],
      "a long reference": [
        "TOO_LONG customer.reference",
      ],
      "a number for an amount": [
        "INVALID_AMOUNT mandate.amount",
      ],
      "a pay-in with an account": [
        "METHOD_FORBIDS bankAccount",
      ],
      "a pay-in without an amount": [
        "REQUIRED amount",
      ],
      "a start in the past": [
        "INVALID_DATE recurring.dateStart",
      ],
      "a wrong email": [
        "INVALID email customer.email",
      ],
      "a wrong phone number": [
        "INVALID phone_number customer.contactNumber",
      ],
      "a zero amount": [
        "INVALID_AMOUNT mandate.amount",
      ],
      "a zero-width reference": [
        "INVALID characters customer.reference",
      ],
      "an empty reference": [
        "INVALID not_empty customer.reference",
      ],
      "an end before the start": [
        "INVALID end_after_start recurring.dateEnd",
      ],
      "an id number without its type": [
        "INVALID id_type_with_number customer.idType",
      ],
      "both customer and id": [
        "REQUIRED customerId",
      ],
      "day 32": [
        "INVALID range mandate.recurring.processDay",
      ],
      "letters in an account number": [
        "INVALID account_number bankAccount.accountNumber",
      ],
      "neither customer nor id": [
        "REQUIRED customerId",
      ],
      "no bank": [
        "REQUIRED bankAccount.bank",
      ],
      "no email": [
        "REQUIRED customer.email",
      ],
      "no surname": [
        "REQUIRED customer.personSurname",
      ],
      "no timing": [
        "REQUIRED mandate.recurring",
      ],
      "nothing to collect": [
        "INVALID_DATE recurring.dateEnd",
      ],
      "recurring from a one-time mandate": [
        "NOT_LINKED recurring",
      ],
      "three decimals": [
        "INVALID_AMOUNT mandate.amount",
      ],
      "unknown customer": [
        "NOT_FOUND customerId",
      ],
      "unknown method": [
        "NOT_FOUND paymentMethodId",
      ],
    }
  `);
});

it('names the earliest date when a payment comes too late', async () => {
  const { gateway, eft } = await start();
  const { results } = await submit(gateway, { records: [oneTimeDebitOrder(eft, 'A', '2024-09-03')] });
  // Sunday 1 September 2024: sent on Monday by 15:00, two business days before Wednesday.
  expect(results[0]?.errors[0]).toMatchObject({
    code: 'LEAD_TIME',
    message:
      'The cut-off for this date has passed: the clock of the merchant shows 2024-09-01 08:00. The earliest possible date is 2024-09-04.',
  });
});

it('refuses accounts and mandates that are not linked', async () => {
  const { gateway, eft } = await start();
  const { results } = await submit(gateway, { records: ['A', 'B'].map((key) => oneTimeDebitOrder(eft, key, DATE)) });
  const [a, b] = results.map((result) => result.payment);
  const base = { paymentMethodId: eft, oneTime: { processDate: DATE }, customerId: a?.customer.id ?? '' };
  const ids = { bankAccountId: b?.bankAccount?.id ?? '', mandateId: b?.mandate?.id ?? '' };
  expect(await errorsOf(gateway, { ...base, ...ids })).toEqual(['NOT_LINKED bankAccountId']);
  expect(await errorsOf(gateway, { ...base, ...ids, bankAccountId: a?.bankAccount?.id ?? '' })).toEqual([
    'NOT_LINKED mandateId',
  ]);
  await gateway.sql("UPDATE customer SET status = 'DISABLED' WHERE id = $1", [a?.customer.id]);
  expect(
    await errorsOf(gateway, { ...base, bankAccountId: a?.bankAccount?.id ?? '', mandateId: a?.mandate?.id ?? '' }),
  ).toEqual(['STATE_CONFLICT customerId']);
});

it('answers the ids of another merchant as it answers ids of nothing', async () => {
  const { gateway, eft } = await start();
  const stranger = await gateway.addMerchant(DOCUMENTS_CLOCK);
  const { results } = await submit(gateway, { records: [oneTimeDebitOrder(eft, 'A', DATE)] });
  const own = results[0]?.payment;
  const record = (ids: Partial<SubmitPaymentInput>) => ({
    input: { records: [{ paymentMethodId: eft, oneTime: { processDate: DATE }, ...ids }] },
  });
  const theirs = record({
    customerId: own?.customer.id ?? '',
    bankAccountId: own?.bankAccount?.id ?? '',
    mandateId: own?.mandate?.id ?? '',
  });
  const random = record({
    customerId: 'cus_0000000000000000000A1',
    bankAccountId: 'ban_0000000000000000000A1',
    mandateId: 'man_0000000000000000000A1',
  });
  const answers = await Promise.all(
    [theirs, random].map((variables) => gateway.execute(SubmitPayments, variables, { apiKey: stranger.apiKey })),
  );
  const [foreign, unknown] = answers.map((answer) => answer.data?.submitPayments.results);
  expect(foreign).toEqual(unknown);
  expect(foreign?.[0]?.errors).toMatchObject([{ code: 'NOT_FOUND' }]);
});

it('takes a thousand records in a number of statements that does not grow, and refuses one more', async () => {
  const { gateway, eft } = await start();
  const batch = (size: number, from: string): SubmitPaymentsInput => ({
    records: Array.from({ length: size }, (_, index) => oneTimeDebitOrder(eft, `${from}${index}`, DATE)),
  });
  const one = await captureStatements(() => submit(gateway, batch(1, 'one')));
  const thousand = await captureStatements(() => submit(gateway, batch(1_000, 'many')));
  expect(thousand).toHaveLength(one.length);
  const { errors } = await gateway.execute(SubmitPayments, { input: batch(1_001, 'more') });
  expect(errors?.[0]?.extensions['code']).toBe('BATCH_TOO_LARGE');
});

it('submits a payment by ids in at most four round trips', async () => {
  const { gateway, eft } = await start();
  await submit(gateway, { records: [recurringDebitOrder(eft)] });
  const [ids] = await gateway.sql<{ customerId: string; bankAccountId: string; mandateId: string }>(
    'SELECT customer_id AS "customerId", bank_account_id AS "bankAccountId", mandate_id AS "mandateId" FROM payment',
  );
  const { customer: _made, bankAccount: _too, mandate: _three, ...terms } = oneTimeDebitOrder(eft, 'next', DATE);
  const input = { records: [{ ...terms, ...ids }], idempotencyKey: 'known' };
  const groups = await captureRoundTrips(() => submit(gateway, input));
  expect(groups.length).toBeLessThanOrEqual(4);
  expect(await count(gateway, 'payment')).toBe(2);
});
