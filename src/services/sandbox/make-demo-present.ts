import { addDays, type CivilDate, civilDateOf } from '../../domain/dates.ts';
import type { PaymentMethodType } from '../../domain/payment/state-machine.ts';
import type { SubmitPaymentRecord } from '../../domain/submit/record.ts';
import { queryable } from '../../store/connection/database.ts';
import { findMethodsOfType } from '../../store/merchants/payment-methods.ts';
import { findOrSetSetting, putSetting } from '../../store/settings.ts';
import { type App, type Caller, SCOPES } from '../app.ts';
import type { BatchAnswer, KeyReused } from '../batch/batch.ts';
import { setPaymentStatus } from '../payments/set-payment-status.ts';
import { submitPayments } from '../payments/submit-payments.ts';
import { simulate } from './simulate.ts';

/** Number of payments of each kind. */
const COUNTS = { eft: 24, paused: 3, approved: 6, awaiting: 5, payIns: 6, unknown: 4 } as const;
/** Days from today to the first of the coming collections: later than every cut-off. */
const FIRST_IN_DAYS = 5;
/** Coming collections are spread over this many days. */
const SPREAD_DAYS = 12;
/** Account whose DebiCheck requests are never answered: its mandates stay PENDING until they expire. */
const UNANSWERED = '9910140008';
const APPROVED = '9910020002';
const DONE = 'done';

/**
 * Gives a merchant a present on its own clock: payments that run, are paused or due in the coming days, mandates that
 * await approval, pay-ins that wait and deposits that match none. Repeated calls do nothing; one that was stopped is
 * completed by the next.
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
    payIn: await methodOf('PAY_IN'),
  };
  const ids = await submit(app, caller, recordsOf(today as CivilDate, methods));
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
  await putSetting(database, setting, DONE);
}

async function submit(app: App, caller: Caller, records: SubmitPaymentRecord[]): Promise<string[]> {
  const batch = { batchReference: 'PRESENT', mode: 'ATOMIC', dryRun: false, idempotencyKey: 'demo-present' } as const;
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
  readonly payIn: string;
}

function recordsOf(today: CivilDate, methods: Methods): SubmitPaymentRecord[] {
  const kinds = [
    ...Array.from({ length: COUNTS.eft }, () => 'EFT' as const),
    ...Array.from({ length: COUNTS.approved }, () => 'APPROVED' as const),
    ...Array.from({ length: COUNTS.awaiting }, () => 'AWAITING' as const),
    ...Array.from({ length: COUNTS.payIns }, () => 'PAY_IN' as const),
  ];
  return kinds.map((kind, index) => {
    const number = String(index + 1).padStart(3, '0');
    const date = addDays(today, FIRST_IN_DAYS + (index % SPREAD_DAYS));
    const base = { transactionReference: `P${number}`, customer: customerOf(index, number) };
    if (kind === 'PAY_IN') {
      const payIn = { eftReference: `INVOICE ${number}` };
      return { ...base, paymentMethodId: methods.payIn, amount: `${150 + index * 10}.00`, payIn };
    }
    const mandate = {
      amount: `${120 + index * 35}.00`,
      recurring: { processDay: Math.min(Number(date.slice(-2)), 28) },
      paymentIndustry: 'ACCOUNT_REPAYMENT' as const,
    };
    const recurring = { dateStart: date };
    if (kind === 'EFT')
      return {
        ...base,
        paymentMethodId: methods.eft,
        bankAccount: accountOf(index, `40000${10_000 + index}`),
        mandate,
        recurring,
      };
    const debicheck = {
      maximumCollectionAmount: ((120 + index * 35) * 1.5).toFixed(2),
      approvalWindow: 'BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2' as const,
    };
    const bankAccount = accountOf(index, kind === 'AWAITING' ? UNANSWERED : APPROVED);
    const contractReference = `CONTRACT${number}`;
    return {
      ...base,
      paymentMethodId: methods.debicheck,
      bankAccount,
      mandate: { ...mandate, contractReference, debicheck },
      recurring,
    };
  });
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
