import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLObjectType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  parse,
  print,
} from 'graphql';
import { expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { allowMerchant, createConnector } from '../../src/services/connectors/operator-connectors.ts';
import { newId } from '../../src/store/ids.ts';
import { AddCards } from '../support/customer-documents.ts';
import { CAPITEC_ACCOUNT, startOneTimePayment } from '../support/customers.ts';
import { AdvanceClock } from '../support/documents.ts';
import { answerOf, type Engine, enginesOf } from '../support/engines.ts';
import { methodIds } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { createEndpoint } from '../support/webhooks.ts';

// Every id that any root field takes, found in the schema itself: tried with an id of one's own, which has to tell a
// difference, and with a foreign one, an unknown one, one of another type and one that is none, which must all be answered
// alike. A new argument without a row here fails the first test.

type Kind =
  | 'customer'
  | 'bankAccount'
  | 'card'
  | 'paymentMethod'
  | 'payInMethod'
  | 'mandate'
  | 'payment'
  | 'transaction'
  | 'deposit'
  | 'settlement'
  | 'batch'
  | 'quarantinedAnswer'
  | 'apiKey'
  | 'auditEntry'
  | 'connector'
  | 'webhookEndpoint'
  | 'webhookDelivery'
  | 'event'
  | 'any';
type Ids = Readonly<Record<Kind, string>>;

/** How to call a root field whose ids are looked up, not filtered by: whole input but for the id, and what to select. */
interface Case {
  readonly input?: (ids: Ids, place: string) => object;
  /** Arguments beside the id, of a query. */
  readonly args?: object;
  /** Whether it is done, for lack of a dry run. */
  readonly isReal?: true;
  /** Whether a refusal is of the whole call. */
  readonly isWhole?: true;
  readonly select: string;
}
const RESULTS = (field: string) => `{ results { outcome errors { code message } ${field} { id } } }`;
const CUSTOMERS = RESULTS('customer');
const ACCOUNTS = RESULTS('bankAccount');
const MANDATES = RESULTS('mandate');
const ENDPOINTS = RESULTS('webhookEndpoint');
const NODES = '{ nodes { id } }';
const CASES: Readonly<Record<string, Case>> = {
  'Query.node': { select: '{ id }' },
  'Query.nodes': { select: '{ id }' },
  'Query.customer': { select: '{ id }' },
  'Query.bankAccount': { select: '{ id }' },
  'Query.mandate': { select: '{ id }' },
  'Query.payment': { select: '{ id }' },
  'Query.paymentMethod': { select: '{ id }' },
  'Query.transaction': { select: '{ id }' },
  'Query.customers': { select: NODES },
  'Query.bankAccounts': { select: NODES },
  'Query.mandates': { select: NODES },
  'Query.payments': { select: NODES },
  'Query.paymentMethods': { select: NODES },
  'Query.transactions': { select: NODES },
  'Query.auditLog': { select: NODES },
  'Query.events': { select: NODES },
  'Query.apiKeys': { select: NODES },
  'Query.webhookEndpoints': { select: NODES },
  'Query.webhookDeliveries': { select: NODES },
  'Query.previewWebhook': { select: '{ eventId }' },
  'Mutation.updateWebhookEndpoints': { select: ENDPOINTS, input: () => ({ records: [{ name: 'x' }] }) },
  'Mutation.rotateWebhookSecret': { select: ENDPOINTS, input: () => ({}) },
  'Mutation.createPaymentMethods': {
    input: () => ({
      records: [{ type: 'DEBIT_ORDER', providerBank: 'ABSA_BANK_LIMITED', name: 'EFT', abbreviatedName: 'ACME' }],
    }),
    select: RESULTS('paymentMethod'),
  },
  'Mutation.testConnector': { input: () => ({}), isReal: true, isWhole: true, select: '{ connector { id } }' },
  'Mutation.testWebhookEndpoints': { select: ENDPOINTS, input: () => ({}) },
  'Mutation.redeliverEvents': {
    select: '{ outcome errors { code } }',
    input: ({ webhookEndpoint }, place) =>
      place === 'input.endpointId' ? { failed: true } : { endpointId: webhookEndpoint },
    isReal: true,
  },
  'Mutation.assignDeposits': {
    select: RESULTS('deposit'),
    input: ({ deposit, payment }) => ({ records: [{ id: deposit, paymentId: payment }] }),
  },
  'Mutation.refundDeposits': { select: RESULTS('deposit'), input: () => ({ records: [{ reason: 'x' }] }) },
  'Mutation.revokeApiKeys': { select: RESULTS('apiKey'), input: () => ({}) },
  'Query.lookups': { select: '{ enum }', args: { type: 'bank_name' } },
  'Mutation.updateCustomers': { select: CUSTOMERS, input: () => ({ records: [{ description: 'x' }] }) },
  'Mutation.setCustomerStatus': { select: CUSTOMERS, input: () => ({ status: 'ACTIVE' }) },
  'Mutation.blacklistCustomers': { select: CUSTOMERS, input: () => ({}) },
  'Mutation.unblacklistCustomers': { select: CUSTOMERS, input: () => ({}) },
  'Mutation.eraseCustomers': { select: CUSTOMERS, input: () => ({}) },
  'Mutation.createBankAccounts': {
    select: ACCOUNTS,
    input: () => ({ records: [{ ...CAPITEC_ACCOUNT, accountNumber: '9900020018' }] }),
  },
  'Mutation.updateBankAccounts': { select: ACCOUNTS, input: () => ({ records: [{ accountHolderName: 'X' }] }) },
  'Mutation.setBankAccountStatus': { select: ACCOUNTS, input: () => ({ status: 'ACTIVE' }) },
  'Mutation.verifyBankAccounts': { select: ACCOUNTS, input: () => ({}) },
  'Mutation.addCards': { select: RESULTS('card'), input: () => ({ records: [{ token: 'tok_other' }] }) },
  'Mutation.removeCards': { select: RESULTS('card'), input: () => ({}) },
  'Mutation.createMandates': {
    select: MANDATES,
    input: ({ customer, bankAccount, paymentMethod }) => ({
      records: [
        {
          customerId: customer,
          bankAccountId: bankAccount,
          paymentMethodId: paymentMethod,
          amount: '10.00',
          recurring: { processDay: 1 },
        },
      ],
    }),
  },
  'Mutation.importMandates': {
    select: MANDATES,
    input: ({ customer, bankAccount, paymentMethod }) => ({
      records: [
        {
          externalId: 'M-1',
          customerId: customer,
          bankAccountId: bankAccount,
          paymentMethodId: paymentMethod,
          amount: '10.00',
          recurring: { processDay: 1 },
        },
      ],
    }),
  },
  'Mutation.importPayments': {
    select: RESULTS('payment'),
    input: ({ customer, bankAccount, mandate, paymentMethod }) => ({
      records: [
        {
          externalId: 'P-1',
          customerId: customer,
          bankAccountId: bankAccount,
          mandateId: mandate,
          paymentMethodId: paymentMethod,
          recurring: { dateStart: '2024-06-01', continueFrom: '2024-12-01' },
        },
      ],
    }),
  },
  'Mutation.updateMandates': { select: MANDATES, input: () => ({ records: [{ reference: 'x' }] }) },
  'Mutation.setMandateStatus': { select: MANDATES, input: () => ({ status: 'ARCHIVED' }) },
  'Mutation.withdrawAmendments': { select: MANDATES, input: () => ({}) },
  'Mutation.resubmitMandates': { select: MANDATES, input: () => ({}) },
  'Mutation.cancelMandates': { select: MANDATES, input: () => ({}) },
  'Mutation.convertMandates': {
    select: MANDATES,
    input: ({ mandate, paymentMethod }) => ({ records: [{ id: mandate, paymentMethodId: paymentMethod }] }),
  },
  'Mutation.submitPayments': {
    select: RESULTS('payment'),
    input: ({ customer, bankAccount, mandate, paymentMethod }) => ({
      records: [
        {
          customerId: customer,
          bankAccountId: bankAccount,
          mandateId: mandate,
          paymentMethodId: paymentMethod,
          oneTime: { processDate: '2024-11-18' },
        },
      ],
    }),
  },
  'Mutation.setPaymentStatus': { select: RESULTS('payment'), input: () => ({ status: 'CANCELLED' }) },
  'Mutation.updatePayments': { select: RESULTS('payment'), input: () => ({ records: [{ amount: '1.00' }] }) },
  'Mutation.updatePaymentMethods': {
    select: RESULTS('paymentMethod'),
    input: (ids) => ({ records: [{ id: ids.paymentMethod, name: 'x' }] }),
  },
  'Query.batches': { select: NODES },
  'Query.quarantinedAnswers': { select: NODES },
  'Query.deposits': { select: NODES },
  'Query.settlements': { select: NODES },
  'Query.paymentStats': { select: '{ count }', args: { groupBy: ['STATUS'] } },
  'Query.transactionStats': { select: '{ count }', args: { groupBy: ['STATUS'] } },
  'Mutation.simulate': {
    select: '{ outcome errors { code } }',
    input: (_ids, place) =>
      place === 'input.paymentMethodId'
        ? { scenario: 'PAY_IN_RECEIVED', amount: '1.00', eftReference: 'NOBODY KNOWS' }
        : { scenario: 'TRANSACTION_REVERSED' },
    isReal: true,
  },
  'Mutation.retryPayments': { select: RESULTS('payment'), input: () => ({}) },
  'Mutation.updateMerchantSettings': {
    select: '{ replayed }',
    input: () => ({ dateAdjustmentRules: [{ rule: 'COLLECT_ON_PREVIOUS_BUSINESS_DAY' }] }),
    isReal: true,
    isWhole: true,
  },
};
/**
 * Filters of streams: what they let through is seen in payment-status-changed.test.ts, mandates.test.ts and
 * stats-changed.test.ts. A preview takes what a submission takes: see payment-reading.test.ts. A request has an id of
 * its client's choice, which the answer repeats: see operation-outcome.test.ts.
 */
const ELSEWHERE = [
  'Subscription.paymentStatusChanged',
  'Subscription.mandateStatusChanged',
  'Subscription.transactionStatusChanged',
  'Subscription.events',
  'Subscription.paymentStatsChanged',
  'Subscription.transactionStatsChanged',
  'Query.previewSchedule',
  'Query.operationOutcome',
  'Mutation.createWebhookEndpoints',
];
/** Conditions that are stored and applied to the events of the merchant alone, in whatever form. */
const STORED = /^Mutation\.updateWebhookEndpoints input\.records\.0\.filter\./;

/** The places of ids in an input, as `records.0.customerId`. Filters within filters are of the same kinds. */
function idPlaces(type: GraphQLInputType, path: string, within: readonly string[] = []): string[] {
  if (isNonNullType(type)) return idPlaces(type.ofType, path, within);
  if (isListType(type)) return idPlaces(type.ofType, `${path}.0`, within);
  if (isScalarType(type)) return type.name === 'ID' ? [path] : [];
  if (!isInputObjectType(type) || within.includes(type.name)) return [];
  return Object.values(type.getFields()).flatMap((field) =>
    idPlaces(field.type, `${path}.${field.name}`, [...within, type.name]),
  );
}

function rootPlaces(): Array<{ root: string; place: string }> {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()] as GraphQLObjectType[];
  return roots.flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) => {
      const places = field.args.flatMap((argument) => idPlaces(argument.type, argument.name));
      return places.map((place) => ({ root: `${type.name}.${field.name}`, place }));
    }),
  );
}

/** Of what kind an id at a place is: by the name of its field, else by the field or the filter it stands in. */
function kindAt(root: string, place: string): Kind {
  const names = place.split('.').filter((name) => !/^(\d+|eq|in|filter|input|records|ids?|and|or|not)$/.test(name));
  const last = names.at(-1) ?? root.split('.')[1] ?? '';
  if (/^(nodes?|objectIds)$/.test(last)) return 'any';
  if (last === 'clientId') return 'apiKey';
  const isPayIn =
    root === 'Mutation.simulate' || (root === 'Query.deposits' && place.startsWith('filter.paymentMethodId'));
  if (isPayIn && last === 'paymentMethodId') return 'payInMethod';
  const kinds: ReadonlyArray<readonly [RegExp, Kind]> = [
    [/connector/i, 'connector'],
    [/settlement/i, 'settlement'],
    [/batch/i, 'batch'],
    [/quarantinedAnswers/, 'quarantinedAnswer'],
    [/webhookDeliveries/, 'webhookDelivery'],
    [/webhook|endpointId/i, 'webhookEndpoint'],
    [/eventId/, 'event'],
    [/auditLog/, 'auditEntry'],
    [/apiKeys/i, 'apiKey'],
    [/paymentMethod/i, 'paymentMethod'],
    [/bankAccount|objectId/i, 'bankAccount'],
    [/card/i, 'card'],
    [/mandate|amendment/i, 'mandate'],
    [/transaction|simulate/i, 'transaction'],
    [/deposit/i, 'deposit'],
    [/payment/i, 'payment'],
    [/customer/i, 'customer'],
  ];
  const found = kinds.find(([pattern]) => pattern.test(last));
  if (!found) throw new Error(`of what kind is the id at ${root} ${place}?`);
  return found[1];
}

it('knows every root field that takes an id', () => {
  const roots = [...new Set(rootPlaces().map(({ root }) => root))];
  expect(roots.sort()).toEqual([...Object.keys(CASES), ...ELSEWHERE].sort());
});

async function idsOf(
  gateway: TestGateway,
  merchant: { merchantId: string; apiKey: string },
  key: string,
): Promise<Ids> {
  const own: TestGateway = {
    ...gateway,
    ...merchant,
    execute: (document, variables) => gateway.execute(document, variables, merchant),
  };
  const data: TestGateway['data'] = async (document, variables) =>
    (await own.execute(document, variables)).data as never;
  const made = await startOneTimePayment({ ...own, data }, key, '2024-09-16');
  await data(AdvanceClock, { to: '2024-10-01T00:00:00+02:00' });
  const { addCards } = await data(AddCards, { input: { records: [{ customerId: made.customerId, token: 'tok' }] } });
  const { eft, payIn } = await methodIds({ ...own, data });
  await data(ReadNumber, { id: made.customerId });
  await data(Simulate, { input: { scenario: 'PAY_IN_RECEIVED', amount: '1.00', eftReference: 'nobody' } });
  const paid = 'UPDATE deposit SET payment_id = $1 WHERE merchant_id = $2';
  await gateway.sql(paid, [made.paymentId, merchant.merchantId]);
  const card = addCards.results[0]?.card?.id ?? '';
  await gateway.sql('UPDATE payment SET card_id = $1 WHERE id = $2', [card, made.paymentId]);
  const webhookEndpoint = (await createEndpoint({ ...own, data }, { url: 'https://example.com', status: 'DISABLED' }))
    .id;
  const [event] = await gateway.sql<{ id: string }>('SELECT id FROM event WHERE aggregate_id = $1', [
    made.bankAccountId,
  ]);
  await gateway.sql(
    `INSERT INTO webhook_delivery (merchant_id, id, endpoint_id, event_id, object_id, status, queued_at)
     VALUES ($1, $2, $3, $4, $5, 'FAILED', now())`,
    [merchant.merchantId, newId('webhookDelivery'), webhookEndpoint, event?.id, made.bankAccountId],
  );
  await gateway.sql(
    `INSERT INTO settlement (merchant_id, id, payment_method_id, bank_id, paid_on, reference, gross_cents, fees_cents, net_cents)
     VALUES ($1, $2, $3, 'b:1', '2024-09-16', 'PAYOUT', 0, 0, 0)`,
    [merchant.merchantId, newId('settlement'), eft],
  );
  await gateway.sql('INSERT INTO batch (merchant_id, id, reference) VALUES ($1, $2, $3)', [
    merchant.merchantId,
    newId('batch'),
    'BATCH',
  ]);
  await gateway.sql(
    `INSERT INTO quarantined_answer (merchant_id, id, message_id, reference, event, occurred_at, reason, transaction_id, mandate_id)
     SELECT merchant_id, $2, 'm', 'r', 'PAID', now(), 'x', id, mandate_id FROM transaction WHERE merchant_id = $1`,
    [merchant.merchantId, newId('quarantinedAnswer')],
  );
  const row = async (table: string) =>
    (await gateway.sql<{ id: string }>(`SELECT id FROM ${table} WHERE merchant_id = $1`, [merchant.merchantId]))[0]
      ?.id ?? '';
  const connector = `bank-${key.toLowerCase()}`;
  const place = 'http://127.0.0.1:9';
  await createConnector(gateway.node.app, { id: connector, kind: 'HTTP', place, profile: {} });
  await allowMerchant(gateway.node.app, connector, merchant.merchantId, null);
  return {
    connector,
    customer: made.customerId,
    bankAccount: made.bankAccountId,
    mandate: made.mandateId,
    payment: made.paymentId,
    card,
    paymentMethod: eft,
    payInMethod: payIn,
    transaction: await row('transaction'),
    deposit: await row('deposit'),
    settlement: await row('settlement'),
    batch: await row('batch'),
    quarantinedAnswer: await row('quarantined_answer'),
    apiKey: await row('api_key'),
    auditEntry: await row('audit_entry'),
    webhookEndpoint,
    webhookDelivery: await row('webhook_delivery'),
    event: event?.id ?? '',
    any: made.customerId,
  };
}

const Simulate = graphql(`
  mutation PayIn($input: SimulateInput!) {
    simulate(input: $input) {
      outcome
    }
  }
`);

const ReadNumber = graphql(`
  query ReadNumber($id: ID!) {
    customer(id: $id) {
      bankAccounts {
        nodes {
          accountNumber
        }
      }
    }
  }
`);

/** A call with an id put at a place; what is there besides is the caller's own. */
function callWith(root: string, place: string, id: string, own: Ids) {
  const [type = '', field = ''] = root.split('.');
  const { input, args: beside, isReal, select }: Case = CASES[root] ?? { select: '' };
  const definition = schema.getType(type) as GraphQLObjectType;
  const { args } = definition.getFields()[field] ?? { args: [] };
  const base: Record<string, unknown> = input
    ? { input: { ...(isReal ? {} : { dryRun: true }), ...structuredClone(input(own, place)) } }
    : { ...beside };
  put(base, place.split('.'), id);
  const given = args.filter(({ name }) => name in base);
  const head = given.map(({ name, type: argumentType }) => `$${name}: ${argumentType}`).join(', ');
  const pass = given.map(({ name }) => `${name}: $${name}`).join(', ');
  const kind = type === 'Query' ? 'query' : 'mutation';
  return { document: parse(`${kind} (${head}) { ${field}(${pass}) ${select} }`), variables: base };
}

function put(target: Record<string, unknown>, [name = '', ...rest]: string[], id: string): void {
  if (rest.length === 0) target[name] = id;
  else {
    target[name] ??= /^\d+$/.test(rest[0] ?? '') ? [] : {};
    put(target[name] as Record<string, unknown>, rest, id);
  }
}

it('answers foreign, unknown, wrong and malformed ids alike, and own ones otherwise, wherever an id is taken', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const own = await idsOf(gateway, gateway, 'OWN');
  const foreign = await idsOf(gateway, await gateway.addMerchant(DOCUMENTS_CLOCK), 'OTHER');
  const engines = enginesOf(gateway);
  /** The engines that answer any of these documents otherwise than the first one does. */
  const differing = async (asked: ReadonlyArray<{ document: DocumentNode; variables: object }>) => {
    const answersOf = (engine: Engine) =>
      Promise.all(
        asked.map(async ({ document, variables }) => {
          const { text } = await answerOf(engine, gateway, { query: print(document), variables });
          return text;
        }),
      );
    const [first, ...rest] = await Promise.all(engines.map(answersOf));
    return rest.flatMap((answers, at) =>
      JSON.stringify(answers) === JSON.stringify(first) ? [] : [engines[at + 1]?.name],
    );
  };
  const seen: string[] = [];
  for (const { root, place } of rootPlaces()) {
    if (ELSEWHERE.includes(root) || STORED.test(`${root} ${place}`)) continue;
    const kind = kindAt(root, place);
    const wrong = kind === 'customer' ? own.mandate : own.customer;
    const answer = async (id: string) => {
      const { document, variables } = callWith(root, place, id, own);
      const { data, errors } = await gateway.execute(document as never, variables as never);
      const refusals = errors?.map(({ message, extensions }) => [extensions['code'], message]);
      if (!CASES[root]?.isWhole) expect([root, place, refusals]).toEqual([root, place, undefined]);
      return JSON.stringify(refusals ?? data);
    };
    const prefix = own[kind].slice(0, 4);
    const others = [
      foreign[kind],
      `${prefix}0000000000000000000A1`,
      kind === 'any' ? own.apiKey : wrong,
      'nonsense',
      "' OR 1=1 --",
    ];
    const answers = await Promise.all(others.map(answer));
    expect([root, place, ...new Set(answers)]).toEqual([root, place, answers[0]]);
    const mine = await answer(own[kind]);
    if (root.startsWith('Query.')) {
      const asked = [foreign[kind], own[kind]].map((id) => callWith(root, place, id, own));
      expect([root, place, await differing(asked)]).toEqual([root, place, []]);
    }
    expect([root, place, mine === answers[0]]).toEqual([root, place, false]);
    seen.push(`${root} ${place}`);
  }
  expect(seen.length).toBeGreaterThan(100);
});

it("reads nothing of a merchant by another's cursor", async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  await idsOf(gateway, gateway, 'OWN');
  const stranger = await gateway.addMerchant(DOCUMENTS_CLOCK);
  await idsOf(gateway, stranger, 'OTHER');
  const Cursors = parse(
    'query ($after: String, $before: String) { customers(after: $after, before: $before) { edges { cursor } nodes { id } } }',
  );
  const page = (variables: object, apiKey: string) => gateway.execute(Cursors as never, variables as never, { apiKey });
  const { customers } = (await page({}, stranger.apiKey)).data as { customers: { edges: Array<{ cursor: string }> } };
  const [edge] = customers.edges;
  for (const variables of [{ after: edge?.cursor }, { before: edge?.cursor }])
    expect(await page(variables, gateway.apiKey)).toMatchObject({
      data: null,
      errors: [{ extensions: { code: 'CURSOR_INVALID' } }],
    });
});
