import { providerReferenceOf } from '../../bank/sandbox/sandbox-bank.ts';
import { civilDateOf, localTimeOf } from '../../domain/dates.ts';
import { conclude } from '../../domain/decide-each.ts';
import { lastDisputeDay } from '../../domain/dispute.ts';
import {
  invalid,
  methodMismatch,
  notFound,
  type Path,
  required,
  stateConflict,
  type UserError,
} from '../../domain/errors.ts';
import { readFields } from '../../domain/fields.ts';
import { Findings } from '../../domain/findings.ts';
import { lookUp, present } from '../../domain/invariants.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { MANDATE_CODES } from '../../domain/mandate/reason-codes.ts';
import { allowedMandateStatuses, transitionAmendment, transitionMandate } from '../../domain/mandate/state-machine.ts';
import { SCENARIOS, type Scenario, type Simulated } from '../../domain/simulation.ts';
import { TRANSACTION_TRANSITIONS, transitionTransaction } from '../../domain/transaction.ts';
import { meaningOf, unpaidCode } from '../../domain/unpaid-codes.ts';
import { deletePlannedAnswers } from '../../store/due-work/due-work.ts';
import { findLastRequest } from '../../store/mandates/mandate-requests.ts';
import { lockMandates } from '../../store/mandates/mandates.ts';
import { isSandboxMerchant } from '../../store/merchants/merchants.ts';
import { findMethods, findMethodsOfType } from '../../store/merchants/payment-methods.ts';
import { lockPayments } from '../../store/payments/known.ts';
import type { BankMessage } from '../../store/transactions/bank-messages.ts';
import { findLastTransactions } from '../../store/transactions/collected.ts';
import {
  findPaymentIdsOfTransactions,
  type KnownTransaction,
  lockTransactions,
} from '../../store/transactions/known.ts';
import { findLastSubmissions } from '../../store/transactions/submissions.ts';
import { moveTransactions } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App, Caller } from '../app.ts';
import { receiveBankAnswers } from '../bank-answers/receive-bank-answers.ts';
import type { BatchAnswer, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { singleRecord } from '../batch/single-record.ts';
import { markSent } from '../collections/mark-sent.ts';
import { receiveDeposits } from '../collections/receive-deposits.ts';
import { settlePayments } from '../collections/settle-payments.ts';
import { moveMandates } from '../mandates/move-mandates.ts';

/** Input of `simulate`. */
export interface Simulation {
  readonly scenario: Scenario;
  /** Id of a mandate or transaction, or of a payment for its last transaction. */
  readonly id?: string | null | undefined;
  /** Return or reason code of the bank; defaults to the code of the scenario. */
  readonly code?: string | null | undefined;
  readonly amount?: unknown;
  readonly eftReference?: string | null | undefined;
  /** Pay-in method that receives the deposit; defaults to the only one. */
  readonly paymentMethodId?: string | null | undefined;
  readonly idempotencyKey: string | null;
}

/** Executes a checked simulation. Returns the id of the object that it affects. */
type Happening = (context: WriteContext) => Promise<string>;

/**
 * Simulates an action of a debtor, bank or payer in a sandbox, through the same code that processes real answers.
 * Pending answers of the sandbox bank to the same debit or request are dropped. A batch of one record: all or nothing.
 * No warnings.
 */
export function simulate(app: App, caller: Caller, input: Simulation): Promise<BatchAnswer | KeyReused> {
  const { idempotencyKey, ...record } = input;
  const request = singleRecord('simulate', record, idempotencyKey);
  return runBatch<(typeof request.records)[number], Happening>(app, caller, request, async (context) => {
    const findings = new Findings();
    const code = record.code ?? null;
    const cause = { ...context.cause, actor: 'SIMULATOR', reasonCode: code } as const;
    const simulated: Simulated = SCENARIOS[record.scenario];
    const happening = (await isSandboxMerchant(context.tx, context.merchantId))
      ? await plan({ ...context, cause }, simulated, record, findings)
      : refuse(findings, methodMismatch('METHOD_FORBIDS', [], 'Only a sandbox merchant can simulate events.'));
    const decision = conclude(happening && { plan: happening, outcome: 'UPDATED' }, null, findings);
    return {
      decisions: [decision],
      write: async ([happens]) => (happens ? [await happens({ ...context, cause })] : []),
    };
  });
}

type Named = Omit<Simulation, 'idempotencyKey'>;

function plan(
  context: WriteContext,
  simulated: Simulated,
  record: Named,
  findings: Findings,
): Promise<Happening | null> {
  switch (simulated.to) {
    case 'PAY_IN':
      return planDeposit(context, record, findings);
    case 'TRANSACTION':
      return planTransaction(context, simulated, record, findings);
    default:
      return planMandate(context, simulated, record, findings);
  }
}

/** Maximum length of the quoted reference, in characters; longer than issued ones, because payers add text. */
const QUOTED_MAX = 64;

async function planDeposit(
  { tx, merchantId }: WriteContext,
  { amount, eftReference = null, paymentMethodId: named = null }: Named,
  findings: Findings,
): Promise<Happening | null> {
  const { errors } = findings;
  const methods = await findMethodsOfType(tx, merchantId, 'PAY_IN');
  const paymentMethodId = named ?? (methods.length === 1 ? methods[0] : undefined);
  const at = ['paymentMethodId'];
  if (paymentMethodId === undefined)
    errors.push(required(at, 'The merchant does not have exactly one pay-in method. Name one.'));
  else if (!methods.includes(paymentMethodId)) errors.push(notFound(at, 'pay-in method'));
  const amountCents = readFields({ amount }, findings).amount('amount', { required: true });
  const quoted = readFields({ eftReference }, findings).text('eftReference', {
    max: QUOTED_MAX,
    isReference: true,
    required: true,
  });
  if (amountCents === null || quoted === null || errors.length > 0 || paymentMethodId === undefined) return null;
  return async (context) => {
    const [id] = await receiveDeposits(context, [{ paymentMethodId, eftReference: quoted, amountCents }]);
    return present(id, 'the result of a deposit');
  };
}

/** Events that only card transactions have. */
const CARD_EVENTS = ['DECLINED', 'CHARGEBACK', 'REFUNDED'];

async function planTransaction(
  context: WriteContext,
  { event, code: usual }: Extract<Simulated, { to: 'TRANSACTION' }>,
  { id = null, code = null }: Named,
  findings: Findings,
): Promise<Happening | null> {
  const { tx, merchantId, occurredAt } = context;
  const transaction = id === null ? null : await takeTransaction(context, id);
  if (!transaction) return refuse(findings, id === null ? required(['id']) : notFound(['id'], 'transaction'));
  const method = (await findMethods(tx, merchantId, [transaction.paymentMethodId])).get(transaction.paymentMethodId);
  const isOfCards = (CARD_EVENTS as readonly string[]).includes(event);
  if (method?.type === 'PAY_IN' || (isOfCards && method?.type !== 'CARD')) {
    return refuse(
      findings,
      methodMismatch('METHOD_FORBIDS', ['id'], `The scenario does not apply to ${method?.type} payments.`),
    );
  }
  if (code !== null && unpaidCode(code) === null) {
    return refuse(findings, invalid(['code'], 'unpaid_code', 'Unknown return code.'));
  }
  if (!transitionTransaction(transaction.status, event)) {
    return refuse(
      findings,
      illegal(['id'], transaction.status, Object.values(TRANSACTION_TRANSITIONS[transaction.status])),
    );
  }
  const last = lastDisputeDay(method?.type ?? 'PAY_IN', transaction.actionDate);
  if ((event === 'DISPUTED' || event === 'CHARGEBACK') && last !== null && civilDateOf(occurredAt) > last) {
    const message = `The last day for a dispute was ${last}. The merchant clock shows ${localTimeOf(occurredAt)}.`;
    const conflict = { message, currentStatus: transaction.status, blockedBy: [] };
    return refuse(findings, stateConflict(['id'], conflict));
  }
  const said = code ?? usual;
  if (event === 'SENT') return (now) => markSent(now, transaction);
  const [submission] = await findLastSubmissions(tx, merchantId, [transaction.id], [transaction.status]);
  if (submission === undefined) {
    if (transitionTransaction(transaction.status, 'DECLINED')) return (now) => declineUnsent(now, transaction, said);
    return refuse(
      findings,
      invalid(
        ['id'],
        'bank_reference',
        'The bank does not know the collection: it was imported without its reference.',
      ),
    );
  }
  const { reference } = submission;
  const messageId = `sim-${tx.ids.newReference()}`;
  const providerReference = providerReferenceOf(reference);
  const message: BankMessage = { messageId, reference, event, code: said, occurredAt, providerReference };
  return async (now) => {
    deletePlannedAnswers(tx, merchantId, reference);
    await receiveBankAnswers(now, [message]);
    return transaction.id;
  };
}

/**
 * Returns the transaction of an id, or the last one of a payment id; locks the payment first. Null if there is none.
 */
async function takeTransaction({ tx, merchantId }: WriteContext, id: string): Promise<KnownTransaction | null> {
  const named = await findPaymentIdsOfTransactions(tx, merchantId, [id]);
  const paymentId = named.get(id) ?? id;
  await lockPayments(tx, merchantId, [paymentId]);
  const last = (await findLastTransactions(tx, merchantId, [paymentId])).get(paymentId);
  const wanted = named.has(id) ? id : last?.id;
  if (wanted === undefined) return null;
  return (await lockTransactions(tx, merchantId, [wanted]))[0] ?? null;
}

/** Declines a card transaction that has not been sent. */
async function declineUnsent(
  context: WriteContext,
  transaction: KnownTransaction,
  code: string | null,
): Promise<string> {
  const { tx, merchantId, occurredAt } = context;
  const to = transitionTransaction(transaction.status, 'DECLINED');
  if (!to) throw new Error(`transaction ${transaction.id} was never sent`);
  const payments = await lockPayments(tx, merchantId, [transaction.paymentId]);
  const move = { transaction, to, reasonCode: code, reason: meaningOf(code), chargedAt: null, occurredAt };
  moveTransactions(context, [move]);
  await settlePayments(context, payments, [{ transaction, status: to, code, wasPaid: false, isNew: true }]);
  return transaction.id;
}

async function planMandate(
  context: WriteContext,
  simulated: Extract<Simulated, { to: 'MANDATE' | 'AMENDMENT' }>,
  { id = null, code = null }: Named,
  findings: Findings,
): Promise<Happening | null> {
  const { tx, merchantId, occurredAt } = context;
  const mandates = await lockMandates(tx, merchantId, id === null ? [] : [id]);
  const mandate = lookUp(mandates, id);
  if (!mandate) return refuse(findings, id === null ? required(['id']) : notFound(['id'], 'mandate'));
  if (!canHappen(mandate, simulated)) {
    return refuse(
      findings,
      illegal(['id'], mandate.status, allowedMandateStatuses(mandate.methodType, mandate.status)),
    );
  }
  if (code !== null && !Object.hasOwn(MANDATE_CODES, code)) {
    return refuse(findings, invalid(['code'], 'mandate_code', 'Unknown mandate reason code.'));
  }
  const said = code ?? simulated.code;
  const reason = said === null ? null : (MANDATE_CODES[said] ?? null);
  if (simulated.to === 'MANDATE' && simulated.answer === null) {
    return async (now) => {
      const facts = { at: occurredAt, code: said, reason };
      const cause = { ...now.cause, reasonCode: said, reason };
      await moveMandates(now, [{ mandate, event: simulated.event, facts, cause }]);
      return mandate.id;
    };
  }
  const request = await findLastRequest(
    tx,
    merchantId,
    mandate.id,
    simulated.to === 'AMENDMENT' ? 'AMEND' : 'INITIATE',
  );
  if (request === null || simulated.answer === null) {
    return refuse(findings, methodMismatch('METHOD_FORBIDS', ['id'], 'An EFT mandate has no request to answer.'));
  }
  const message: BankMessage = {
    messageId: `sim-${tx.ids.newReference()}`,
    reference: request,
    event: simulated.answer,
    code: said,
    authenticationReference: simulated.answer === 'APPROVED' ? `AUTH${request}` : null,
    occurredAt,
  };
  return async (now) => {
    deletePlannedAnswers(tx, merchantId, request);
    await receiveBankAnswers(now, [message]);
    return mandate.id;
  };
}

function canHappen(
  { methodType, status, amendmentStatus }: KnownMandate,
  simulated: Extract<Simulated, { to: 'MANDATE' | 'AMENDMENT' }>,
): boolean {
  return simulated.to === 'MANDATE'
    ? transitionMandate(methodType, status, simulated.event) !== null
    : transitionAmendment(methodType, status, amendmentStatus, simulated.event) !== null;
}

function illegal(path: Path, currentStatus: string, allowedTransitions: readonly string[]): UserError {
  const message = `The scenario is not possible in status ${currentStatus}.`;
  return stateConflict(path, {
    message,
    currentStatus,
    allowedTransitions: [...new Set(allowedTransitions)],
    blockedBy: [],
  });
}

function refuse(findings: Findings, error: UserError): null {
  findings.errors.push(error);
  return null;
}
