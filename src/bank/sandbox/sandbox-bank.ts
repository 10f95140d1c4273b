import { addBusinessDays } from '../../domain/calendar.ts';
import { type CivilDate, instantAt } from '../../domain/dates.ts';
import { publicHolidays } from '../../domain/public-holidays.ts';
import type { Bank, Instruction } from '../bank.ts';
import { type Step, scriptFor } from './outcomes.ts';
import { verificationOf } from './verifications.ts';

/** When, on its day, the sandbox bank answers. */
const ANSWER_TIME = '09:00';
const HOUR_MS = 3_600_000;

export interface PlannedAnswer {
  readonly messageId: string;
  readonly reference: string;
  readonly event: string;
  readonly code: string | null;
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
  return {
    async submit(merchantId, instructions, now) {
      const received = await ledger.findReceived(
        merchantId,
        instructions.map(({ reference }) => reference),
      );
      const fresh = instructions.filter(({ reference }) => !received.has(reference));
      const answers = fresh.flatMap((instruction) => planAnswers(instruction, now));
      await ledger.receive(
        merchantId,
        fresh.map(({ reference }) => reference),
        answers,
        now,
      );
    },
    findReceived: (merchantId, references) => ledger.findReceived(merchantId, references),
    async verify(_merchantId, inquiries) {
      const answers = inquiries.map(({ id, account }) => [id, verificationOf(account)] as const);
      return new Map(answers.flatMap(([id, answer]) => (answer ? [[id, answer]] : [])));
    },
  };
}

function planAnswers({ reference, actionDate, account }: Instruction, now: Date): PlannedAnswer[] {
  return scriptFor(account).map(({ event, code, at }, index) => ({
    messageId: `${reference}-${index + 1}`,
    reference,
    event,
    code,
    dueAt: dueAt(at, actionDate, now),
  }));
}

function dueAt(at: Step['at'], actionDate: CivilDate, now: Date): Date {
  if ('hoursAfterSending' in at) return new Date(now.getTime() + at.hoursAfterSending * HOUR_MS);
  const year = Number(actionDate.slice(0, 4));
  const holidays = new Set([...publicHolidays(year), ...publicHolidays(year + 1)].map(({ date }) => date));
  return instantAt(addBusinessDays(actionDate, at.businessDaysAfterAction, holidays), ANSWER_TIME);
}
