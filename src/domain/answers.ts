import {
  type BankEvent,
  CLOCK_EVENTS,
  type ClockEvent,
  OPEN_TRANSACTION_STATUSES,
  type TransactionStatus,
  transitionTransaction,
} from './transaction.ts';

/** A message about a transaction: an answer of the bank, or a clock event raised when no answer arrived in time. */
export interface Answer {
  readonly messageId: string;
  readonly event: BankEvent | ClockEvent;
}

/** A message that no transition allows, with the reason and the object that it is about, if that is known. */
export interface Impossible {
  readonly messageId: string;
  readonly reason: string;
  readonly transactionId: string | null;
  readonly mandateId: string | null;
  /** Whether it is not in quarantine yet. */
  readonly isNew: boolean;
}

/** The messages whose quarantine changes when messages are applied. */
export interface Taken {
  /** Messages to quarantine. */
  readonly impossible: readonly Impossible[];
  /** Ids of the messages to release from quarantine: a transition now allows them. */
  readonly possible: readonly string[];
}

/** A transition of the transaction and the answer that caused it. */
export interface Step<Said extends Answer> {
  readonly answer: Said;
  readonly from: TransactionStatus;
  readonly to: TransactionStatus;
}

/** The result of all answers about a transaction. */
export interface Verdict<Said extends Answer> {
  readonly status: TransactionStatus;
  readonly steps: ReadonlyArray<Step<Said>>;
  /** Answers of the bank that no transition allows. */
  readonly impossible: readonly Said[];
}

/**
 * Returns the status of a transaction after all answers, and the transitions that lead there from SENT_TO_BANK.
 * `answers` must be in the order in which they happened at the bank; then late, repeated or reordered delivery gives
 * the same status. Clock events are applied last, and only if the answers of the bank leave a status that allows them.
 */
export function verdictOf<Said extends Answer>(answers: readonly Said[]): Verdict<Said> {
  let status: TransactionStatus = 'SENT_TO_BANK';
  const steps: Step<Said>[] = [];
  const impossible: Said[] = [];
  const ofClock = answers.filter((said) => !isOfBank(said));
  const isSilent = ofClock.some(({ event }) => event === 'NO_ANSWER');
  for (const answer of [...answers.filter(isOfBank), ...ofClock]) {
    const to = stepBy(status, answer, isSilent);
    // Banks report the stages of processing one by one; each after the first says nothing new.
    if (to === null && answer.event === 'ACCEPTED' && status === 'ACCEPTED_BY_BANK') continue;
    if (to === null) {
      if (isOfBank(answer)) impossible.push(answer);
      continue;
    }
    steps.push({ answer, from: status, to });
    status = to;
  }
  return { status, steps, impossible };
}

/**
 * After a NO_ANSWER event, NO_RESPONSE decides first what is allowed: the bank may still report that it rejected the
 * debit.
 */
function stepBy(status: TransactionStatus, { event }: Answer, isSilent: boolean): TransactionStatus | null {
  const silence = isSilent ? transitionTransaction(status, 'NO_ANSWER') : null;
  return (silence && transitionTransaction(silence, event)) ?? transitionTransaction(status, event);
}

function isOfBank({ event }: Answer): boolean {
  return !(CLOCK_EVENTS as readonly string[]).includes(event);
}

/**
 * Returns the transitions still to be made from the current status of a transaction. If a late answer changed the
 * sequence so that it no longer passes through the current status, one correcting transition leads to the final status.
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
  // NO_RESPONSE remains until the bank reports a final result.
  const isOpen = (OPEN_TRANSACTION_STATUSES as readonly string[]).includes(status);
  if (!last || (isOpen && current === 'NO_RESPONSE')) return [];
  return [{ answer: last.answer, from: current, to: status }];
}
