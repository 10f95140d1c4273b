import { expect, it } from 'vitest';
import { AdvanceClock, PaymentWithTransactions, SubmitPayments } from '../support/documents.ts';
import { ACCOUNT, JOHN, methodIds, recurringDebitOrder } from '../support/examples.ts';
import type { SubmitPaymentInput } from '../support/generated/graphql.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';

// The requests under "Examples" of the payments document, EFT and pay-in, as they stand there but for names and placeholders.

async function submit(gateway: TestGateway, batchReference: string, record: SubmitPaymentInput) {
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { batchReference, records: [record] } });
  const [result] = submitPayments.results;
  expect(result?.errors).toEqual([]);
  if (!result?.payment) throw new Error('nothing was submitted');
  return result.payment;
}

it('submits a recurring debit order with customer, account and mandate inline', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const payment = await submit(gateway, 'RFR23011', recurringDebitOrder(eft));
  expect({ ...payment, id: '', customer: null, bankAccount: null, mandate: null }).toMatchInlineSnapshot(`
    {
      "amount": "45.00",
      "bankAccount": null,
      "batchReference": "RFR23011",
      "customer": null,
      "firstNominalDate": "2024-10-01",
      "id": "",
      "kind": "RECURRING",
      "mandate": null,
      "oneTime": null,
      "payIn": null,
      "recurring": {
        "dateEnd": "2025-09-30",
        "dateStart": "2024-10-01",
        "processDay": 1,
      },
      "status": "RUNNING",
      "transactionReference": "INV0045",
    }
  `);
  expect(payment.bankAccount).toMatchObject({ accountNumberMasked: '*****1601', branchCode: '632005' });
  expect(payment.mandate).toMatchObject({ amount: '45.00', status: 'ACTIVE' });
});

it('submits a one-time debit order of a customer and account on the system', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const first = await submit(gateway, 'RFR23011', recurringDebitOrder(eft));
  const payment = await submit(gateway, 'RFR25056', {
    customerId: first.customer.id,
    bankAccountId: first.bankAccount?.id ?? '',
    mandate: { amount: '45.00', oneTime: { processDate: '2025-05-16' }, paymentIndustry: 'ACCOUNT_REPAYMENT' },
    amount: '45.00',
    paymentMethodId: eft,
    transactionReference: 'INV0021',
    oneTime: { processDate: '2025-05-16' },
  });
  expect(payment).toMatchObject({ kind: 'ONE_TIME', status: 'RUNNING', oneTime: { processDate: '2025-05-16' } });
});

it('lets the caller control a recurring mandate: subsequent submissions inherit its amount', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const first = await submit(gateway, 'RFR23011', {
    customer: JOHN,
    bankAccount: ACCOUNT,
    mandate: {
      amount: '45.00',
      recurring: { processDay: 16, interval: 'MONTHLY' },
      paymentIndustry: 'ACCOUNT_REPAYMENT',
    },
    amount: '45.00',
    paymentMethodId: eft,
    transactionReference: 'INV0045',
    oneTime: { processDate: '2025-05-16' },
  });
  const subsequent = await submit(gateway, 'RFR23021', {
    customerId: first.customer.id,
    bankAccountId: first.bankAccount?.id ?? '',
    mandateId: first.mandate?.id ?? '',
    paymentMethodId: eft,
    transactionReference: 'INV0046',
    oneTime: { processDate: '2025-06-16' },
  });
  expect(subsequent).toMatchObject({ amount: '45.00', batchReference: 'RFR23021', firstNominalDate: '2025-06-16' });
});

it('submits a pay-in that waits for payment, with its transaction', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { payIn } = await methodIds(gateway);
  const payment = await submit(gateway, 'RFR23011', {
    customer: { ...JOHN, companyName: null },
    payIn: { eftReference: 'My EFT Reference' },
    amount: '45.00',
    paymentMethodId: payIn,
    transactionReference: 'INV0045',
  });
  expect(payment).toMatchObject({
    status: 'WAITING_FOR_PAYMENT',
    payIn: { eftReference: 'My EFT Reference' },
    bankAccount: null,
  });
  const read = await gateway.data(PaymentWithTransactions, { id: payment.id });
  expect(read.payment?.transactions.nodes).toMatchObject([
    { status: 'PENDING', nominalDate: '2024-09-01', amount: '45.00' },
  ]);
});

it('collects the recurring debit order on its twelve days, moved off weekends and holidays', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const { id } = await submit(gateway, 'RFR23011', recurringDebitOrder(eft));
  const { advanceClock } = await gateway.data(AdvanceClock, { to: '2025-10-15T00:00:00+02:00' });
  expect(advanceClock.done).toBe(true);
  const { payment } = await gateway.data(PaymentWithTransactions, { id });
  expect(payment?.status).toBe('COMPLETED');
  const collected = payment?.transactions.nodes.map((item) =>
    [item.transactionReference, item.nominalDate, item.actionDate, item.status, item.batchReference].join(' '),
  );
  expect(collected?.toReversed()).toMatchInlineSnapshot(`
    [
      "INV0045-001 2024-10-01 2024-10-01 PAID RFR23011",
      "INV0045-002 2024-11-01 2024-11-01 PAID RFR23011",
      "INV0045-003 2024-12-01 2024-11-29 PAID RFR23011",
      "INV0045-004 2025-01-01 2024-12-31 PAID RFR23011",
      "INV0045-005 2025-02-01 2025-01-31 PAID RFR23011",
      "INV0045-006 2025-03-01 2025-02-28 PAID RFR23011",
      "INV0045-007 2025-04-01 2025-04-01 PAID RFR23011",
      "INV0045-008 2025-05-01 2025-04-30 PAID RFR23011",
      "INV0045-009 2025-06-01 2025-05-30 PAID RFR23011",
      "INV0045-010 2025-07-01 2025-07-01 PAID RFR23011",
      "INV0045-011 2025-08-01 2025-08-01 PAID RFR23011",
      "INV0045-012 2025-09-01 2025-09-01 PAID RFR23011",
    ]
  `);
});

const TOKEN = '60d678e2465b5b6c4fd5e847ef39c70c4b0c22d1b826f39eb80a107b3b8433ad';
const ITEMS = [
  { name: 'My product name', code: 'PROD334', description: 'My product description', amount: '45.00' },
  { name: 'Another', code: 'PROD335', description: null, amount: '5.00' },
];

it('charges the card of the example, which names no amount but those of its items', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft, card } = await methodIds(gateway);
  const known = await submit(gateway, 'RFR23011', recurringDebitOrder(eft));
  const payment = await submit(gateway, 'RFR23011', {
    customerId: known.customer.id,
    card: { token: TOKEN },
    items: ITEMS,
    paymentMethodId: card,
    transactionReference: 'INV0046',
    oneTime: { processDate: '2024-10-25' },
  });
  expect(payment).toMatchObject({ amount: '50.00', kind: 'ONE_TIME', status: 'RUNNING', mandate: null });
  await gateway.data(AdvanceClock, { to: '2024-10-26T00:00:00+02:00' });
  const read = await gateway.data(PaymentWithTransactions, { id: payment.id });
  expect(read.payment).toMatchObject({
    status: 'COMPLETED',
    transactions: { nodes: [{ status: 'PAID', actionDate: '2024-10-25', amount: '50.00' }] },
  });
});

it('takes the request with all parameters by each of its alternatives', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft, payIn, card } = await methodIds(gateway);
  const known = await submit(gateway, 'RFR23011', { ...recurringDebitOrder(eft), transactionReference: 'KNOWN' });
  const [customerId, bankAccountId, mandateId] = [known.customer.id, known.bankAccount?.id, known.mandate?.id];
  const address = {
    companyName: null,
    billingAddressLine1: '145 Superior Complex',
    billingAddressLine2: '541 New River Road',
    billingCityOrTown: 'Pretoria',
    billingPostalCode: 1285,
  };
  const customer = (nth: number) => ({ customer: { ...JOHN, ...address, reference: `CLN24091900000${nth}` } });
  const recurringMandate = {
    mandate: { amount: '45.00', recurring: { processDay: 1, interval: 'MONTHLY', dateRelease: '2026-05-12' } },
  } as const;
  const oneTimeMandate = { mandate: { amount: '45.00', oneTime: { processDate: '2024-10-25' } } };
  const recurring = { recurring: { processDay: 1, dateStart: '2024-10-01', dateEnd: '2025-09-30' } };
  const oneTime = { oneTime: { processDate: '2024-10-25' } };
  const debit = { paymentMethodId: eft, amount: '45.00', items: ITEMS };
  const alternatives: SubmitPaymentInput[] = [
    { ...debit, ...customer(2), bankAccount: ACCOUNT, ...recurringMandate, ...recurring },
    { ...debit, ...customer(3), bankAccount: ACCOUNT, ...recurringMandate, ...oneTime },
    { ...debit, ...customer(4), bankAccount: ACCOUNT, ...oneTimeMandate, ...oneTime },
    { ...debit, customerId, bankAccountId, ...recurringMandate, ...recurring },
    { ...debit, customerId, bankAccountId, ...oneTimeMandate, ...oneTime },
    { ...debit, customerId, bankAccountId, mandateId, ...recurring },
    { ...debit, customerId, bankAccountId, mandateId, ...oneTime },
    { ...debit, ...customer(5), paymentMethodId: card, card: { token: TOKEN }, ...oneTime },
    { ...debit, customerId, paymentMethodId: card, card: { token: TOKEN }, ...recurring },
    { ...debit, ...customer(6), paymentMethodId: payIn, payIn: { eftReference: 'My EFT Reference' } },
  ];
  const records = alternatives.map((record, index) => ({ ...record, transactionReference: `INV004${index}` }));
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { batchReference: 'RFR23011', records } });
  expect(submitPayments.results.map(({ errors }) => errors)).toEqual(records.map(() => []));
  const kinds = submitPayments.results.map(({ payment }) => `${payment?.kind} ${payment?.status}`);
  expect(kinds).toEqual([
    'RECURRING RUNNING',
    'ONE_TIME RUNNING',
    'ONE_TIME RUNNING',
    'RECURRING RUNNING',
    'ONE_TIME RUNNING',
    'RECURRING RUNNING',
    'ONE_TIME RUNNING',
    'ONE_TIME RUNNING',
    'RECURRING RUNNING',
    'PAY_IN WAITING_FOR_PAYMENT',
  ]);
});
