import type { MandateInstruction } from '../../bank/bank.ts';
import { groupBy } from '../../domain/group-by.ts';
import { present } from '../../domain/invariants.ts';
import { approvalTimes } from '../../domain/mandate/approval-window.ts';
import { isAuthorised, type KnownMandate, type MandateTerms } from '../../domain/mandate/mandate.ts';
import { findInquiries } from '../../store/bank-accounts/account-inquiries.ts';
import { queryable } from '../../store/connection/database.ts';
import { withMerchant } from '../../store/connection/merchant-transaction.ts';
import { findConnectorsOfMethods } from '../../store/connectors/connectors.ts';
import { deleteDueWork, leaseDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import type { ClockContext, DueWork } from '../../store/due-work/kinds.ts';
import { findDebtorSnapshots } from '../../store/mandates/debtor-snapshots.ts';
import {
  acknowledgeRequests,
  findMandateRequests,
  findMandatesOnTheWay,
  type KnownMandateRequest,
  markAttempted,
  postponeRequests,
} from '../../store/mandates/mandate-requests.ts';
import { lockMandates } from '../../store/mandates/mandates.ts';
import { findMethodsForBank } from '../../store/merchants/payment-methods.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App } from '../app.ts';
import { type BankCall, LEASE_MS } from '../collections/bank-call.ts';
import { LATE_MS, openApprovalWindows } from './open-approval-windows.ts';

/** Delay of a request while an earlier one about the same mandate is in flight, in milliseconds. */
const BEHIND_MS = 1_000;

/** A request that is being sent. */
interface Sent {
  readonly request: KnownMandateRequest;
  readonly connectorId: string;
}

/**
 * Due job: sends requests about mandates to their banks, one at a time per mandate, in order. Requests are marked in the
 * transaction of the step, sent outside any transaction, one call for each connector, and acknowledged in another. After a crash
 * the bank is asked by reference which it has received, so that no approval is requested twice.
 */
export async function sendMandateRequests(
  app: App,
  context: WriteContext,
  work: readonly DueWork[],
): Promise<BankCall[]> {
  const { tx, merchantId, occurredAt } = context;
  const references = work.map(({ subjectId }) => subjectId);
  const requests = [...(await findMandateRequests(tx, merchantId, references)).values()];
  const mandateIds = requests.map(({ mandateId }) => mandateId);
  const mandates = await lockMandates(tx, merchantId, mandateIds, 'SHARE');
  const asked = requests.filter((request) => isAsked(request, mandates.get(request.mandateId)));
  const over = references.filter((reference) => !asked.some((request) => request.reference === reference));
  deleteDueWork(tx, merchantId, 'SEND_MANDATE_REQUEST', over);
  const onTheWay = await findMandatesOnTheWay(tx, merchantId, references);
  const behind = asked.filter(({ mandateId }) => onTheWay.has(mandateId)).map(({ reference }) => reference);
  await leaseDueWork(tx, merchantId, 'SEND_MANDATE_REQUEST', behind, BEHIND_MS);
  const sending = await withConnectors(
    context,
    asked.filter(({ mandateId }) => !onTheWay.has(mandateId)),
    mandates,
  );
  const accountOf = (id: string) => present(mandates.get(id), 'the mandate of a request').bankAccountId;
  const snapshots = await findDebtorSnapshots(
    tx,
    merchantId,
    sending.map(({ request }) => accountOf(request.mandateId)),
  );
  const shown = sending.map(({ request: { reference, mandateId }, connectorId }) => {
    return { reference, connectorId, debtorSnapshot: snapshots.get(accountOf(mandateId)) ?? null };
  });
  markAttempted(tx, merchantId, shown, occurredAt);
  const sent = sending.map(({ request }) => request.reference);
  await leaseDueWork(tx, merchantId, 'SEND_MANDATE_REQUEST', sent, LEASE_MS);
  const { tx: _tx, ...base } = context;
  return [...groupBy(sending, ({ connectorId }) => connectorId)].map(([connectorId, group]) => {
    const sendable = group.map(({ request }) => request);
    return {
      finish: () => finishSending(app, base, connectorId, sendable, mandates),
      release: (afterMs) => {
        const leased = sendable.map(({ reference }) => reference);
        return leaseDueWork(queryable(app.database), merchantId, 'SEND_MANDATE_REQUEST', leased, afterMs);
      },
    };
  });
}

/** Returns the requests with the connectors they were sent to before, or those that their payment methods name now. */
async function withConnectors(
  { tx, merchantId }: WriteContext,
  requests: readonly KnownMandateRequest[],
  mandates: ReadonlyMap<string, KnownMandate>,
): Promise<Sent[]> {
  const methodOf = ({ mandateId }: KnownMandateRequest) =>
    present(mandates.get(mandateId), 'the mandate of a request').paymentMethodId;
  const connectors = await findConnectorsOfMethods(tx, merchantId, requests.map(methodOf));
  return requests.map((request) => {
    const named = present(connectors.get(methodOf(request)), 'the connector of a payment method');
    return { request, connectorId: request.connectorId ?? named };
  });
}

/** Sends what the bank has not received, outside any transaction, then records it as sent in one transaction. */
async function finishSending(
  app: App,
  base: Omit<WriteContext, 'tx'>,
  connectorId: string,
  sendable: readonly KnownMandateRequest[],
  mandates: ReadonlyMap<string, KnownMandate>,
): Promise<void> {
  const { merchantId, occurredAt } = base;
  const bank = await app.banks.of(connectorId);
  const doubtful = sendable.filter(({ attemptedAt }) => attemptedAt !== null).map(({ reference }) => reference);
  const received = doubtful.length > 0 ? await bank.findReceived(merchantId, doubtful) : new Set<string>();
  const unsent = sendable.filter(({ reference }) => !received.has(reference));
  const late = await findLate(app, base, unsent, mandates);
  const lateReferences = new Set(late.map(({ reference }) => reference));
  const arriving = sendable.filter(({ reference }) => !lateReferences.has(reference));
  const arrived = arriving.map(({ reference }) => reference);
  const instructions = await instructionsFor(
    app,
    merchantId,
    unsent.filter(({ reference }) => !lateReferences.has(reference)),
    mandates,
  );
  if (instructions.length > 0) await bank.submitMandates(merchantId, instructions, occurredAt);
  await withMerchant(app.database, merchantId, async (tx) => {
    // A request that the bank had already received was sent at its first attempt.
    const sentAt = ({ reference, attemptedAt }: KnownMandateRequest) =>
      (received.has(reference) ? attemptedAt : null) ?? occurredAt;
    await openApprovalWindows({ ...base, tx }, arriving, sentAt);
    acknowledgeRequests(tx, merchantId, arrived, occurredAt);
    deleteDueWork(tx, merchantId, 'SEND_MANDATE_REQUEST', arrived);
    await postpone({ ...base, tx }, late);
    tx.onCommit(app.onEvents);
  });
}

interface Late {
  readonly reference: string;
  readonly sendAt: Date;
}

/** Returns requests that missed their cut-off because the bank was unavailable, with their new sending time. */
async function findLate(
  app: App,
  { merchantId, occurredAt: now }: Pick<WriteContext, 'merchantId' | 'occurredAt'>,
  requests: readonly KnownMandateRequest[],
  mandates: ReadonlyMap<string, KnownMandate>,
): Promise<Late[]> {
  const delayed = requests.filter(({ sendAt }) => now.getTime() - sendAt.getTime() > LATE_MS);
  if (delayed.length === 0) return [];
  const holidays = await findHolidays(queryable(app.database), merchantId);
  return delayed.flatMap(({ reference, kind, mandateId }) => {
    const window = kind === 'INITIATE' || kind === 'AMEND' ? mandates.get(mandateId)?.approvalWindow : null;
    const times = window ? approvalTimes(window, now, holidays) : null;
    return times?.isQueued ? [{ reference, sendAt: times.sendAt }] : [];
  });
}

async function postpone(context: ClockContext, late: readonly Late[]): Promise<void> {
  const { tx, merchantId } = context;
  postponeRequests(tx, merchantId, late);
  const work = late.map(({ reference, sendAt }): DueWork => {
    return { kind: 'SEND_MANDATE_REQUEST', subjectId: reference, dueAt: sendAt, details: {} };
  });
  putDueWork(context, work);
}

/** Whether the request is still relevant in the current status of the mandate. */
function isAsked({ kind, isCurrent }: KnownMandateRequest, mandate: KnownMandate | undefined): boolean {
  if (!mandate || !isAuthorised(mandate)) return false;
  if (kind === 'INITIATE') return isCurrent && mandate.status === 'PENDING';
  if (kind === 'AMEND') return isCurrent && mandate.amendmentStatus === 'PENDING';
  if (kind === 'NOTIFY') return mandate.status === 'ACTIVE';
  return true;
}

async function instructionsFor(
  app: App,
  merchantId: string,
  requests: readonly KnownMandateRequest[],
  mandates: ReadonlyMap<string, KnownMandate>,
): Promise<MandateInstruction[]> {
  const accountIds = requests.map(
    ({ mandateId }) => present(mandates.get(mandateId), 'the mandate of a request').bankAccountId,
  );
  const database = queryable(app.database);
  const parties = await findInquiries(database, app.secrets, merchantId, accountIds, 'ALL');
  const methodIds = [...mandates.values()].map(({ paymentMethodId }) => paymentMethodId);
  const methods = await findMethodsForBank(database, merchantId, methodIds);
  return requests.map(({ reference, kind, mandateId }): MandateInstruction => {
    const mandate = mandates.get(mandateId);
    if (!mandate?.contractReference || mandate.methodType === 'DEBIT_ORDER') {
      throw new Error(`mandate ${mandateId} has no request that a bank accepts`);
    }
    const { methodType: type, contractReference, approvalWindow } = mandate;
    const method = present(methods.get(mandate.paymentMethodId), 'the payment method of a mandate');
    const about = { reference, type, contractReference, method };
    if (kind === 'CANCEL' || kind === 'WITHDRAW') return { ...about, kind };
    const party = parties.get(mandate.bankAccountId)?.inquiry;
    if (!party) throw new Error(`the bank account of mandate ${mandateId} does not exist`);
    const terms: MandateTerms = kind === 'AMEND' ? { ...mandate, ...mandate.amendment } : mandate;
    return { ...about, kind, approvalWindow, terms, debtor: party.holder, account: party.account };
  });
}
