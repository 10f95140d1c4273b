import { type CivilDate, NO_DATE } from '../dates.ts';
import { disputeDeadline } from '../dispute.ts';
import { invalid, methodMismatch, required } from '../errors.ts';
import { readFields } from '../fields.ts';
import { Findings } from '../findings.ts';
import { lookUp } from '../invariants.ts';
import type { MandateTerms } from '../mandate/mandate.ts';
import { isMandateType } from '../mandate/state-machine.ts';
import { METHOD_MATRIX, variantOf } from '../method/matrix.ts';
import type { PaymentStatus } from '../payment/state-machine.ts';
import type { ImportedCollection } from '../submit/history.ts';
import type { PaymentPlan } from '../submit/plan.ts';
import { planPayment } from '../submit/plan-payment.ts';
import type { SubmitPaymentRecord } from '../submit/record.ts';
import type { KnownMethod, SubmitContext } from '../submit/submit-context.ts';
import { type CollectionRecord, parseCollections } from './collections.ts';
import { checkAuthority, readHistory } from './history.ts';

/** Input of a recurring payment that another system has begun; scalars are not validated yet, enum values are. */
export interface ImportPaymentRecord extends SubmitPaymentRecord {
  readonly status?: PaymentStatus | null | undefined;
  readonly collections?: readonly CollectionRecord[] | null | undefined;
}

const NOTHING_BROUGHT = { customer: null, bankAccount: null };
/** History with which a record whose own is invalid is checked further. */
const NOTHING_MADE = { last: null, continueFrom: null };

/**
 * Returns the plan of a payment that another system has begun: it goes on from the cycle after its last collection.
 * Null with every error in the findings.
 */
export function planImportedPayment(
  record: ImportPaymentRecord,
  known: SubmitContext,
  findings: Findings,
): PaymentPlan | null {
  const { path, errors } = findings;
  if ((record['externalId'] ?? null) === null) errors.push(required([...path, 'externalId']));
  const method = known.methods.get(record.paymentMethodId);
  if (method && METHOD_MATRIX.recurring[variantOf(method.type, method.providerBank)] === 'FORBIDDEN') {
    const message = `${method.type} payments are not recurring. Submit them with submitPayments.`;
    errors.push(methodMismatch('METHOD_FORBIDS', [...path, 'paymentMethodId'], message));
    return null;
  }
  if (!record.recurring) errors.push(required([...path, 'recurring']));
  const status = record.status ?? 'RUNNING';
  if (status !== 'RUNNING' && status !== 'PAUSED') {
    const message = 'An imported payment is RUNNING or PAUSED.';
    errors.push(invalid([...path, 'status'], 'imported_status', message));
  }
  const mandate = lookUp(known.mandates, record.mandateId);
  if (mandate?.status === 'PENDING') {
    const message = 'The mandate still waits for approval. Submit the payment with submitPayments.';
    errors.push(invalid([...path, 'mandateId'], 'mandate_active', message));
  }
  const amountCents = readFields(record, new Findings()).amount('amount') ?? mandate?.amountCents ?? null;
  const at = findings.at('collections');
  const collected = parseCollections(record.collections ?? [], amountCents, known.now, at);
  const history = record.recurring && collected && readHistory(record.recurring, collected, findings.at('recurring'));
  if (!record.recurring || !collected) return null;
  if (method && isMandateType(method.type)) checkAuthority(method.type, collected, mandate?.id ?? null, at);
  const begun = { ...record, recurring: { ...record.recurring, history: history ?? NOTHING_MADE } };
  const plan = planPayment(begun, NOTHING_BROUGHT, known, findings);
  if (!plan || !history || !method) return null;
  return {
    ...plan,
    status,
    collected: collected.map((item) => ({ ...item, disputeBy: disputeBy(item, method, mandate ?? null) })),
  };
}

function disputeBy(item: ImportedCollection, { type }: KnownMethod, mandate: MandateTerms | null): CivilDate {
  if (item.chargedAt === null) return NO_DATE;
  return disputeDeadline({ ...item, methodType: type, wasTracked: false, mandate }) ?? NO_DATE;
}
