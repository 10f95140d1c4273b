import { expect, it } from 'vitest';
import { PaymentWithTransactions, SubmitPayments } from '../support/documents.ts';
import { ACCOUNT, JOHN, methodIds } from '../support/examples.ts';
import type { MandateInput, SubmitPaymentInput } from '../support/generated/graphql.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { advance, mandateOf } from '../support/mandates.ts';

// kwik-v1-payments, "Examples", DebiCheck: the requests as they stand there but for names and placeholders. The contract
// reference is the mandate's own here, not its debicheck's.

const WINDOW = 'BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2';
const CONTROLLED: MandateInput = {
  amount: '45.00',
  recurring: { processDay: 1, interval: 'MONTHLY', dateRelease: '2026-05-12' },
  paymentIndustry: 'ACCOUNT_REPAYMENT',
  contractReference: 'CTC24091900001',
  debicheck: {
    maximumCollectionAmount: '60.00',
    allowDateAdjustment: true,
    allowVariableAmount: false,
    allowPaymentTracking: false,
    approvalWindow: WINDOW,
  },
};
const AUTOMATED: MandateInput = {
  amount: '45.00',
  recurring: { processDay: 1, interval: 'MONTHLY', dateRelease: '2026-05-02' },
  paymentIndustry: 'ACCOUNT_REPAYMENT',
  contractReference: 'CTC24091900001',
  debicheck: {
    firstCollectionAmount: '50.45',
    firstCollectionDate: '2025-05-01',
    maximumCollectionAmount: '60.00',
    allowDateAdjustment: true,
    allowVariableAmount: true,
    allowPaymentTracking: true,
    paymentTrackingMaxDays: 4,
    adjustmentCategory: 'ANNUALLY',
    adjustmentType: 'RATE',
    adjustmentRate: '5.12345',
    adjustmentAmount: '0.00',
    approvalWindow: WINDOW,
  },
};
const FIXED: MandateInput = {
  amount: '45.00',
  oneTime: { processDate: '2025-05-16' },
  paymentIndustry: 'ACCOUNT_REPAYMENT',
  contractReference: 'CTC24091900001',
  debicheck: { maximumCollectionAmount: '60.00', approvalWindow: WINDOW },
};

/** John Doe with his account, and the id number that DebiCheck asks for ("900112..." is a placeholder). */
const JOHN_WITH_ID = { ...JOHN, idType: 'SOUTH_AFRICAN_ID', idNumber: '8007014800087' } as const;

async function submit(
  gateway: TestGateway,
  batchReference: string,
  record: Omit<SubmitPaymentInput, 'paymentMethodId'>,
) {
  const { debicheck } = await methodIds(gateway);
  const { submitPayments } = await gateway.data(SubmitPayments, {
    input: { batchReference, records: [{ ...record, paymentMethodId: debicheck }] },
  });
  const [result] = submitPayments.results;
  expect(result?.errors).toEqual([]);
  if (!result?.payment) throw new Error('nothing was submitted');
  return result.payment;
}

const INLINE = { customer: JOHN_WITH_ID, bankAccount: ACCOUNT };

async function collectionsOf(gateway: TestGateway, id: string) {
  const { payment } = await gateway.data(PaymentWithTransactions, { id });
  return (payment?.transactions.nodes ?? [])
    .toReversed()
    .map(({ kind, nominalDate, actionDate, amount }) => [kind, nominalDate, actionDate, amount].join(' '));
}

it('submits a recurring mandate whose batch the caller controls, and collects by it again', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const first = await submit(gateway, 'RFR25051', {
    ...INLINE,
    mandate: CONTROLLED,
    amount: '45.00',
    transactionReference: 'INV0045',
    oneTime: { processDate: '2025-05-01' },
  });
  expect(first).toMatchObject({ kind: 'ONE_TIME', status: 'PENDING', mandate: { status: 'PENDING' } });
  await advance(gateway, '2024-09-01T09:00:00+02:00');
  const second = await submit(gateway, 'RFR25061', {
    customerId: first.customer.id,
    bankAccountId: first.bankAccount?.id ?? '',
    mandateId: first.mandate?.id ?? '',
    amount: '45.00',
    transactionReference: 'INV0046',
    oneTime: { processDate: '2025-06-01' },
  });
  expect(second).toMatchObject({ status: 'RUNNING', mandate: { status: 'ACTIVE' } });
  await advance(gateway, '2025-06-05T09:00:00+02:00');
  // DebiCheck is made on the agreed day, whatever day that is: the first of May is a holiday, that of June a Sunday.
  expect(await collectionsOf(gateway, first.id)).toEqual(['REGULAR 2025-05-01 2025-05-01 45.00']);
  expect(await collectionsOf(gateway, second.id)).toEqual(['REGULAR 2025-06-01 2025-06-01 45.00']);
});

it('submits automated recurring payments, with a first collection of their own amount', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const payment = await submit(gateway, 'RFR25052', {
    ...INLINE,
    mandate: AUTOMATED,
    amount: '45.00',
    transactionReference: 'INV0030',
    recurring: { processDay: 1, dateStart: '2025-01-01', dateEnd: '2026-05-02' },
  });
  expect(payment.firstNominalDate).toBe('2025-01-01');
  await advance(gateway, '2026-06-01T09:00:00+02:00');
  const collected = await collectionsOf(gateway, payment.id);
  expect(collected).toHaveLength(17);
  expect(collected.slice(3, 6)).toEqual([
    'REGULAR 2025-04-01 2025-04-01 45.00',
    'FIRST 2025-05-01 2025-05-01 50.45', // in place of the instalment of May
    'REGULAR 2025-06-01 2025-06-01 45.00',
  ]);
  // A year after the first collection the instalment is adjusted.
  expect(collected.slice(-2)).toEqual(['REGULAR 2026-04-01 2026-04-01 45.00', 'REGULAR 2026-05-01 2026-05-01 47.31']);
  const mandate = await mandateOf(gateway, payment.mandate?.id ?? '');
  expect(mandate).toMatchObject({ status: 'COMPLETED', amount: '47.31' });
  expect(mandate.payments.nodes).toMatchObject([{ status: 'COMPLETED' }]);
});

it('submits a fixed one-off payment, after which its mandate is over', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const payment = await submit(gateway, 'RFR25053', {
    ...INLINE,
    mandate: FIXED,
    amount: '45.00',
    transactionReference: 'INV0031',
    oneTime: { processDate: '2025-05-16' },
  });
  await advance(gateway, '2025-05-20T09:00:00+02:00');
  expect(await collectionsOf(gateway, payment.id)).toEqual(['REGULAR 2025-05-16 2025-05-16 45.00']);
  expect((await mandateOf(gateway, payment.mandate?.id ?? '')).status).toBe('COMPLETED');
});

it('takes the all-parameters request with a new mandate, recurring or once', async () => {
  const mandate: MandateInput = {
    ...AUTOMATED,
    recurring: { processDay: 1, interval: 'MONTHLY', dateRelease: '2026-05-12' },
    debicheck: { ...AUTOMATED.debicheck, firstCollectionDate: '2024-10-16' },
  };
  const items = [{ name: 'My product name', code: 'PROD334', description: 'My product description', amount: '45.00' }];
  const recurring = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const whole = { ...INLINE, mandate, items, amount: '45.00', transactionReference: 'INV0045' };
  const payment = await submit(recurring, 'RFR', {
    ...whole,
    recurring: { processDay: 1, dateStart: '2024-10-01', dateEnd: '2025-09-30' },
  });
  await advance(recurring, '2024-12-05T09:00:00+02:00');
  expect(await collectionsOf(recurring, payment.id)).toEqual([
    'FIRST 2024-10-16 2024-10-16 50.45',
    'REGULAR 2024-11-01 2024-11-01 45.00',
    'REGULAR 2024-12-01 2024-12-01 45.00',
  ]);
  const once = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const single = await submit(once, 'RFR', { ...whole, oneTime: { processDate: '2024-10-25' } });
  await advance(once, '2024-10-29T09:00:00+02:00');
  expect(await collectionsOf(once, single.id)).toEqual(['REGULAR 2024-10-25 2024-10-25 45.00']);
});
