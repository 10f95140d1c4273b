import { decideEach, type Target } from '../../domain/decide-each.ts';
import { duplicate, methodMismatch } from '../../domain/errors.ts';
import { readFields, type Unvalidated } from '../../domain/fields.ts';
import type { Findings } from '../../domain/findings.ts';
import { type KnownMandate, termsOf } from '../../domain/mandate/mandate.ts';
import { CONTRACT_REFERENCE_LENGTH_MAX, contractReferenceOf, refusePast } from '../../domain/mandate/parse.ts';
import { checkParties, chooseMandateMethod } from '../../domain/mandate/plan.ts';
import { earliestActionDate } from '../../domain/schedule.ts';
import type { SubmitContext } from '../../domain/submit/submit-context.ts';
import { findTaken } from '../../domain/uniqueness.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { checkAction, findPartiesOf, lockMandateContext } from './mandate-context.ts';
import { type MandateToWrite, writeMandates } from './write-mandates.ts';

/** A record of `convertMandates`. */
export interface ConvertMandateRecord extends Target, Unvalidated {
  readonly paymentMethodId: string;
}
/** Input of `convertMandates`. */
export interface ConvertMandates extends BatchOptions {
  readonly records: readonly ConvertMandateRecord[];
}

/**
 * Creates registered mandates from expired DebiCheck mandates with the same terms, for approval by the bank (DOMAIN
 * §3.5). The expired mandates stay unchanged; the new ones refer to them. Atomicity follows `mode`; one result per
 * record, in input order. No warnings.
 */
export function convertMandates(app: App, caller: Caller, input: ConvertMandates): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'convertMandates', field: 'records', args: {}, ...input } as const;
  return runBatch<ConvertMandateRecord, MandateToWrite>(app, caller, request, async (context, items) => {
    const ids = items.map(({ record }) => record.id);
    // Each record is read like a payment with an inline mandate, to load its parties and taken references.
    const references = items.map(({ record }) => ({ ...record, mandate: record }));
    const known = await findPartiesOf(context, ids, references);
    const loaded = await lockMandateContext(context, ids);
    const duplicates = findTaken(
      items.map(({ record, path }) => ({
        value: contractReferenceOf(record),
        path: [...path, 'contractReference'],
      })),
      known.taken.contractReference,
    );
    const byRecord = new Map(items.map(({ record }, index) => [record, duplicates[index] ?? []]));
    const decisions = decideEach(items, loaded.mandates, 'mandate', (mandate, record, findings) => {
      findings.errors.push(...(byRecord.get(record) ?? []));
      const convertedTo = loaded.converted.get(mandate.id);
      if (convertedTo)
        findings.errors.push(duplicate(findings.path, 'The mandate has already been converted.', convertedTo));
      else checkAction('CONVERT', mandate, loaded, context.occurredAt, findings);
      const plan = planConversion(mandate, record, known, findings);
      return plan && { plan, outcome: 'CREATED' };
    });
    return { decisions, write: (plans) => writeMandates(context, known, plans) };
  });
}

/**
 * Returns the terms of the first collection, or nulls if it can no longer be sent: the regular collection replaces it.
 */
function firstToCome({ firstAmountCents, firstDate, firstMode }: KnownMandate, { now, holidays }: SubmitContext) {
  const isPast = firstDate !== null && firstDate < earliestActionDate('AUTHORISED', now, holidays);
  return isPast
    ? { firstAmountCents: null, firstDate: null, firstMode: null }
    : { firstAmountCents, firstDate, firstMode };
}

function planConversion(
  mandate: KnownMandate,
  record: ConvertMandateRecord,
  known: SubmitContext,
  findings: Findings,
): MandateToWrite | null {
  const { path, errors } = findings;
  const at = [...path, 'paymentMethodId'];
  const method = chooseMandateMethod(record.paymentMethodId, known, findings.of(at));
  const contractReference = readFields(record, findings).text('contractReference', {
    max: CONTRACT_REFERENCE_LENGTH_MAX,
    isReference: true,
  });
  if (!method) return null;
  if (method.type !== 'REGISTERED_MANDATE') {
    errors.push(
      methodMismatch(
        'METHOD_FORBIDS',
        at,
        `A ${method.type} payment method cannot hold registered mandates. Pass a REGISTERED_MANDATE method.`,
      ),
    );
    return null;
  }
  checkParties(mandate, method.id, known, findings);
  const id = [...path, 'id'];
  refusePast(mandate.dateRelease, known.now, findings.of(id));
  refusePast(mandate.processDate, known.now, findings.of(id));
  return {
    ...termsOf(mandate),
    ...firstToCome(mandate, known),
    status: 'PENDING',
    reference: mandate.reference,
    externalId: null,
    customerId: mandate.customerId,
    bankAccountId: mandate.bankAccountId,
    paymentMethodId: method.id,
    contractReference,
    makesContractReference: contractReference === null,
    approvalWindow: null,
    convertedFromId: mandate.id,
  };
}
