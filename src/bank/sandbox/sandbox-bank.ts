import { addBusinessDays } from '../../domain/calendar.ts';
import { addDays, type CivilDate, instantAt } from '../../domain/dates.ts';
import type { MandateAnswer } from '../../domain/mandate/state-machine.ts';
import type { SandboxDefault } from '../../domain/merchant.ts';
import { publicHolidays } from '../../domain/public-holidays.ts';
import type { BankEvent } from '../../domain/transaction.ts';
import type { Bank, Instruction, MandateInstruction } from '../bank.ts';
import { cardOutcomeOf, outcomeOf } from './accounts.ts';
import { type DebitOutcome, type DebitStep, debitScript, isHeld } from './debit-scripts.ts';
import { mandateScript } from './mandate-scripts.ts';
import { verificationOf } from './verifications.ts';

/** Time of day, in Johannesburg, of answers that come by date. */
const ANSWER_TIME = '09:00';

/** An answer that the sandbox bank will give at an instant of the merchant clock. */
export interface PlannedAnswer {
  readonly messageId: string;
  readonly reference: string;
  readonly event: BankEvent | MandateAnswer;
  readonly code: string | null;
  /** Proof of the bank that the debtor approved; null for other answers. */
  readonly authenticationReference: string | null;
  /** Reference of the bank for a debit; null for a mandate. */
  readonly providerReference: string | null;
  readonly dueAt: Date;
}

/** An instruction that was received, and its planned answers. */
export interface Received {
  readonly reference: string;
  /** Whether the bank goes on processing it without a final answer. */
  readonly isHeld: boolean;
  readonly answers: readonly PlannedAnswer[];
}

/** What the sandbox bank remembers over restarts, stored in the database of the gateway. */
export interface Ledger {
  /** Records instructions and plans their answers. A reference received before is left unchanged. */
  receive(merchantId: string, received: readonly Received[], at: Date): Promise<void>;
  findReceived(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  findHeld(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  /** How accounts behave that simulate nothing, by the setting of the merchant. */
  findDefault(merchantId: string): Promise<SandboxDefault>;
}

/**
 * Creates a bank whose answers depend on the account number or card token and come on the merchant clock. The same
 * instruction always gets the same answers.
 */
export function createSandboxBank(ledger: Ledger): Bank {
  return {
    canVerify: true,
    async submit(merchantId, instructions, now) {
      const otherwise = await ledger.findDefault(merchantId);
      const judged = instructions.map((instruction) => ({
        instruction,
        outcome: debitOutcome(instruction, otherwise),
      }));
      const taken = judged.flatMap(({ instruction, outcome }): Received[] => {
        if (!outcome) return [];
        const { reference } = instruction;
        return [{ reference, isHeld: isHeld(outcome), answers: answersToDebit(instruction, outcome, now) }];
      });
      await ledger.receive(merchantId, taken, now);
      return new Set(judged.flatMap(({ instruction, outcome }) => (outcome ? [] : [instruction.reference])));
    },
    async submitMandates(merchantId, instructions, now) {
      const otherwise = await ledger.findDefault(merchantId);
      const received = instructions.map((instruction): Received => {
        const answers = answersToMandate(instruction, otherwise, now);
        return { reference: instruction.reference, isHeld: false, answers };
      });
      await ledger.receive(merchantId, received, now);
    },
    findReceived: (merchantId, references) => ledger.findReceived(merchantId, references),
    findHeld: (merchantId, references) => ledger.findHeld(merchantId, references),
    async verify(_merchantId, inquiries) {
      const answers = inquiries.map(({ id, account }) => [id, verificationOf(account)] as const);
      return new Map(answers.flatMap(([id, answer]) => (answer ? [[id, answer]] : [])));
    },
    test: async () => [{ name: 'bank', isPassed: true, message: 'The bank is part of the gateway.' }],
  };
}

function debitOutcome({ source }: Instruction, otherwise: SandboxDefault): DebitOutcome | null {
  return 'cardToken' in source ? cardOutcomeOf(source.cardToken) : outcomeOf(source, otherwise).debit;
}

function answersToDebit(
  { reference, actionDate, trackingDays, attempt }: Instruction,
  outcome: DebitOutcome,
  now: Date,
): PlannedAnswer[] {
  return debitScript(outcome, trackingDays, attempt).map(({ event, code, at }, index) => ({
    messageId: `${reference}-${index + 1}`,
    reference,
    event,
    code,
    authenticationReference: null,
    providerReference: providerReferenceOf(reference),
    dueAt: dueAt(at, actionDate, now),
  }));
}

/** The reference of the sandbox bank for a debit that was sent with our reference. */
export function providerReferenceOf(reference: string): string {
  return `BANK${reference}`;
}

function answersToMandate(instruction: MandateInstruction, otherwise: SandboxDefault, now: Date): PlannedAnswer[] {
  if (!('account' in instruction)) return [];
  const { reference, account } = instruction;
  return mandateScript(outcomeOf(account, otherwise).mandate, instruction).map(
    ({ event, code, afterSeconds }, index) => ({
      messageId: `${reference}-${index + 1}`,
      reference,
      event,
      code,
      authenticationReference: event === 'APPROVED' ? `AUTH${reference}` : null,
      providerReference: null,
      dueAt: new Date(now.getTime() + afterSeconds * 1_000),
    }),
  );
}

function dueAt(at: DebitStep['at'], actionDate: CivilDate, now: Date): Date {
  if ('secondsAfterSending' in at) return new Date(now.getTime() + at.secondsAfterSending * 1_000);
  if ('daysAfterAction' in at) return instantAt(addDays(actionDate, at.daysAfterAction), ANSWER_TIME);
  const year = Number(actionDate.slice(0, 4));
  const holidays = new Set([...publicHolidays(year), ...publicHolidays(year + 1)].map(({ date }) => date));
  const day = addBusinessDays(actionDate, at.businessDaysAfterAction, holidays);
  return instantAt(addDays(day, at.plusDays ?? 0), ANSWER_TIME);
}
