import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createConnector } from '../../src/services/connectors/operator-connectors.ts';
import { signedHeaders } from '../../src/signing/signature.ts';
import { type Adapter, schemaOf, startAdapter } from '../support/adapter.ts';
import { AdvanceClock, SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { PAY_IN_ACCOUNT } from '../support/lives.ts';
import { debtor, makeMandate, mandateOf } from '../support/mandates.ts';
import { useConnector } from '../support/served-bank.ts';
import { captureStatements } from '../support/statements.ts';

const CONNECTOR = 'adapter';
const CUT_OFF = '2024-09-12T16:00:00+02:00';

async function startAtAdapter() {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const adapter = await startAdapter();
  const { address: place, secret } = adapter;
  await createConnector(gateway.node.app, { id: CONNECTOR, kind: 'HTTP', place, secret, profile: {} });
  await useConnector(gateway, CONNECTOR);
  return { gateway, adapter };
}

/** Submits EFT debits whose cut-off the clock then passes. */
async function submitDebits(gateway: TestGateway, count: number): Promise<void> {
  const { eft } = await methodIds(gateway);
  const records = Array.from({ length: count }, (_, index) => oneTimeDebitOrder(eft, String(index), '2024-09-13'));
  await gateway.data(SubmitPayments, { input: { records } });
}

/** Reports to the gateway as an adapter does. */
async function report(gateway: TestGateway, secret: string, message: unknown, connector = CONNECTOR) {
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  const url = new URL(`/bank/${connector}/answers`, gateway.url);
  const headers = signedHeaders([secret], randomUUID(), new Date(), body);
  const response = await fetch(url, { method: 'POST', headers, body });
  const reply = (await response.json()) as Record<string, Array<{ id: string; result: string; message?: string }>>;
  return { status: response.status, reply };
}

/** What is postponed has a longer lease than what is being sent. */
const POSTPONED = "kind = 'SEND_TRANSACTION' AND leased_until > now() + interval '35 seconds'";

/** Advances the clock; what waits for a later attempt is attempted at once. */
async function advanceImpatiently(gateway: TestGateway, to: string): Promise<void> {
  const release = `UPDATE due_work SET leased_until = NULL WHERE ${POSTPONED}`;
  const releasing = setInterval(() => void gateway.sql(release), 100);
  await gateway.execute(AdvanceClock, { to });
  clearInterval(releasing);
}

/** Advances the clock to the cut-off while the bank fails. */
async function passTheCutOff(gateway: TestGateway, adapter: Adapter, failures = 1): Promise<void> {
  const advancing = advanceImpatiently(gateway, CUT_OFF);
  await expect.poll(() => adapter.failures()).toBe(failures);
  await advancing;
}

const statusesOf = (gateway: TestGateway) =>
  gateway
    .sql<{ status: string }>('SELECT status FROM transaction ORDER BY id')
    .then((rows) => rows.map(({ status }) => status));

it('sends debits and mandate requests that follow the protocol, signed, each reference once', async () => {
  const { gateway, adapter } = await startAtAdapter();
  await submitDebits(gateway, 3);
  const made = await makeMandate(gateway);
  await expect.poll(() => adapter.requests).toHaveLength(1);
  const [request] = adapter.requests.flatMap(({ body }) => body.requests ?? []);
  const answer = { id: 'A1', reference: request?.reference, event: 'APPROVED', occurredAt: '2024-09-01T06:00:00Z' };
  const { reply } = await report(gateway, adapter.secret, { answers: [{ ...answer, authenticationReference: 'XYZ' }] });
  expect(reply['answers']).toEqual([{ id: 'A1', result: 'TAKEN' }]);
  expect(schemaOf('Taken')(reply)).toBe(true);
  expect(await mandateOf(gateway, made.mandateId)).toMatchObject({ status: 'ACTIVE', authenticationReference: 'XYZ' });
  await gateway.data(AdvanceClock, { to: CUT_OFF });
  expect(adapter.faults).toEqual([]);
  expect([...adapter.counts.values()]).toEqual([1, 1, 1, 1]);
  expect(adapter.requests.map(({ path }) => path)).toEqual(['/mandate-requests', '/debits']);
});

it('asks by reference after a lost answer, and sends again only what had not arrived', async () => {
  const { gateway, adapter } = await startAtAdapter();
  await submitDebits(gateway, 2);
  adapter.next('LOSE');
  await passTheCutOff(gateway, adapter);
  await expect.poll(() => statusesOf(gateway)).toEqual(['SENT_TO_BANK', 'SENT_TO_BANK']);
  expect([...adapter.counts.values()]).toEqual([1, 1]);
  expect(adapter.requests.map(({ path }) => path)).toEqual(['/debits', '/status']);
});

it('sends again what was refused, after it has asked', async () => {
  const { gateway, adapter } = await startAtAdapter();
  await submitDebits(gateway, 2);
  adapter.next('REFUSE');
  await passTheCutOff(gateway, adapter);
  await expect.poll(() => statusesOf(gateway)).toEqual(['SENT_TO_BANK', 'SENT_TO_BANK']);
  expect([...adapter.counts.values()]).toEqual([1, 1]);
  expect(adapter.requests.map(({ path }) => path)).toEqual(['/status', '/debits']);
});

it('would send twice, were the submission not recorded before it is sent', async () => {
  const { gateway, adapter } = await startAtAdapter();
  await submitDebits(gateway, 1);
  adapter.next('LOSE');
  const advancing = gateway.execute(AdvanceClock, { to: CUT_OFF });
  await expect.poll(() => gateway.sql(`SELECT FROM due_work WHERE ${POSTPONED}`)).toHaveLength(1);
  await gateway.sql('DELETE FROM submission');
  await advanceImpatiently(gateway, CUT_OFF);
  await advancing;
  await expect.poll(() => statusesOf(gateway)).toEqual(['SENT_TO_BANK']);
  expect(adapter.counts.size).toBe(2);
});

it('finds the debit at fault in a batch that the adapter refuses as such', async () => {
  const { gateway, adapter } = await startAtAdapter();
  await submitDebits(gateway, 2);
  adapter.next('BAD_REQUEST', 'BAD_REQUEST');
  await passTheCutOff(gateway, adapter, 2);
  await expect.poll(() => statusesOf(gateway)).toEqual(['SENT_TO_BANK', 'SENT_TO_BANK']);
  expect([...adapter.counts.values()]).toEqual([1, 1]);
});

it('asks again about what a bank still processes, a business day later, and gives up on what it does not know', async () => {
  const { gateway, adapter } = await startAtAdapter();
  await submitDebits(gateway, 2);
  await gateway.data(AdvanceClock, { to: CUT_OFF });
  const [first] = adapter.counts.keys();
  adapter.processing.add(first ?? '');
  await gateway.data(AdvanceClock, { to: '2024-09-18T12:00:00+02:00' });
  expect((await statusesOf(gateway)).sort()).toEqual(['NO_RESPONSE', 'SENT_TO_BANK']);
  adapter.processing.clear();
  await gateway.data(AdvanceClock, { to: '2024-09-20T12:00:00+02:00' });
  expect(await statusesOf(gateway)).toEqual(['NO_RESPONSE', 'NO_RESPONSE']);
});

const PERMUTATIONS = [...permutations([0, 1, 2, 3, 4])];

function* permutations(items: readonly number[]): Generator<readonly number[]> {
  if (items.length === 1) yield items;
  else
    for (const item of items)
      for (const rest of permutations(items.filter((other) => other !== item))) yield [item, ...rest];
}

it('reaches the same end by every order of five answers, each told twice', async () => {
  const { gateway, adapter } = await startAtAdapter();
  await submitDebits(gateway, PERMUTATIONS.length);
  await gateway.data(AdvanceClock, { to: CUT_OFF });
  const references = [...adapter.counts.keys()];
  expect(references).toHaveLength(120);
  const said = [
    ['ACCEPTED', null, 12],
    ['PAID', null, 13],
    ['DISPUTED', '30', 16],
    ['DISPUTE_WITHDRAWN', null, 17],
    ['REVERSED', null, 18],
  ] as const;
  await gateway.data(AdvanceClock, { to: '2024-09-19T12:00:00+02:00' });
  const answerOf = (reference: string, nth: number) => {
    const [event, code, day] = said[nth] ?? said[0];
    return { id: `${reference}-${nth}`, reference, event, code, occurredAt: `2024-09-${day}T09:00:00Z` };
  };
  for (let place = 0; place < 5; place += 1) {
    const answers = references.map((reference, at) => answerOf(reference, PERMUTATIONS[at]?.[place] ?? 0));
    const taken = (await report(gateway, adapter.secret, { answers })).reply['answers'] ?? [];
    expect(new Set(taken.map(({ result }) => result)).has('REPEATED')).toBe(false);
    const again = (await report(gateway, adapter.secret, { answers })).reply['answers'] ?? [];
    expect(new Set(again.map(({ result }) => result))).toEqual(new Set(['REPEATED']));
  }
  expect(new Set(await statusesOf(gateway))).toEqual(new Set(['REVERSED']));
  expect(await gateway.sql('SELECT FROM bank_message WHERE quarantined_at IS NOT NULL')).toEqual([]);
});

it('takes nothing of what does not follow the protocol, is not signed or is not of the connector', async () => {
  const { gateway, adapter } = await startAtAdapter();
  await submitDebits(gateway, 1);
  await gateway.data(AdvanceClock, { to: CUT_OFF });
  const [reference = ''] = adapter.counts.keys();
  const sound = { id: 'A', reference, event: 'PAID', occurredAt: '2024-09-13T09:00:00Z' };
  const broken: unknown[] = [
    '',
    '{',
    '[]',
    'null',
    '{}',
    { answers: [] },
    { answers: {} },
    { answers: [null] },
    { answers: [{ ...sound, event: 'LATER' }] },
    { answers: [{ ...sound, reference: 'a b' }] },
    { answers: [{ ...sound, reference: 'x'.repeat(36) }] },
    { answers: [{ ...sound, id: '' }] },
    { answers: [{ ...sound, occurredAt: 'yesterday' }] },
    { answers: [{ ...sound, amount: '1.00' }] },
    { answers: [sound, { ...sound, code: 7 }] },
    { answers: Array.from({ length: 1_001 }, () => sound) },
    { deposits: [{ id: 'D', accountNumber: '1', eftReference: 'A', amount: '-5.00', receivedAt: sound.occurredAt }] },
    { deposits: [{ id: 'D', accountNumber: '1', eftReference: 'A', amount: '5', receivedAt: sound.occurredAt }] },
    { settlements: [{ id: 'S' }] },
    `{"answers":[${JSON.stringify(sound)}]}`.slice(0, -2),
    `{"answers":[${'['.repeat(10_000)}`,
    'x'.repeat(3 * 1_024 * 1_024),
  ];
  for (const message of broken) {
    const { status } = await report(gateway, adapter.secret, message);
    expect([400, 413]).toContain(status);
  }
  expect((await report(gateway, `whsec_${'A'.repeat(43)}=`, { answers: [sound] })).status).toBe(401);
  expect((await report(gateway, adapter.secret, { answers: [sound] }, 'other')).status).toBe(404);
  expect((await report(gateway, adapter.secret, { answers: [sound] }, 'sandbox')).status).toBe(404);
  const unknown = [{ ...sound, reference: 'NOSUCH' }];
  expect((await report(gateway, adapter.secret, { answers: unknown })).reply['answers']).toEqual([
    { id: 'A', result: 'UNKNOWN' },
  ]);
  const ahead = [{ ...sound, occurredAt: '2031-01-01T00:00:00Z' }];
  expect((await report(gateway, adapter.secret, { answers: ahead })).reply['answers']?.[0]?.result).toBe('REFUSED');
  expect(await gateway.sql('SELECT FROM bank_message')).toEqual([]);
  expect(await statusesOf(gateway)).toEqual(['SENT_TO_BANK']);
});

it('takes no answer about what was sent through another connector', async () => {
  const { gateway, adapter } = await startAtAdapter();
  const other = await startAdapter();
  const { address: place, secret } = other;
  await createConnector(gateway.node.app, { id: 'other', kind: 'HTTP', place, secret, profile: {} });
  await submitDebits(gateway, 1);
  await gateway.data(AdvanceClock, { to: CUT_OFF });
  const [reference = ''] = adapter.counts.keys();
  const answer = { id: 'A', reference, event: 'PAID', occurredAt: '2024-09-12T09:00:00Z' };
  const { reply } = await report(gateway, secret, { answers: [answer] }, 'other');
  expect(reply['answers']).toEqual([{ id: 'A', result: 'UNKNOWN' }]);
  expect(await statusesOf(gateway)).toEqual(['SENT_TO_BANK']);
});

it('takes an answer that is told twice in one report once', async () => {
  const { gateway, adapter } = await startAtAdapter();
  await submitDebits(gateway, 1);
  await gateway.data(AdvanceClock, { to: CUT_OFF });
  const [reference = ''] = adapter.counts.keys();
  const answer = { id: 'A', reference, event: 'ACCEPTED', occurredAt: '2024-09-12T09:00:00Z' };
  const { reply } = await report(gateway, adapter.secret, { answers: [answer, answer] });
  expect(reply['answers']).toEqual([
    { id: 'A', result: 'TAKEN' },
    { id: 'A', result: 'REPEATED' },
  ]);
});

it('settles only what the connector sent, also after its payment method has moved', async () => {
  const { gateway, adapter } = await startAtAdapter();
  const other = await startAdapter();
  const { address: place, secret } = other;
  await createConnector(gateway.node.app, { id: 'other', kind: 'HTTP', place, secret, profile: {} });
  await submitDebits(gateway, 1);
  await gateway.data(AdvanceClock, { to: CUT_OFF });
  const [reference = ''] = adapter.counts.keys();
  await useConnector(gateway, 'other');
  const { eft } = await methodIds(gateway);
  const settlement = {
    id: 'S',
    merchantId: gateway.merchantId,
    paymentMethodId: eft,
    paidOn: '2024-09-16',
    reference: 'PAYOUT',
    gross: '45.00',
    fees: '2.50',
    net: '42.50',
    transactions: [{ reference, amount: '45.00', fee: '2.50' }],
  };
  const told = async (by: string, change: object = {}) => {
    const settlements = [{ ...settlement, ...change }];
    const { reply } = await report(gateway, by, { settlements }, by === secret ? 'other' : CONNECTOR);
    return reply['settlements']?.[0]?.result;
  };
  expect(await told(secret)).toBe('TAKEN');
  expect(await gateway.sql('SELECT transaction_id FROM settlement_entry')).toEqual([{ transactionId: null }]);
  expect(await told(adapter.secret, { net: '45.00' })).toBe('REFUSED');
  expect(await told(adapter.secret, { gross: '50.00', net: '47.50' })).toBe('REFUSED');
  expect(await told(adapter.secret)).toBe('TAKEN');
  expect(await told(adapter.secret)).toBe('REPEATED');
  expect(await gateway.sql('SELECT FROM settlement_entry WHERE transaction_id IS NOT NULL')).toHaveLength(1);
  const stranger = await gateway.addMerchant();
  expect(await told(adapter.secret, { id: 'T', merchantId: stranger.merchantId })).toBe('UNKNOWN');
});

it('takes deposits together, in their order, in a number of statements that does not grow with them', async () => {
  const { gateway, adapter } = await startAtAdapter();
  const { payIn } = await methodIds(gateway);
  const base = { paymentMethodId: payIn, customer: debtor('P'), amount: '100.00', transactionReference: 'P' };
  const { submitPayments } = await gateway.data(SubmitPayments, {
    input: { records: [{ ...base, payIn: { eftReference: 'PAYIN1' } }] },
  });
  expect(submitPayments.results.flatMap(({ errors }) => errors)).toEqual([]);
  const deposit = (id: string, eftReference: string, amount: string) => {
    return { id, accountNumber: PAY_IN_ACCOUNT, eftReference, amount, receivedAt: '2024-09-01T06:00:00Z' };
  };
  const told = (deposits: object[]) => report(gateway, adapter.secret, { deposits });
  const one = await captureStatements(() => told([deposit('A', 'pay in 1', '40.00')]));
  const many = [
    deposit('B', 'PAYIN1', '60.00'),
    deposit('C', 'PAYIN1', '1.00'),
    ...Array.from({ length: 200 }, (_, nth) => deposit(`N${nth}`, `nobody ${nth}`, '1.00')),
  ];
  const all = await captureStatements(() => told(many));
  // Completing the pay-in takes some more, however many deposits do.
  expect(all.length - one.length).toBeLessThan(12);
  expect((await told(many)).reply['deposits']?.every(({ result }) => result === 'REPEATED')).toBe(true);
  const rows = await gateway.sql<{ match: string; count: number }>(
    'SELECT match::text, count(*) FROM deposit GROUP BY match ORDER BY 1',
  );
  expect(rows).toEqual([
    { match: 'EXACT', count: 1 },
    { match: 'OVER', count: 1 },
    { match: 'PARTIAL', count: 1 },
    { match: 'UNKNOWN', count: 200 },
  ]);
  expect(await gateway.sql('SELECT status FROM payment')).toEqual([{ status: 'COMPLETED' }]);
});

it('reschedules a debit that missed its cut-off while the bank was unavailable', async () => {
  const { gateway, adapter } = await startAtAdapter();
  await submitDebits(gateway, 1);
  adapter.next('REFUSE');
  const advancing = gateway.execute(AdvanceClock, { to: CUT_OFF });
  await expect.poll(() => gateway.sql(`SELECT FROM due_work WHERE ${POSTPONED}`)).toHaveLength(1);
  // The job moves to a time after the action date, when the bank is available again.
  await gateway.sql(`UPDATE due_work SET due_at = '2024-09-17T10:00:00+02:00' WHERE ${POSTPONED}`);
  await advancing;
  await advanceImpatiently(gateway, '2024-09-20T18:00:00+02:00');
  const debits = adapter.requests.flatMap(({ body }) => body.debits ?? []) as ReadonlyArray<{ actionDate?: string }>;
  expect(debits).toHaveLength(1);
  expect((debits[0]?.actionDate ?? '') > '2024-09-17').toBe(true);
});

const TestConnector = graphql(`
  mutation TestConnector($id: ID!) {
    testConnector(input: { id: $id }) {
      connector {
        id
        kind
      }
      checks {
        name
        isPassed
        message
      }
    }
  }
`);

it('tests the way to the bank for a merchant that may use it', async () => {
  const { gateway } = await startAtAdapter();
  const { testConnector } = await gateway.data(TestConnector, { id: CONNECTOR });
  expect(testConnector).toMatchObject({
    connector: { id: CONNECTOR, kind: 'HTTP' },
    checks: [
      { name: 'adapter', isPassed: true },
      { name: 'bank', isPassed: true },
    ],
  });
  const stranger = await gateway.addMerchant();
  const { errors } = await gateway.execute(TestConnector, { id: CONNECTOR }, stranger);
  expect(errors).toMatchObject([{ message: 'No such connector.' }]);
});
