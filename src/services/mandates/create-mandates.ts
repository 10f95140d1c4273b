import { conclude } from '../../domain/decide-each.ts';
import { Findings } from '../../domain/findings.ts';
import type { NewMandate } from '../../domain/mandate/mandate.ts';
import { type CreateMandateRecord, planMandate } from '../../domain/mandate/plan.ts';
import { findMandateDuplicates } from '../../domain/submit/uniqueness.ts';
import { lockSubmitContext } from '../../store/payments/submit-context.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { type MandateToWrite, warnOfQueue, writeMandates } from './write-mandates.ts';

/** Input of `createMandates`. */
export interface CreateMandates extends BatchOptions {
  readonly records: readonly CreateMandateRecord[];
}

/**
 * Creates mandates and queues approval requests for those that need approval. Atomicity follows `mode`; one result per
 * record, in input order. Warns of requests that wait for the next business day (QUEUED) and of dropped defaults
 * (DEFAULTS_DROPPED).
 */
export function createMandates(app: App, caller: Caller, input: CreateMandates): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'createMandates', field: 'records', args: {}, ...input } as const;
  return runBatch<CreateMandateRecord, MandateToWrite>(app, caller, request, async (context, items) => {
    // Each record is read like a payment with an inline mandate, to load its parties and taken references.
    const named = items.map(({ record }) => ({ ...partiesOf(record), mandate: record }));
    const known = await lockSubmitContext(context.tx, context.merchantId, context.occurredAt, named);
    const planned = items.map(({ record, path }) => {
      const findings = new Findings(path);
      const mandate = planMandate(record, known, findings);
      if (mandate) warnOfQueue(mandate, known, findings);
      return { record, path, findings, mandate };
    });
    const duplicates = findMandateDuplicates(items, known);
    const decisions = planned.map(({ record, findings, mandate }, index) => {
      findings.errors.push(...(duplicates[index] ?? []));
      return conclude(mandate && { plan: linked(mandate, record), outcome: 'CREATED' }, null, findings);
    });
    return { decisions, write: (plans) => writeMandates(context, known, plans) };
  });
}

function linked(mandate: NewMandate, record: CreateMandateRecord): MandateToWrite {
  return { ...mandate, ...partiesOf(record), convertedFromId: null };
}

/** Returns only the parties of a mandate record. */
export function partiesOf({ customerId, bankAccountId, paymentMethodId }: CreateMandateRecord) {
  return { customerId, bankAccountId, paymentMethodId };
}
