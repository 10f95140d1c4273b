import { conclude } from '../../domain/decide-each.ts';
import { duplicate, type UserError } from '../../domain/errors.ts';
import { Findings } from '../../domain/findings.ts';
import { type ImportPaymentRecord, planImportedPayment } from '../../domain/import/imported-payment.ts';
import { checkParties, type NamedParty, withPartyIds } from '../../domain/import/named-parties.ts';
import { isMandateType } from '../../domain/mandate/state-machine.ts';
import type { PaymentPlan } from '../../domain/submit/plan.ts';
import type { SubmitContext } from '../../domain/submit/submit-context.ts';
import { findDuplicates } from '../../domain/submit/uniqueness.ts';
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
      const areNamed = checkParties(record, neededBy(record, known), parties, findings);
      const plan = areNamed ? planImportedPayment(records[index] ?? record, known, findings) : null;
      findings.errors.push(...(duplicates[index] ?? []));
      return { plan, findings };
    });
    await refuseUsedReferences(context, plans);
    const debits = new Map([...known.debits].map(([id, found]) => [id, [...found]]));
    const decisions = plans.map(({ plan, findings }) => {
      if (plan && findings.errors.length === 0) takeCycles(plan, known, debits, findings.at('mandateId'));
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

/** Adds an error for each bank reference that another collection has: the bank's answers are applied by it. */
async function refuseUsedReferences(
  { tx, merchantId }: WriteContext,
  plans: ReadonlyArray<{ readonly plan: PaymentPlan | null; readonly findings: Findings }>,
): Promise<void> {
  const used = plans.flatMap(({ plan, findings }) =>
    (plan?.collected ?? []).flatMap(({ bankReference }) => (bankReference ? [{ bankReference, findings }] : [])),
  );
  if (used.length === 0) return;
  const references = used.map(({ bankReference }) => bankReference);
  const taken = await findSubmittedTransactions(tx, merchantId, [...new Set(references)]);
  const counts = new Map<string, number>();
  for (const reference of references) counts.set(reference, (counts.get(reference) ?? 0) + 1);
  for (const { bankReference, findings } of used) {
    const error = errorOf(bankReference, taken.get(bankReference)?.transactionId, counts, findings);
    if (error) findings.errors.push(error);
  }
}

function errorOf(
  reference: string,
  transactionId: string | undefined,
  counts: ReadonlyMap<string, number>,
  { path }: Findings,
): UserError | null {
  const at = [...path, 'collections'];
  if (transactionId !== undefined)
    return duplicate(at, `Another transaction has the bank reference ${reference}.`, transactionId);
  if ((counts.get(reference) ?? 0) < 2) return null;
  return duplicate(at, `The bank reference ${reference} occurs more than once.`, null);
}
