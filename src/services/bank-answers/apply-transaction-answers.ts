import { type Impossible, type Step, stepsFrom, type Taken, type Verdict, verdictOf } from '../../domain/answers.ts';
import { addDays, civilDateOf, instantAt } from '../../domain/dates.ts';
import { disputeDeadline, isLateDispute, lastDisputeDay } from '../../domain/dispute.ts';
import {
  BANK_EVENTS,
  type BankEvent,
  CLOCK_EVENTS,
  type ClockEvent,
  RETURNED_STATUSES,
  type TransactionStatus,
} from '../../domain/transaction.ts';
import { meaningOf } from '../../domain/unpaid-codes.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { lockMandates } from '../../store/mandates/mandates.ts';
import { type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { findRunningPaymentIds } from '../../store/payments/running-payments.ts';
import { type BankMessage, findBankMessages, type KnownBankMessage } from '../../store/transactions/bank-messages.ts';
import {
  findSubmittedTransactions,
  type KnownTransaction,
  lockTransactions,
  type Submitted,
} from '../../store/transactions/known.ts';
import { moveTransactions, type TransactionMove } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { trackingEnd } from '../collections/plan-collections.ts';
import { settlePayments } from '../collections/settle-payments.ts';
import type { SettledTransaction } from '../collections/settled-transaction.ts';

/** A bank or clock message about a transaction. */
type Said = KnownBankMessage & { readonly event: BankEvent | ClockEvent };

/**
 * Applies bank answers to transactions in the transaction of `context` and settles their payments. The result depends
 * on all stored messages of a transaction, not on their order of arrival. Returns messages to quarantine and to
 * release.
 */
export async function applyTransactionAnswers(context: WriteContext, messages: readonly BankMessage[]): Promise<Taken> {
  if (messages.length === 0) return { impossible: [], possible: [] };
  const { tx, merchantId } = context;
  const references = [...new Set(messages.map(({ reference }) => reference))];
  const submissions = await findSubmittedTransactions(tx, merchantId, references);
  const touched = mandatesTouchedBy(messages, submissions);
  const mandates = await lockMandates(tx, merchantId, touched);
  const under = await findRunningPaymentIds(tx, merchantId, 'mandate_id', touched);
  const paymentIds = [...new Set([...[...submissions.values()].map(({ paymentId }) => paymentId), ...under])];
  const payments = await lockPayments(tx, merchantId, paymentIds);
  const transactionIds = [...submissions.values()].map(({ transactionId }) => transactionId);
  const transactions = await lockTransactions(tx, merchantId, transactionIds);
  const said = await findBankMessages(tx, merchantId, references);
  const byTransaction = new Map<string, Said[]>(transactionIds.map((id) => [id, []]));
  const unknown: Impossible[] = [];
  for (const message of said) {
    const id = submissions.get(message.reference)?.transactionId;
    if (id && isSaid(message)) byTransaction.get(id)?.push(message);
    else unknown.push(unknownOf(message, id ?? null));
  }
  const judged = transactions.map((transaction) => {
    const verdict = verdictOf(byTransaction.get(transaction.id) ?? []);
    return { transaction, verdict, steps: stepsFrom(sentStatus(transaction), verdict) };
  });
  const moves = await moveByRounds(context, judged, payments);
  await trackFunds(context, moves, payments);
  await settlePayments(context, payments, judged.map(settledOf), mandates);
  return {
    impossible: [...unknown, ...judged.flatMap(impossibleIn)],
    possible: judged.flatMap(({ verdict }) => possibleIn(verdict)),
  };
}

/**
 * Events that can withdraw or restore the authority of a mandate. Their mandates, and all payments under them, are
 * locked before the transactions.
 */
const TOUCHING_EVENTS: ReadonlySet<string> = new Set([
  'UNPAID',
  'TRACKING_ENDED',
  'DISPUTED',
  'DISPUTE_WITHDRAWN',
  'REVERSED',
] satisfies Array<BankEvent | ClockEvent>);

function mandatesTouchedBy(messages: readonly BankMessage[], submissions: ReadonlyMap<string, Submitted>): string[] {
  const ids = messages.flatMap(({ reference, event }) => {
    const { mandateId = null, status = null } = submissions.get(reference) ?? {};
    const isTouched = TOUCHING_EVENTS.has(event) || (status !== null && RETURNED_STATUSES.includes(status));
    return mandateId !== null && isTouched ? [mandateId] : [];
  });
  return [...new Set(ids)];
}

function isSaid(message: KnownBankMessage): message is Said {
  return ([...BANK_EVENTS, ...CLOCK_EVENTS] as readonly string[]).includes(message.event);
}

/** A PENDING transaction that the bank answers has been sent, although its acknowledgement is not recorded yet. */
function sentStatus({ status }: KnownTransaction): TransactionStatus {
  return status === 'PENDING' ? 'SENT_TO_BANK' : status;
}

function unknownOf({ messageId, event, isQuarantined }: KnownBankMessage, transactionId: string | null): Impossible {
  const reason =
    transactionId === null
      ? 'Nothing was sent to the bank under this reference.'
      : `${event} is an answer about a mandate; a debit was sent under this reference.`;
  return { messageId, reason, transactionId, mandateId: null, isNew: !isQuarantined };
}

function impossibleIn({ transaction, verdict }: Judged): Impossible[] {
  return verdict.impossible.map(({ messageId, event, isQuarantined }) => {
    const reason = `${event} does not follow from the earlier answers. By all answers the transaction is ${verdict.status}.`;
    const about = { transactionId: transaction.id, mandateId: transaction.mandateId };
    return { messageId, reason, ...about, isNew: !isQuarantined };
  });
}

function possibleIn({ steps }: Verdict<Said>): string[] {
  return steps.flatMap(({ answer }) => (answer.isQuarantined ? [answer.messageId] : []));
}

interface Judged {
  readonly transaction: KnownTransaction;
  readonly verdict: Verdict<Said>;
  readonly steps: ReadonlyArray<Step<Said>>;
}

/**
 * Applies the transitions in rounds: one per transaction and round, transactions of a round together. Returns the last
 * transition of each transaction.
 */
async function moveByRounds(
  context: WriteContext,
  judged: readonly Judged[],
  payments: ReadonlyMap<string, KnownPayment>,
): Promise<TransactionMove[]> {
  const last = new Map<string, TransactionMove>();
  const longest = Math.max(0, ...judged.map(({ steps }) => steps.length));
  let current = judged.map(({ transaction }) => transaction);
  const unsent = judged.filter(({ transaction, steps }) => transaction.status === 'PENDING' && steps.length > 0);
  moveTransactions(
    context,
    unsent.map(({ transaction }) => sentMove(transaction, context.occurredAt)),
  );
  current = current.map((transaction) =>
    unsent.some((item) => item.transaction.id === transaction.id)
      ? { ...transaction, status: 'SENT_TO_BANK', version: transaction.version + 1 }
      : transaction,
  );
  for (let round = 0; round < longest; round += 1) {
    const moves = judged.flatMap(({ steps, verdict }, index): TransactionMove[] => {
      const step = steps[round];
      const transaction = current[index];
      const wasTracked = verdict.steps.some(({ to }) => to === 'IN_TRACKING');
      return step && transaction ? [moveOf(transaction, step, wasTracked, payments.get(transaction.paymentId))] : [];
    });
    moveTransactions(context, moves);
    for (const move of moves) last.set(move.transaction.id, move);
    current = current.map((transaction) => {
      const move = moves.find((item) => item.transaction.id === transaction.id);
      return move ? { ...transaction, status: move.to, version: transaction.version + 1 } : transaction;
    });
  }
  return [...last.values()];
}

function sentMove(transaction: KnownTransaction, occurredAt: Date): TransactionMove {
  return { transaction, to: 'SENT_TO_BANK', reasonCode: null, reason: null, chargedAt: null, occurredAt };
}

function moveOf(
  transaction: KnownTransaction,
  { answer, to }: Step<Said>,
  wasTracked: boolean,
  payment: KnownPayment | undefined,
): TransactionMove {
  const { code, occurredAt, providerReference } = answer;
  const { actionDate } = transaction;
  const isDispute = to === 'DISPUTED' || to === 'CHARGEBACK';
  const isDisputeLate =
    isDispute && payment !== undefined && isLateDispute(payment.methodType, actionDate, civilDateOf(occurredAt));
  const late = `Received after the last dispute day, ${payment && lastDisputeDay(payment.methodType, actionDate)}.`;
  return {
    transaction,
    to,
    reasonCode: code,
    reason: isDisputeLate ? [meaningOf(code), late].filter(Boolean).join('. ') : meaningOf(code),
    chargedAt: to === 'PAID' ? instantAt(actionDate) : null,
    disputeBy: to === 'PAID' && payment ? disputeDeadline({ ...payment, ...transaction, wasTracked }) : null,
    occurredAt,
    providerReference,
    isDisputeLate,
  };
}

/** Plans the end of tracking for transactions that reached IN_TRACKING. */
async function trackFunds(
  context: WriteContext,
  moves: readonly TransactionMove[],
  payments: ReadonlyMap<string, KnownPayment>,
): Promise<void> {
  const work = moves.flatMap(({ transaction, to }): DueWork[] => {
    if (to !== 'IN_TRACKING') return [];
    const payment = payments.get(transaction.paymentId);
    const last = payment ? trackingEnd(payment, transaction.actionDate) : transaction.actionDate;
    const dueAt = instantAt(addDays(last, 1));
    return [{ kind: 'END_TRACKING', subjectId: transaction.id, dueAt, details: {} }];
  });
  putDueWork(context, work);
}

/** Returns the settled state of a transaction; `isNew` if this call changed it. */
function settledOf({ transaction, verdict, steps }: Judged): SettledTransaction {
  return {
    transaction,
    status: verdict.status,
    code: verdict.steps.at(-1)?.answer.code ?? null,
    wasPaid: verdict.steps.some(({ to }) => to === 'PAID'),
    isNew: steps.length > 0,
  };
}
