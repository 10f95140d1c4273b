import {
  type BankEvent,
  CLOCK_EVENTS,
  type ClockEvent,
  OPEN_TRANSACTION_STATUSES,
  type TransactionStatus,
  transitionTransaction,
} from './transaction.ts';

/** What a bank said of a transaction, or the clock in its silence. */
export interface Answer {
  readonly messageId: string;
  readonly event: BankEvent | ClockEvent;
}

/** What came of messages: those that no transition allows, and those that have their place after all. */
export interface Taken {
  readonly impossible: readonly string[];
  readonly possible: readonly string[];
}

/** One answer that moved the transaction. */
export interface Step<Said extends Answer> {
  readonly answer: Said;
  readonly from: TransactionStatus;
  readonly to: TransactionStatus;
}

/** What all answers together say. */
export interface Verdict<Said extends Answer> {
  readonly status: TransactionStatus;
  readonly steps: ReadonlyArray<Step<Said>>;
  /** Answers that no row of the table allows. */
  readonly impossible: readonly Said[];
}

/**
 * What a transaction comes to by everything the bank said of it, in the order in which it happened at the bank: however the
 * answers arrive, late, twice or out of order, the same facts have the same end. What the clock said counts only where the bank
 * has said nothing that ends it.
 */
export function verdictOf<Said extends Answer>(answers: readonly Said[]): Verdict<Said> {
  let status: TransactionStatus = 'SENT_TO_BANK';
  const steps: Step<Said>[] = [];
  const impossible: Said[] = [];
  const ofClock = answers.filter((said) => !isOfBank(said));
  const isSilent = ofClock.some(({ event }) => event === 'NO_ANSWER');
  for (const answer of [...answers.filter(isOfBank), ...ofClock]) {
    const to = stepBy(status, answer, isSilent);
    if (to === null) {
      if (isOfBank(answer)) impossible.push(answer);
      continue;
    }
    steps.push({ answer, from: status, to });
    status = to;
  }
  return { status, steps, impossible };
}

/** After a silence that the clock has noted a bank may say what it otherwise says no more: that it had refused. */
function stepBy(status: TransactionStatus, { event }: Answer, isSilent: boolean): TransactionStatus | null {
  const to = transitionTransaction(status, event);
  if (to !== null || !isSilent) return to;
  const silence = transitionTransaction(status, 'NO_ANSWER');
  return silence && transitionTransaction(silence, event);
}

function isOfBank({ event }: Answer): boolean {
  return !(CLOCK_EVENTS as readonly string[]).includes(event);
}

/**
 * The steps that are still to be made from where a transaction is. An answer that arrives after later ones changes the
 * past: when it leads to where the transaction is, nothing is to be done, and else one step corrects it.
 */
export function stepsFrom<Said extends Answer>(
  current: TransactionStatus,
  verdict: Verdict<Said>,
): ReadonlyArray<Step<Said>> {
  const { status, steps } = verdict;
  if (status === current || steps.length === 0) return [];
  if (current === 'SENT_TO_BANK') return steps;
  const made = steps.findLastIndex(({ to }) => to === current);
  if (made >= 0) return steps.slice(made + 1);
  const last = steps.at(-1);
  // What the clock said meanwhile (no response) holds until the bank says how it ended.
  const isOpen = (OPEN_TRANSACTION_STATUSES as readonly string[]).includes(status);
  if (!last || (isOpen && current === 'NO_RESPONSE')) return [];
  return [{ answer: last.answer, from: current, to: status }];
}
