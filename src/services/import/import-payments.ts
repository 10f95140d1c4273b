import { conclude } from '../../domain/decide-each.ts';
import { Findings } from '../../domain/findings.ts';
import { type ImportPaymentRecord, planImportedPayment } from '../../domain/import/imported-payment.ts';
import { asNamed, checkNames, type NamedParty, withPartyIds } from '../../domain/import/named-parties.ts';
import { isMandateType } from '../../domain/mandate/state-machine.ts';
import type { PaymentPlan } from '../../domain/submit/plan.ts';
import type { SubmitContext } from '../../domain/submit/submit-context.ts';
import { findDuplicates } from '../../domain/submit/uniqueness.ts';
import { findTaken } from '../../domain/uniqueness.ts';
import { findMandateRequests } from '../../store/mandates/mandate-requests.ts';
import { lockSubmitContext } from '../../store/payments/submit-context.ts';
import { findSubmittedTransactions } from '../../store/transactions/known.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { firstCollectionOf, takeCycles } from '../payments/take-cycles.ts';
import { insertPaymentPlans } from '../payments/write-plans.ts';
import { findParties } from './find-parties.ts';

/** Input of `importPayments`. */
export interface ImportPayments extends BatchOptions {
  readonly records: readonly ImportPaymentRecord[];
}

/**
 * Imports recurring payments that another system has begun, with the collections that it made. They go on from the
 * cycle after the last one. Atomicity follows `mode`; one result per record, in input order. Warns of cycles that
 * nobody collects (CYCLE_SKIPPED).
 */
export function importPayments(app: App, caller: Caller, input: ImportPayments): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'importPayments', field: 'records', args: {}, ...input } as const;
  return runBatch<ImportPaymentRecord, PaymentPlan>(app, caller, request, async (context, items) => {
    const given = items.map(({ record }) => record);
    const parties = await findParties(context, given);
    const records = given.map((record) => withPartyIds(record, parties));
    const known = await lockSubmitContext(context.tx, context.merchantId, context.occurredAt, records);
    const duplicates = findDuplicates(items, known);
    const plans = items.map(({ record, path }, index) => {
      const findings = new Findings(path);
      const areNamed = checkNames(record, neededBy(record, known), parties, findings);
      const plan = areNamed ? planImportedPayment(records[index] ?? record, known, findings) : null;
      findings.errors.push(...(duplicates[index] ?? []));
      return { record, plan, findings };
    });
    await refuseUsedReferences(context, plans);
    const debits = new Map([...known.debits].map(([id, found]) => [id, [...found]]));
    const decisions = plans.map(({ record, plan, findings }) => {
      if (plan && findings.errors.length === 0) takeCycles(plan, known, debits, findings.at('mandateId'));
      asNamed(record, findings);
      const step = plan && { plan, outcome: 'CREATED' as const, collection: firstCollectionOf(plan, known) };
      return conclude(step, null, findings);
    });
    return { decisions, write: (accepted) => insertPaymentPlans(app, context, known, accepted, null) };
  });
}

/** Returns the objects that a record must name, by its payment method. */
function neededBy({ paymentMethodId }: ImportPaymentRecord, known: SubmitContext): readonly NamedParty[] {
  const method = known.methods.get(paymentMethodId);
  return method && isMandateType(method.type) ? ['customer', 'bank_account', 'mandate'] : ['customer'];
}

/** Adds an error for each bank reference that is in use: the bank's answers are applied by it. */
async function refuseUsedReferences(
  { tx, merchantId }: WriteContext,
  plans: ReadonlyArray<{ readonly plan: PaymentPlan | null; readonly findings: Findings }>,
): Promise<void> {
  const named = plans.flatMap(({ plan, findings }) =>
    (plan?.collected ?? []).flatMap(({ bankReference }) => (bankReference ? [{ bankReference, findings }] : [])),
  );
  if (named.length === 0) return;
  const references = [...new Set(named.map(({ bankReference }) => bankReference))];
  const [submitted, requested] = await Promise.all([
    findSubmittedTransactions(tx, merchantId, references),
    findMandateRequests(tx, merchantId, references),
  ]);
  const taken = new Map([
    ...[...requested].map(([reference, { mandateId }]) => [reference, { id: mandateId }] as const),
    ...[...submitted].map(([reference, { transactionId }]) => [reference, { id: transactionId }] as const),
  ]);
  const values = named.map(({ bankReference, findings }) => {
    return { value: bankReference, path: [...findings.path, 'collections'] };
  });
  findTaken(values, taken).forEach((errors, index) => {
    const item = named[index];
    if (!item) return;
    const told = errors.map((error) => ({
      ...error,
      message: `Bank reference ${item.bankReference}: ${error.message}`,
    }));
    item.findings.errors.push(...told);
  });
}
