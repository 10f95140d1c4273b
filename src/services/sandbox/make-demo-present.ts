import { addDays, type CivilDate, civilDateOf } from '../../domain/dates.ts';
import type { ApprovalWindow } from '../../domain/mandate/approval-window.ts';
import type { PaymentMethodType } from '../../domain/payment/state-machine.ts';
import type { SubmitPaymentRecord } from '../../domain/submit/record.ts';
import { queryable } from '../../store/connection/database.ts';
import { findMethodsOfType } from '../../store/merchants/payment-methods.ts';
import { findOrSetSetting, putSetting } from '../../store/settings.ts';
import { type App, type Caller, SCOPES } from '../app.ts';
import type { BatchAnswer, KeyReused } from '../batch/batch.ts';
import { setPaymentStatus } from '../payments/set-payment-status.ts';
import { submitPayments } from '../payments/submit-payments.ts';
import { createWebhookEndpoints } from '../webhooks/endpoints.ts';
import { testWebhookEndpoints } from '../webhooks/test-endpoints.ts';
import { simulate } from './simulate.ts';

/** Number of payments of each kind. */
const COUNTS = {
  eft: 24,
  paused: 3,
  approved: 6,
  awaiting: 5,
  awaitingToday: 3,
  registered: 4,
  payIns: 6,
  unknown: 4,
} as const;
/** Days from today to the first of the coming collections: later than every cut-off. */
const FIRST_IN_DAYS = 5;
/** Coming collections are spread over this many days. */
const SPREAD_DAYS = 12;
/** Account whose DebiCheck requests are never answered: its mandates stay PENDING until they expire. */
const UNANSWERED = '9910140008';
const APPROVED = '9910020002';
/** Windows in which debtors approve: two business days, or until the evening. */
const DAYS = 'BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2';
const EVENING = 'DELAYED_REAL_TIME_TT1';
/** Cards that are charged today. */
const CARD_TOKENS = [
  'tok_sandbox_paid_1',
  'tok_sandbox_paid_2',
  'tok_sandbox_declined',
  'tok_sandbox_paid_3',
  'tok_sandbox_expired',
];
const DONE = 'done';

/**
 * Gives a merchant a present on its own clock: payments by every method that run, are paused or due in the coming days,
 * mandates that await approval, pay-ins that wait, deposits that match none, and a webhook that cannot be delivered.
 * Repeated calls do nothing; one that was stopped is completed by the next.
 */
export async function makeDemoPresent(app: App, merchantId: string): Promise<void> {
  const database = queryable(app.database);
  const setting = `demo_present ${merchantId}`;
  const today = await findOrSetSetting(database, setting, civilDateOf(await app.clock.now(database, merchantId)));
  if (today === DONE) return;
  const caller = { merchantId, clientId: '', scopes: new Set(SCOPES), expiresAt: null, requestId: 'req_demo_present' };
  const methodOf = async (type: PaymentMethodType) => (await findMethodsOfType(database, merchantId, type))[0] ?? '';
  const methods = {
    eft: await methodOf('DEBIT_ORDER'),
    debicheck: await methodOf('DEBICHECK'),
    registered: await methodOf('REGISTERED_MANDATE'),
    card: await methodOf('CARD'),
    payIn: await methodOf('PAY_IN'),
  };
  const ids = await submit(app, caller, 'PRESENT', recordsOf(today as CivilDate, methods));
  const pausing = { status: 'PAUSED', reason: 'Payment holiday', field: 'ids' } as const;
  const records = ids.slice(0, COUNTS.paused).map((id) => ({ id }));
  const batch = { records, mode: 'ATOMIC', dryRun: false } as const;
  throwIfRefused(await setPaymentStatus(app, caller, { ...batch, ...pausing, idempotencyKey: 'demo-present-paused' }));
  for (let index = 0; index < COUNTS.unknown; index += 1) {
    const deposit = {
      amount: `${150 + index * 75}.00`,
      eftReference: `RENT ${index + 1}`,
      paymentMethodId: methods.payIn,
    };
    const idempotencyKey = `demo-present-deposit-${index}`;
    throwIfRefused(await simulate(app, caller, { scenario: 'PAY_IN_RECEIVED', ...deposit, idempotencyKey }));
  }
  await chargeCards(app, caller, methods.card, today as CivilDate);
  await failWebhook(app, caller);
  await putSetting(database, setting, DONE);
}

/** Sends a test to a host that does not exist, and never can (RFC 2606). */
async function failWebhook(app: App, caller: Caller): Promise<void> {
  const batch = { mode: 'ATOMIC', dryRun: false } as const;
  const endpoint = {
    name: 'Old ledger',
    url: 'https://ledger.invalid/events',
    status: 'DISABLED',
    faults: [],
  } as const;
  const creating = { ...batch, records: [endpoint], idempotencyKey: 'demo-present-endpoint' };
  const created = throwIfRefused(await createWebhookEndpoints(app, caller, creating, () => {}));
  const records = created.results.flatMap(({ objectId: id }) => (id ? [{ id }] : []));
  throwIfRefused(
    await testWebhookEndpoints(app, caller, { ...batch, records, field: 'ids', idempotencyKey: 'demo-present-test' }),
  );
}

/** Charges cards on the day of the present; some are declined. Nothing when that day is over. */
async function chargeCards(app: App, caller: Caller, paymentMethodId: string, today: CivilDate): Promise<void> {
  if (today !== civilDateOf(await app.clock.now(queryable(app.database), caller.merchantId))) return;
  const records = CARD_TOKENS.map((token, index) => ({
    transactionReference: `C${String(index + 1).padStart(3, '0')}`,
    customer: customerOf(index, `C${index + 1}`),
    paymentMethodId,
    amount: `${290 + index * 45}.00`,
    card: { token },
    oneTime: { processDate: today },
  }));
  await submit(app, caller, 'PRESENT-CARDS', records);
}

async function submit(
  app: App,
  caller: Caller,
  batchReference: string,
  records: SubmitPaymentRecord[],
): Promise<string[]> {
  const idempotencyKey = `demo-${batchReference.toLowerCase()}`;
  const batch = { batchReference, mode: 'ATOMIC', dryRun: false, idempotencyKey } as const;
  const answer = throwIfRefused(await submitPayments(app, caller, { ...batch, records }));
  return answer.results.flatMap(({ objectId }) => objectId ?? []);
}

function throwIfRefused(answer: BatchAnswer | KeyReused): BatchAnswer {
  const refused = 'results' in answer ? answer.results.find(({ errors }) => errors.length > 0) : answer;
  if (refused || !('results' in answer)) throw new Error(`the demo's present was refused: ${JSON.stringify(refused)}`);
  return answer;
}

interface Methods {
  readonly eft: string;
  readonly debicheck: string;
  readonly registered: string;
  readonly card: string;
  readonly payIn: string;
}

/** Kinds of payments, with how many of each there are. */
const KINDS = [
  ['EFT', COUNTS.eft],
  ['APPROVED', COUNTS.approved],
  ['AWAITING', COUNTS.awaiting],
  ['AWAITING_TODAY', COUNTS.awaitingToday],
  ['REGISTERED', COUNTS.registered],
  ['PAY_IN', COUNTS.payIns],
] as const;
type Kind = (typeof KINDS)[number][0];

function recordsOf(today: CivilDate, methods: Methods): SubmitPaymentRecord[] {
  const kinds = KINDS.flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
  return kinds.map((kind, index) =>
    recordOf(kind, index, addDays(today, FIRST_IN_DAYS + (index % SPREAD_DAYS)), methods),
  );
}

function recordOf(kind: Kind, index: number, date: CivilDate, methods: Methods): SubmitPaymentRecord {
  const number = String(index + 1).padStart(3, '0');
  const base = { transactionReference: `P${number}`, customer: customerOf(index, number) };
  const mandate = {
    amount: `${120 + index * 35}.00`,
    recurring: { processDay: Math.min(Number(date.slice(-2)), 28) },
    paymentIndustry: 'ACCOUNT_REPAYMENT' as const,
  };
  const recurring = { dateStart: date };
  /** A mandate that the debtor or the bank approves. */
  const authorised = (approvalWindow: ApprovalWindow | null, account: string) => ({
    bankAccount: accountOf(index, account),
    mandate: {
      ...mandate,
      contractReference: `CONTRACT${number}`,
      debicheck: {
        maximumCollectionAmount: ((120 + index * 35) * 1.5).toFixed(2),
        ...(approvalWindow ? { approvalWindow } : {}),
      },
    },
    recurring,
  });
  switch (kind) {
    case 'EFT':
      return {
        ...base,
        paymentMethodId: methods.eft,
        bankAccount: accountOf(index, `40000${10_000 + index}`),
        mandate,
        recurring,
      };
    case 'APPROVED':
      return { ...base, paymentMethodId: methods.debicheck, ...authorised(DAYS, APPROVED) };
    case 'AWAITING':
      return { ...base, paymentMethodId: methods.debicheck, ...authorised(DAYS, UNANSWERED) };
    case 'AWAITING_TODAY':
      return { ...base, paymentMethodId: methods.debicheck, ...authorised(EVENING, UNANSWERED) };
    case 'REGISTERED':
      return { ...base, paymentMethodId: methods.registered, ...authorised(null, APPROVED) };
    case 'PAY_IN': {
      const payIn = { eftReference: `INVOICE ${number}` };
      return { ...base, paymentMethodId: methods.payIn, amount: `${150 + index * 10}.00`, payIn };
    }
  }
}

const PEOPLE = ['Ayanda Zulu', 'Marlene Fourie', 'Yusuf Patel', 'Nomsa Mahlangu', 'Gert Steyn', 'Lindiwe Cele'];

function customerOf(index: number, number: string) {
  const [personName, personSurname] = (PEOPLE[index % PEOPLE.length] ?? '').split(' ');
  return {
    reference: `PRESENT-${number}`,
    personName,
    personSurname,
    email: `present${number}@example.com`,
    contactNumber: `+2783${String(1_000_000 + index)}`,
    idType: 'PASSPORT_NUMBER' as const,
    idNumber: `A${String(1_000_000 + index)}`,
  };
}

function accountOf(index: number, accountNumber: string) {
  const accountHolderName = (PEOPLE[index % PEOPLE.length] ?? '').toUpperCase();
  return { accountHolderName, accountNumber, accountType: 'SAVINGS', bank: 'CAPITEC' } as const;
}
