import { expect, it } from 'vitest';
import { LIFECYCLE_TYPES, lifecycleOf } from '../../src/domain/lifecycle.ts';
import { REQUEST_ERRORS } from '../../src/graphql/pipeline/request-error.ts';
import { schema } from '../../src/graphql/schema.ts';
import { brief, startOneTimePayment } from '../support/customers.ts';
import { AdvanceClock } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder, recurringDebitOrder } from '../support/examples.ts';
import type { StatsGroup, SubmitPaymentInput } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { makeMandate } from '../support/mandates.ts';
import { simulate, submit } from '../support/money.ts';

// What an answer says: everything that is wrong at once, of the right record, and by the tables.

const CLOCK = new Date('2026-11-26T08:00:00+02:00');

const Submit = graphql(`
  mutation AnswersSubmit($input: SubmitPaymentsInput!) {
    submitPayments(input: $input) {
      replayed
      results {
        clientKey
        outcome
        errors {
          code
          rule
          message
          path
        }
      }
    }
  }
`);

async function submitAll(gateway: TestGateway, records: readonly unknown[], more: object = {}) {
  const input = { records: records as SubmitPaymentInput[], ...more };
  return (await gateway.data(Submit, { input })).submitPayments;
}

it('says all that is wrong with a record at once', async () => {
  const gateway = await startGateway({ clockStart: CLOCK, cdvMode: 'ERROR' });
  const { eft, debicheck } = await methodIds(gateway);
  const order = oneTimeDebitOrder(eft, 'A', '2026-11-01');
  const bad = {
    ...order,
    customer: { personName: 'John', email: 'no address', idType: 'SOUTH_AFRICAN_ID', idNumber: '1' },
    bankAccount: { ...order.bankAccount, accountHolderName: ' ', accountNumber: '1', branchCode: '470010' },
    mandate: { amount: '45', oneTime: { processDate: '2026-11-01' }, reference: 'x'.repeat(36) },
  };
  const { results } = await submitAll(gateway, [bad]);
  expect(brief(results[0]?.errors).sort()).toEqual([
    'INVALID branch_of_bank records.0.bankAccount.branchCode',
    'INVALID email records.0.customer.email',
    'INVALID not_empty records.0.bankAccount.accountHolderName',
    'INVALID south_african_id_digits records.0.customer.idNumber',
    'INVALID_DATE records.0.mandate.oneTime.processDate',
    'LEAD_TIME records.0.oneTime.processDate',
    'REQUIRED records.0.customer.personSurname',
    'TOO_LONG records.0.mandate.reference',
  ]);
  const digits = { ...bad, bankAccount: { ...order.bankAccount, accountHolderName: ' ', accountNumber: '1' } };
  expect(brief((await submitAll(gateway, [digits])).results[0]?.errors)).toEqual(
    expect.arrayContaining([
      'INVALID not_empty records.0.bankAccount.accountHolderName',
      'INVALID check_digits records.0.bankAccount.accountNumber',
    ]),
  );
  // What the method asks of a customer that is not sound by itself.
  const recurring = { ...recurringDebitOrder(debicheck), customer: { companyName: 'Karoo', email: 'no address' } };
  expect(brief((await submitAll(gateway, [recurring])).results[0]?.errors)).toEqual(
    expect.arrayContaining([
      'INVALID email records.0.customer.email',
      'METHOD_FORBIDS records.0.customer.kind',
      'METHOD_REQUIRES records.0.customer.idNumber',
      'METHOD_REQUIRES records.0.customer.contactNumber',
      'METHOD_REQUIRES records.0.mandate.debicheck',
      'INVALID_DATE records.0.recurring.dateStart',
    ]),
  );
});

it('refuses the one record with a value that GraphQL cannot read, at its place, and writes the others', async () => {
  const gateway = await startGateway({ clockStart: CLOCK });
  const { eft } = await methodIds(gateway);
  const good = (key: string) => oneTimeDebitOrder(eft, key, '2026-12-15');
  const records = [
    good('A'),
    { ...good('B'), paymentMethodId: null },
    { ...good('C'), bankAccount: { ...good('C').bankAccount, bank: 'NO_BANK', accountType: 8 } },
    { ...good('D'), mandate: { amount: '1.00', recurring: { processDay: '8001015009087' } } },
    { ...good('E'), paymentMethodID: eft },
    'not an object',
    { ...good('G'), items: [{ name: 'x' }, { name: { secret: '8001015009087' } }] },
    good('H'),
  ];
  const { paymentMethodId: _missing, ...without } = good('I');
  const all = [...records, without];
  const { results } = await submitAll(gateway, all, { mode: 'PARTIAL', idempotencyKey: 'k' });
  expect(results.map(({ clientKey, outcome, errors }) => [clientKey, outcome, ...brief(errors)])).toEqual([
    ['A', 'CREATED'],
    ['B', 'FAILED', 'INVALID type records.1.paymentMethodId'],
    ['C', 'FAILED', 'INVALID type records.2.bankAccount.accountType'],
    ['D', 'FAILED', 'INVALID type records.3.mandate.recurring.processDay'],
    ['E', 'FAILED', 'INVALID type records.4.paymentMethodID'],
    [null, 'FAILED', 'INVALID type records.5'],
    ['G', 'FAILED', 'INVALID type records.6.items.1.name'],
    ['H', 'CREATED'],
    ['I', 'FAILED', 'INVALID type records.8.paymentMethodId'],
  ]);
  expect(JSON.stringify(results)).not.toContain('800101');
  // It is as repeatable as any other.
  expect(await submitAll(gateway, all, { mode: 'PARTIAL', idempotencyKey: 'k' })).toMatchObject({ replayed: true });
  const atomic = await submitAll(gateway, [good('K'), records[1] ?? {}]);
  expect(atomic.results.map(({ outcome }) => outcome)).toEqual(['NOT_APPLIED', 'FAILED']);

  // Records, or one of them, as a variable of its own.
  const send = async (query: string, variables: object) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` };
    const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return JSON.stringify(await response.json());
  };
  const select = '{ results { outcome errors { code path } } }';
  const list = `mutation ($r: [SubmitPaymentInput!]!) { submitPayments(input: { records: $r, mode: PARTIAL }) ${select} }`;
  const wanted = '"results":[{"outcome":"CREATED","errors":[]},{"outcome":"FAILED"';
  expect(await send(list, { r: [good('L'), records[1]] })).toContain(wanted);
  const single = `mutation ($a: SubmitPaymentInput!, $b: SubmitPaymentInput!) { submitPayments(input: { records: [$a, $b], mode: PARTIAL }) ${select} }`;
  expect(await send(single, { a: good('M'), b: records[1] })).toContain(wanted);
  // What stands in the document is refused as a document, and what is not in a record as a call.
  const literal = `mutation { submitPayments(input: { records: [{ paymentMethodId: "x", amount: true }] }) ${select} }`;
  expect(await send(literal, {})).toContain('VALIDATION_FAILED');
  const whole = `mutation ($i: SubmitPaymentsInput!) { submitPayments(input: $i) ${select} }`;
  expect(await send(whole, { i: { records: [records[1]], mode: 'NO_MODE' } })).toContain('BAD_REQUEST');
});

const Stats = graphql(`
  query AnswersStats($groupBy: [StatsGroup!]!) {
    paymentStats(groupBy: $groupBy) {
      keys {
        value
      }
      count
    }
  }
`);

it('counts what was taken back as REVERSED, not as COMPLETED', async () => {
  const gateway = await startGateway({ clockStart: CLOCK });
  const [kept, back] = [
    await startOneTimePayment(gateway, 'KEPT', '2026-12-01'),
    await startOneTimePayment(gateway, 'BACK', '2026-12-01'),
  ];
  await gateway.data(AdvanceClock, { to: '2026-12-04T12:00:00+02:00' });
  expect((await simulate(gateway, 'TRANSACTION_DISPUTED', back.paymentId)).errors).toEqual([]);
  const counts = async (groupBy: StatsGroup[]) => {
    const { paymentStats } = await gateway.data(Stats, { groupBy });
    return paymentStats.map(({ keys, count }) => [...keys.map(({ value }) => value), count]).sort();
  };
  expect(
    await gateway.sql('SELECT status, outcome FROM payment WHERE id = ANY($1) ORDER BY outcome', [
      [kept.paymentId, back.paymentId],
    ]),
  ).toEqual([
    { status: 'COMPLETED', outcome: 'REVERSED' },
    { status: 'COMPLETED', outcome: null },
  ]);
  expect(await counts(['STATUS'])).toEqual([
    ['COMPLETED', 1],
    ['REVERSED', 1],
  ]);
  expect(await counts(['OUTCOME'])).toEqual([
    [null, 1],
    ['REVERSED', 1],
  ]);
});

const ByReference = graphql(`
  query AnswersByReference($reference: String!, $filter: TransactionFilter) {
    transactionByReference(reference: $reference) {
      id
      attempt
      providerReference
      transactionReference
      items {
        name
        amount
      }
      submissions {
        reference
      }
    }
    transactions(filter: $filter) {
      totalCount
    }
  }
`);

it('finds a transaction by each of its references, the latest attempt of several, and by the filters', async () => {
  const gateway = await startGateway({ clockStart: CLOCK });
  const { eft } = await methodIds(gateway);
  const order = oneTimeDebitOrder(eft, 'F', '2026-12-01');
  const account = { ...order.bankAccount, bank: 'CAPITEC', accountNumber: '9900020018', branchCode: null } as const;
  const items = [
    { name: 'Rent', amount: '40.00' },
    { name: 'Fee', amount: '5.00' },
  ];
  const made = await submit(gateway, { ...order, bankAccount: account, items } as SubmitPaymentInput);
  expect(made.errors).toEqual([]);
  await gateway.data(AdvanceClock, { to: '2026-12-04T12:00:00+02:00' });
  const find = async (reference: string, filter = {}) => gateway.data(ByReference, { reference, filter });
  const first = (await find('INV-F')).transactionByReference;
  expect(first).toMatchObject({ attempt: 1, items: [{ name: 'Rent' }, { name: 'Fee', amount: '5.00' }] });
  const sending = first?.submissions[0]?.reference ?? '';
  expect(first?.providerReference).toBe(`BANK${sending}`);
  for (const reference of [sending, `BANK${sending}`]) {
    expect((await find(reference)).transactionByReference?.id).toBe(first?.id);
  }
  expect((await find('nothing')).transactionByReference).toBeNull();
  const filters = [
    [{ transactionReference: { eq: 'INV-F' } }, 1],
    [{ transactionReference: { eq: 'INV-G' } }, 0],
    [{ providerReference: { in: [`BANK${sending}`] } }, 1],
    [{ nominalDate: { gte: '2026-12-01', lte: '2026-12-01' } }, 1],
    [{ nominalDate: { eq: '2026-12-02' } }, 0],
    [{ unpaidCode: { eq: '02' } }, 1],
    [{ unpaidCategory: { eq: 'FUNDS' } }, 1],
    [{ unpaidCategory: { in: ['ACCOUNT', 'DISPUTE'] } }, 0],
    [{ not: { unpaidCategory: { eq: 'FUNDS' } } }, 0],
    [{ attempt: { eq: 1 } }, 1],
    [{ attempt: { gte: 2 } }, 0],
    [{ updatedAt: { gte: '2020-01-01' } }, 1],
    [{ updatedAt: { lte: '2020-01-01' } }, 0],
  ] as const;
  for (const [filter, count] of filters) {
    expect([filter, (await find('', filter)).transactions.totalCount]).toEqual([filter, count]);
  }
});

const Catalogue = graphql(`
  query AnswersCatalogue {
    errorCodes {
      code
      kind
      httpStatus
      retryable
      description
    }
  }
`);
const Titles = graphql(`
  query AnswersTitles($type: String!) {
    lookups(type: $type) {
      enum
      title
    }
  }
`);

it('lists every error code with its meaning, from the tables that errors are made from', async () => {
  const gateway = await startGateway();
  const { errorCodes } = await gateway.data(Catalogue);
  const of = (kind: string) => errorCodes.filter((known) => known.kind === kind).map(({ code }) => code);
  expect(of('REQUEST')).toEqual(Object.keys(REQUEST_ERRORS));
  const valuesOf = (name: string) =>
    (schema.getType(name) as unknown as { getValues(): Array<{ name: string; deprecationReason?: string | null }> })
      .getValues()
      .filter(({ deprecationReason }) => !deprecationReason)
      .map((value) => value.name);
  expect(of('REQUEST').sort()).toEqual(valuesOf('RequestErrorCode').sort());
  expect(of('RECORD').sort()).toEqual(valuesOf('ErrorCode').sort());
  expect(errorCodes.find(({ code }) => code === 'RATE_LIMITED')).toMatchObject({ httpStatus: 429, retryable: true });
  expect(errorCodes.every(({ description }) => description.length > 10)).toBe(true);
});

it('refuses an unknown lookup type, and gives titles that people write', async () => {
  const gateway = await startGateway();
  const { errors } = await gateway.execute(Titles, { type: 'no_such_type' });
  expect(errors?.[0]).toMatchObject({
    message: expect.stringContaining('payment_status'),
    extensions: { code: 'BAD_REQUEST', paths: [['type']] },
  });
  const { lookups } = await gateway.data(Titles, { type: 'approval_window' });
  expect(lookups.map(({ title }) => title)).toContain('Batch TT2, approve by 19:00 on day 2');
});

it('says in the texts of status enums what the transition tables say', () => {
  const enums = {
    CUSTOMER: 'CustomerStatus',
    BANK_ACCOUNT: 'BankAccountStatus',
    MANDATE: 'MandateStatus',
    MANDATE_AMENDMENT: 'AmendmentStatus',
    PAYMENT: 'PaymentStatus',
    TRANSACTION: 'TransactionStatus',
  };
  for (const type of LIFECYCLE_TYPES) {
    const values = (
      schema.getType(enums[type]) as unknown as { getValues(): Array<{ name: string; description: string }> }
    ).getValues();
    const { states, transitions } = lifecycleOf(type);
    expect(values.map(({ name }) => name).sort()).toEqual(states.map(({ name }) => name).sort());
    for (const { name, description } of values) {
      const next = new Set(transitions.filter(({ from, to }) => from === name && to !== name).map(({ to }) => to));
      const [, listed] = / Possible next statuses: ([A-Z_, ]+)\.$/.exec(description) ?? [];
      expect([name, new Set(listed?.split(', ') ?? [])]).toEqual([name, next]);
      expect([name, description.endsWith(' Final status.')]).toEqual([name, next.size === 0]);
    }
  }
});

const Resubmit = graphql(`
  mutation AnswersResubmit($input: ResubmitMandatesInput!) {
    resubmitMandates(input: $input) {
      results {
        outcome
        errors {
          code
          message
        }
      }
    }
  }
`);

it('never changes an approval window by itself: a batch mandate is converted, or asked anew in a window that is named', async () => {
  const gateway = await startGateway({ clockStart: CLOCK });
  const made = await makeMandate(gateway, 'debicheck', { accountNumber: '9910140008' });
  await gateway.data(AdvanceClock, { to: '2026-12-02T12:00:00+02:00' });
  const resubmit = async (approvalWindow: 'DELAYED_REAL_TIME_TT1' | null) => {
    const input = { ids: [made.mandateId], approvalWindow, dryRun: true };
    return (await gateway.data(Resubmit, { input })).resubmitMandates.results[0];
  };
  expect(await resubmit(null)).toMatchObject({
    errors: [{ code: 'STATE_CONFLICT', message: expect.stringContaining('convertMandates') }],
  });
  expect(await resubmit('DELAYED_REAL_TIME_TT1')).toMatchObject({ outcome: 'WOULD_UPDATE', errors: [] });
});

const Validate = graphql(`
  query AnswersValidate($accounts: [ValidateBankAccountInput!]!) {
    validateBankAccounts(records: $accounts) {
      status
    }
  }
`);

it('knows the lengths of Citibank and Al Baraka, which have no check digits', async () => {
  const gateway = await startGateway();
  const cases = [
    ['CITIBANK', '1234567890', 'SKIPPED'],
    ['CITIBANK', '123456789', 'FAILED'],
    ['CITIBANK', '12345678901', 'FAILED'],
    ['ALBARAKA', '78612345678', 'SKIPPED'],
    ['ALBARAKA', '78712345678', 'FAILED'],
    ['ALBARAKA', '7861234567', 'FAILED'],
  ] as const;
  const accounts = cases.map(([bank, accountNumber]) => ({ bank, accountNumber, accountType: 'SAVINGS' as const }));
  const { validateBankAccounts } = await gateway.data(Validate, { accounts });
  expect(validateBankAccounts.map((answer) => answer.status)).toEqual(cases.map(([, , status]) => status));
});

const Counted = graphql(`
  mutation AnswersCounted($input: SubmitPaymentsInput!) {
    submitPayments(input: $input) {
      replayed
      replayedCount
      succeededCount
      failedCount
    }
  }
`);
const Settings = graphql(`
  mutation AnswersSettings($input: UpdateMerchantSettingsInput!) {
    updateMerchantSettings(input: $input) {
      replayedCount
      succeededCount
      failedCount
      streamCursor
    }
  }
`);
const Repo = graphql(`
  mutation AnswersRepo($input: PostRepoChangeInput!) {
    postRepoChange(input: $input) {
      replayedCount
      succeededCount
      failedCount
      streamCursor
    }
  }
`);

it('counts what a repeat found written, in every payload', async () => {
  const gateway = await startGateway({ clockStart: CLOCK });
  const { eft } = await methodIds(gateway);
  const good = (key: string) => oneTimeDebitOrder(eft, key, '2026-12-15');
  const send = async (records: SubmitPaymentInput[]) => {
    const input = { records, mode: 'PARTIAL' as const, idempotencyKey: 'k' };
    return (await gateway.data(Counted, { input })).submitPayments;
  };
  const bad = { ...good('B'), amount: 'much' };
  expect(await send([good('A'), bad])).toEqual({
    replayed: false,
    replayedCount: 0,
    succeededCount: 1,
    failedCount: 1,
  });
  expect(await send([good('A'), good('B'), good('C')])).toMatchObject({
    replayedCount: 1,
    succeededCount: 3,
    failedCount: 0,
  });
  expect(await send([good('A'), good('B'), good('C')])).toMatchObject({ replayed: true, replayedCount: 3 });
  const counted = { succeededCount: 1, failedCount: 0, streamCursor: expect.any(String) };
  for (const replayedCount of [0, 1]) {
    const { updateMerchantSettings } = await gateway.data(Settings, {
      input: { emailUnique: true, idempotencyKey: 's' },
    });
    expect(updateMerchantSettings).toEqual({ ...counted, replayedCount });
    const { postRepoChange } = await gateway.data(Repo, {
      input: { date: '2026-12-01', rate: '0.25', idempotencyKey: 'r' },
    });
    expect(postRepoChange).toEqual({ ...counted, replayedCount });
  }
});

const Next = graphql(`
  query AnswersNext($id: ID!) {
    payment(id: $id) {
      nextCollection {
        nominalDate
        actionDate
      }
    }
  }
`);
const RetryOn = graphql(`
  mutation AnswersRetry($input: RetryPaymentsInput!) {
    retryPayments(input: $input) {
      results {
        outcome
        collection {
          nominalDate
          actionDate
        }
      }
    }
  }
`);

it('says the day of a retry, in a dry run and while it is pending', async () => {
  const gateway = await startGateway({ clockStart: CLOCK });
  const { eft } = await methodIds(gateway);
  const order = oneTimeDebitOrder(eft, 'R', '2026-12-01');
  const account = { ...order.bankAccount, bank: 'CAPITEC', accountNumber: '9900020018', branchCode: null } as const;
  const id = (await submit(gateway, { ...order, bankAccount: account } as SubmitPaymentInput)).payment?.id ?? '';
  await gateway.data(AdvanceClock, { to: '2026-12-04T12:00:00+02:00' });
  const retry = async (dryRun: boolean) =>
    (await gateway.data(RetryOn, { input: { ids: [id], dryRun } })).retryPayments.results[0];
  const dry = await retry(true);
  expect(dry).toMatchObject({ outcome: 'WOULD_UPDATE', collection: { nominalDate: '2026-12-01' } });
  expect(dry?.collection?.actionDate).toBe('2026-12-08');
  expect(await retry(false)).toMatchObject({ outcome: 'UPDATED', collection: dry?.collection });
  expect((await gateway.data(Next, { id })).payment?.nextCollection).toEqual(dry?.collection);
});

it("says what the merchant's clock shows where a day is refused by it", async () => {
  const gateway = await startGateway({ clockStart: CLOCK });
  const { eft } = await methodIds(gateway);
  const past = recurringDebitOrder(eft);
  const { results } = await submitAll(gateway, [past, oneTimeDebitOrder(eft, 'T', '2026-11-27')]);
  const messages = results.flatMap(({ errors }) => errors.map(({ message }) => message));
  expect(messages).toHaveLength(2);
  for (const message of messages) expect(message).toMatch(/clock .*2026-11-26/);
});
