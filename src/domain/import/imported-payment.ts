import { instantAt, NO_DATE } from '../dates.ts';
import { disputeDeadline } from '../dispute.ts';
import { invalid, methodMismatch, required } from '../errors.ts';
import type { Findings } from '../findings.ts';
import { lookUp } from '../invariants.ts';
import type { MandateTerms } from '../mandate/mandate.ts';
import { isMandateType } from '../mandate/state-machine.ts';
import { METHOD_MATRIX, variantOf } from '../method/matrix.ts';
import type { PaymentStatus } from '../payment/state-machine.ts';
import { IMPORTED_STATUSES, type ImportedCollection, type ParsedCollection } from '../submit/imported-collection.ts';
import type { PaymentPlan } from '../submit/plan.ts';
import { planPayment } from '../submit/plan-payment.ts';
import type { SubmitPaymentRecord } from '../submit/record.ts';
import type { SubmitContext } from '../submit/submit-context.ts';
import { type CollectionRecord, parseCollections } from './collections.ts';
import { checkAuthority, readHistory } from './read-history.ts';

/** Input of a recurring payment that another system has begun; scalars are not validated yet, enum values are. */
export interface ImportPaymentRecord extends SubmitPaymentRecord {
  readonly status?: PaymentStatus | null | undefined;
  readonly collections?: readonly CollectionRecord[] | null | undefined;
}

const NOTHING_BROUGHT = { customer: null, bankAccount: null };
/** History with which a record whose own is invalid is checked further. */
const NOTHING_MADE = { made: null, continueFrom: null };

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
  const at = findings.at('collections');
  const around = { now: known.now, isCard: method?.type === 'CARD', firstDate: mandate?.firstDate ?? null };
  const parsed = parseCollections(record.collections ?? [], around, at);
  const { recurring } = record;
  const history = recurring && parsed && readHistory(recurring, parsed, known.now, findings.at('recurring'));
  if (!recurring || !parsed) return null;
  if (method && isMandateType(method.type)) checkAuthority(method.type, parsed, mandate?.id ?? null, at);
  const brought = { ...NOTHING_BROUGHT, history: history ?? NOTHING_MADE };
  const plan = planPayment(record, brought, known, findings);
  if (!plan || !history) return null;
  const collected = parsed.map((item) => completed(item, plan, mandate ?? null));
  return { ...plan, status, collected };
}

/** Returns a collection with what its payment and mandate add to it. */
function completed(item: ParsedCollection, plan: PaymentPlan, mandate: MandateTerms | null): ImportedCollection {
  const amountCents = item.amountCents ?? plan.amountCents;
  const wasPaid = IMPORTED_STATUSES[item.status][0] === 'PAID';
  const debit = { ...item, amountCents, methodType: plan.method.type, wasTracked: false, mandate };
  const disputeBy = wasPaid ? disputeDeadline(debit) : null;
  const chargedAt = wasPaid ? instantAt(item.actionDate) : null;
  return { ...item, amountCents, disputeBy: disputeBy ?? NO_DATE, chargedAt };
}
