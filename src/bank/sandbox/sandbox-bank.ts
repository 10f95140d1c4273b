import { addBusinessDays } from '../../domain/calendar.ts';
import { addDays, type CivilDate, instantAt } from '../../domain/dates.ts';
import { publicHolidays } from '../../domain/public-holidays.ts';
import type { Bank, Instruction, MandateInstruction } from '../bank.ts';
import { outcomeOf } from './accounts.ts';
import { type DebitStep, debitScript } from './debit-scripts.ts';
import { mandateScript } from './mandate-scripts.ts';
import { verificationOf } from './verifications.ts';

/** When, on its day, the sandbox bank answers. */
const ANSWER_TIME = '09:00';
const HOUR_MS = 3_600_000;

export interface PlannedAnswer {
  readonly messageId: string;
  readonly reference: string;
  readonly event: string;
  readonly code: string | null;
  /** The bank's word that the debtor approved. */
  readonly authenticationReference: string | null;
  readonly dueAt: Date;
}

/** What the sandbox bank needs to remember over restarts; kept where the gateway keeps its own. */
export interface Ledger {
  receive(
    merchantId: string,
    references: readonly string[],
    answers: readonly PlannedAnswer[],
    at: Date,
  ): Promise<void>;
  findReceived(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
}

/** A bank that answers by account number, on the merchant's clock. The same instruction always gets the same answers. */
export function createSandboxBank(ledger: Ledger): Bank {
  async function receive<Sent extends { readonly reference: string }>(
    merchantId: string,
    sent: readonly Sent[],
    now: Date,
    plan: (item: Sent, now: Date) => PlannedAnswer[],
  ): Promise<void> {
    const references = sent.map(({ reference }) => reference);
    const received = await ledger.findReceived(merchantId, references);
    const fresh = sent.filter(({ reference }) => !received.has(reference));
    const answers = fresh.flatMap((item) => plan(item, now));
    await ledger.receive(
      merchantId,
      fresh.map(({ reference }) => reference),
      answers,
      now,
    );
  }
  return {
    submit: (merchantId, instructions, now) => receive(merchantId, instructions, now, answersToDebit),
    submitMandates: (merchantId, instructions, now) => receive(merchantId, instructions, now, answersToMandate),
    findReceived: (merchantId, references) => ledger.findReceived(merchantId, references),
    async verify(_merchantId, inquiries) {
      const answers = inquiries.map(({ id, account }) => [id, verificationOf(account)] as const);
      return new Map(answers.flatMap(([id, answer]) => (answer ? [[id, answer]] : [])));
    },
  };
}

function answersToDebit({ reference, actionDate, trackingDays, account }: Instruction, now: Date): PlannedAnswer[] {
  return debitScript(outcomeOf(account).debit, trackingDays).map(({ event, code, at }, index) => ({
    messageId: `${reference}-${index + 1}`,
    reference,
    event,
    code,
    authenticationReference: null,
    dueAt: dueAt(at, actionDate, now),
  }));
}

function answersToMandate(instruction: MandateInstruction, now: Date): PlannedAnswer[] {
  if (!('account' in instruction)) return [];
  const { reference, account } = instruction;
  return mandateScript(outcomeOf(account).mandate, instruction).map(({ event, code, afterSeconds }, index) => ({
    messageId: `${reference}-${index + 1}`,
    reference,
    event,
    code,
    authenticationReference: event === 'APPROVED' ? `AUTH${reference}` : null,
    dueAt: new Date(now.getTime() + afterSeconds * 1_000),
  }));
}

function dueAt(at: DebitStep['at'], actionDate: CivilDate, now: Date): Date {
  if ('hoursAfterSending' in at) return new Date(now.getTime() + at.hoursAfterSending * HOUR_MS);
  if ('daysAfterAction' in at) return instantAt(addDays(actionDate, at.daysAfterAction), ANSWER_TIME);
  const year = Number(actionDate.slice(0, 4));
  const holidays = new Set([...publicHolidays(year), ...publicHolidays(year + 1)].map(({ date }) => date));
  return instantAt(addBusinessDays(actionDate, at.businessDaysAfterAction, holidays), ANSWER_TIME);
}
