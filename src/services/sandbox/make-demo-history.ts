import { BANKS, type Bank } from '../../domain/banks.ts';
import { addDays, type CivilDate, civilDateOf, dayOfMonthAfter, instantAt } from '../../domain/dates.ts';
import type { SubmitPaymentRecord } from '../../domain/submit/record.ts';
import { queryable } from '../../store/connection/database.ts';
import { findNextDue } from '../../store/due-work/due-work.ts';
import { findMethodsOfType } from '../../store/merchants/payment-methods.ts';
import { findPaymentParties } from '../../store/payments/known.ts';
import { findOrSetSetting, putSetting } from '../../store/settings.ts';
import { type App, type Caller, type Clock, SCOPES } from '../app.ts';
import { readIdempotencyRecord } from '../batch/idempotency-records.ts';
import { runDueWork } from '../due-work/run-due-work.ts';
import { submitPayments } from '../payments/submit-payments.ts';

const CUSTOMERS = 300;
const MONTHS = 5;
/** Days of each month on which payments are collected. */
const DAYS = [1, 25] as const;
/** Days before the start of a month at which its payments are submitted. */
const LEAD_DAYS = 7;
/** Days between the last collection and today, so that all answers lie in the past. */
const SETTLED_DAYS = 14;
const BUSY_PAUSE_MS = 100;
/** Value of the setting once the history is complete; before that it is the date of the last collection. */
const DONE = 'done';

const NAMES = [
  'Thabo',
  'Lerato',
  'Sipho',
  'Naledi',
  'Johan',
  'Anele',
  'Priya',
  'Pieter',
  'Zanele',
  'Fatima',
  'Kabelo',
  'Chantal',
];
const SURNAMES = [
  'Mokoena',
  'Nkosi',
  'van der Merwe',
  'Naidoo',
  'Dlamini',
  'Botha',
  'Khumalo',
  'Pillay',
  'Jacobs',
  'Molefe',
  'Smith',
];
const COMPANIES = ['Karoo Supplies', 'Umhlanga Fitness', 'Highveld Logistics', 'Cape Books', 'Drakensberg Tours'];
/** Accounts that the sandbox bank returns or disputes; one in twelve customers has one. */
const TROUBLE = [
  ['FNB', 'SAVINGS', '62001541061'],
  ['STANDARD_BANK', 'SAVINGS', '10004291601'],
  ['STANDARD_BANK', 'CHEQUE_OR_CURRENT', '10004301097'],
  ['ABSA_BANK_LIMITED', 'SAVINGS', '53011389310'],
  ['FNB', 'SAVINGS', '62001909467'],
] as const;

/**
 * Creates `MONTHS` months of past payments for a merchant through the same services that callers use. It runs on a
 * separate clock, whose due jobs no other node runs. Not atomic: after a stop, the next call resumes it.
 */
export async function makeDemoHistory(
  withClock: (clock: Clock) => App,
  merchantId: string,
  isStopped: () => boolean,
): Promise<void> {
  let now = new Date();
  const app = withClock({ clockName: 'history', now: async () => now });
  const database = queryable(app.database);
  const setting = `demo_history ${merchantId}`;
  const until = await findOrSetSetting(database, setting, addDays(civilDateOf(now), -SETTLED_DAYS));
  if (until === DONE) return;
  const caller = { merchantId, clientId: '', scopes: new Set(SCOPES), expiresAt: null, requestId: 'req_demo_history' };
  const [methodId = ''] = await findMethodsOfType(database, merchantId, 'DEBIT_ORDER');
  let parties: Awaited<ReturnType<typeof findPaymentParties>> = [];

  const collectUntil = async (instant: Date): Promise<void> => {
    for (;;) {
      const next = await findNextDue(database, merchantId, 'history', instant);
      if (next === null || isStopped()) return;
      now = next;
      const done = await runDueWork(app, merchantId, async () => next);
      // Jobs that a killed process had at the bank become available when their lease ends.
      if (done === 0) await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
    }
  };
  for (const { month, dates } of monthsBefore(until)) {
    now = instantAt(addDays(month, -LEAD_DAYS), '08:00');
    await collectUntil(now);
    for (const date of dates) {
      if (isStopped()) return;
      const records = Array.from({ length: CUSTOMERS }, (_, index) => recordOf(index, date, methodId, parties[index]));
      const ids = await submit(app, caller, date, records);
      if (parties.length === 0) parties = await findPaymentParties(database, merchantId, ids);
    }
  }
  await collectUntil(new Date());
  if (!isStopped()) await putSetting(database, setting, DONE);
}

/** Returns the months up to a date, each with the dates on which its payments are collected. */
function monthsBefore(until: CivilDate): Array<{ month: CivilDate; dates: CivilDate[] }> {
  return Array.from({ length: MONTHS }, (_, index) => {
    const month = dayOfMonthAfter(until, index - MONTHS + 1, 1);
    return { month, dates: DAYS.map((day) => dayOfMonthAfter(month, 0, day)).filter((date) => date <= until) };
  });
}

/**
 * Submits the payments of a date, and returns the ids of those that were created. A customer whose authority was withdrawn, or
 * whose account takes no debits, is not collected again: those refusals are part of the history. Throws for any other.
 */
async function submit(
  app: App,
  caller: Caller,
  date: CivilDate,
  records: readonly SubmitPaymentRecord[],
): Promise<string[]> {
  const idempotencyKey = `demo-history-${date}`;
  // Submitted before the gateway was stopped; a repeat could differ, since mandates have changed.
  const kept = await readIdempotencyRecord(app, caller, idempotencyKey);
  if (kept) return kept.outcomes.flatMap(({ objectId }) => objectId ?? []);
  const input = { records, batchReference: `HISTORY-${date}`, mode: 'PARTIAL', dryRun: false, idempotencyKey } as const;
  const answer = await submitPayments(app, caller, input);
  const refused =
    'results' in answer
      ? answer.results.find(({ errors }) => errors.some(({ code }) => code !== 'STATE_CONFLICT'))
      : answer;
  if (refused || !('results' in answer))
    throw new Error(`a payment of the demo history was refused: ${JSON.stringify(refused)}`);
  return answer.results.flatMap(({ objectId }) => objectId ?? []);
}

/** Returns a payment of a customer: the first with inline customer, account and mandate, later ones with their ids. */
function recordOf(
  index: number,
  date: CivilDate,
  paymentMethodId: string,
  party: { customerId: string; bankAccountId: string | null; mandateId: string | null } | undefined,
): SubmitPaymentRecord {
  const number = String(index + 1).padStart(4, '0');
  const base = {
    paymentMethodId,
    oneTime: { processDate: date },
    transactionReference: `H${date.replaceAll('-', '')}-${number}`,
  };
  if (party) return { ...base, ...party };
  const amount = `${100 + ((index * 37) % 900)}.${index % 2 ? '50' : '00'}`;
  return {
    ...base,
    customer: {
      reference: `DEMO-${number}`,
      email: `customer${number}@example.com`,
      contactNumber: `+2782${String(1_000_000 + index)}`,
      ...nameOf(index),
    },
    bankAccount: accountOf(index),
    mandate: { amount, recurring: { processDay: 1 } },
  };
}

function nameOf(index: number): object {
  if (index % 10 === 9) return { companyName: `${COMPANIES[index % COMPANIES.length]} ${index}` };
  return { personName: NAMES[index % NAMES.length], personSurname: SURNAMES[index % SURNAMES.length] };
}

function accountOf(index: number) {
  const trouble = index % 12 === 5 ? TROUBLE[index % TROUBLE.length] : undefined;
  const banks = Object.keys(BANKS).slice(0, 5) as Bank[];
  const [bank = 'CAPITEC', accountType, accountNumber] = trouble ?? [
    banks[index % banks.length],
    'SAVINGS',
    String(4_000_000_000 + index * 7),
  ];
  return { accountHolderName: `CUSTOMER ${index + 1}`, accountNumber, accountType, bank } as const;
}
