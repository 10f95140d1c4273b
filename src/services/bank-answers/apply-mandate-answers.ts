import type { Impossible, Taken } from '../../domain/answers.ts';
import type { Cause } from '../../domain/event.ts';
import { lookUp } from '../../domain/invariants.ts';
import type { DebtorSnapshot } from '../../domain/mandate/mandate.ts';
import { MANDATE_CODES } from '../../domain/mandate/reason-codes.ts';
import {
  type AmendmentEvent,
  MANDATE_ANSWERS,
  type MandateAnswer,
  type MandateEvent,
  type MandateType,
} from '../../domain/mandate/state-machine.ts';
import type { KnownMandateRequest } from '../../store/mandates/mandate-requests.ts';
import { lockMandates } from '../../store/mandates/mandates.ts';
import type { BankMessage } from '../../store/transactions/bank-messages.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { settleAmendments } from '../mandates/amend-mandates.ts';
import { moveMandates } from '../mandates/move-mandates.ts';

/** The mandate event of each answer to a mandate request. */
const EVENTS: Readonly<Record<MandateAnswer, MandateEvent>> = {
  APPROVED: 'APPROVE',
  REJECTED: 'REJECT',
  DECLINED: 'DECLINE',
  SUSPENDED: 'SUSPEND',
  UNSUSPENDED: 'UNSUSPEND',
  CANCELLED: 'CANCEL',
};
/** The amendment event of each answer to an amendment request. Other answers concern the mandate itself. */
const AMENDMENT_EVENTS: Partial<Record<MandateAnswer, AmendmentEvent>> = {
  APPROVED: 'APPROVE',
  REJECTED: 'REJECT',
  DECLINED: 'REJECT',
};

/**
 * Applies bank answers to mandates and amendments in the transaction of `context`, each mandate's answers by bank time.
 * Returns the messages that no transition allows.
 */
export async function applyMandateAnswers(
  context: WriteContext,
  requests: ReadonlyMap<string, KnownMandateRequest>,
  messages: readonly BankMessage[],
): Promise<Taken> {
  const impossible: Impossible[] = [];
  for (const round of rounds(messages, requests)) impossible.push(...(await takeRound(context, requests, round)));
  return { impossible, possible: [] };
}

/** Applies at most one answer per mandate. Returns the messages that no transition allows. */
async function takeRound(
  context: WriteContext,
  requests: ReadonlyMap<string, KnownMandateRequest>,
  messages: readonly BankMessage[],
): Promise<Impossible[]> {
  const { tx, merchantId } = context;
  const asked = messages.map((message) => ({ message, request: requests.get(message.reference) }));
  const ids = asked.flatMap(({ request }) => request?.mandateId ?? []);
  const mandates = await lockMandates(tx, merchantId, ids);
  const judged = asked.flatMap(({ message, request }) => {
    const mandate = lookUp(mandates, request?.mandateId);
    const event = eventOf(message, request);
    if (!mandate || !event) return [];
    const facts = factsOf(message, request?.debtorSnapshot ?? null);
    return [{ mandate, facts, cause: causeOf(context, message, mandate.methodType), ...event }];
  });
  const moved = [
    ...(await moveMandates(
      context,
      judged.flatMap((item) => (item.of === 'MANDATE' ? [item] : [])),
    )),
    ...(await settleAmendments(
      context,
      judged.flatMap((item) => (item.of === 'AMENDMENT' ? [item] : [])),
    )),
  ];
  const movedIds = new Set(moved.map(({ id }) => id));
  return asked.flatMap(({ message: { messageId, event }, request }): Impossible[] => {
    const mandate = lookUp(mandates, request?.mandateId);
    if (!mandate || movedIds.has(mandate.id)) return [];
    const reason = `${event} is not possible: the mandate is ${mandate.status}, its amendment ${mandate.amendmentStatus}.`;
    return [{ messageId, reason, transactionId: null, mandateId: mandate.id, isNew: true }];
  });
}

/** Groups messages into rounds with at most one message per mandate, ordered by bank time. */
function rounds(messages: readonly BankMessage[], requests: ReadonlyMap<string, KnownMandateRequest>): BankMessage[][] {
  const ordered = [...messages].sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
  const seen = new Map<string, number>();
  const result: BankMessage[][] = [];
  for (const message of ordered) {
    const mandateId = requests.get(message.reference)?.mandateId ?? '';
    const round = seen.get(mandateId) ?? 0;
    seen.set(mandateId, round + 1);
    const others = result[round];
    if (others) others.push(message);
    else result.push([message]);
  }
  return result;
}

type Happened =
  | { readonly of: 'MANDATE'; readonly event: MandateEvent }
  | { readonly of: 'AMENDMENT'; readonly event: AmendmentEvent };

/**
 * Returns the mandate or amendment event of a message; null if it is not an answer or its request has been superseded
 * by a newer one.
 */
function eventOf({ event }: BankMessage, request: KnownMandateRequest | undefined): Happened | null {
  if (!isAnswer(event) || !request) return null;
  const answer = AMENDMENT_EVENTS[event];
  if (answer === undefined) return { of: 'MANDATE', event: EVENTS[event] };
  if (!request.isCurrent) return null;
  if (request.kind === 'AMEND') return { of: 'AMENDMENT', event: answer };
  return request.kind === 'INITIATE' ? { of: 'MANDATE', event: EVENTS[event] } : null;
}

function isAnswer(event: string): event is MandateAnswer {
  return (MANDATE_ANSWERS as readonly string[]).includes(event);
}

function factsOf({ occurredAt, code, authenticationReference }: BankMessage, snapshot: DebtorSnapshot | null) {
  const reason = code === null ? null : (MANDATE_CODES[code] ?? code);
  const word = { authenticationReference: authenticationReference ?? null };
  return { at: occurredAt, code, reason, snapshot, cancelReason: 'REQUESTED_BY_DEBTOR' as const, ...word };
}

/** Attributes rejections, cancellations and DebiCheck approvals to the debtor, all other answers to the bank. */
function causeOf(context: WriteContext, { event, code }: BankMessage, type: MandateType): Cause {
  const isDebtors = event === 'REJECTED' || event === 'CANCELLED' || (event === 'APPROVED' && type === 'DEBICHECK');
  const reason = code === null ? null : (MANDATE_CODES[code] ?? null);
  if (context.cause.actor === 'SIMULATOR') return { ...context.cause, reasonCode: code, reason };
  return { actor: isDebtors ? 'DEBTOR' : 'BANK', requestId: null, reasonCode: code, reason };
}
