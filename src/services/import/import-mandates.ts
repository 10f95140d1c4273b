import { conclude } from '../../domain/decide-each.ts';
import { Findings } from '../../domain/findings.ts';
import { type ImportedMandate, planImportedMandate } from '../../domain/import/imported-mandate.ts';
import { asNamed, checkNames, withPartyIds } from '../../domain/import/named-parties.ts';
import type { CreateMandateRecord } from '../../domain/mandate/plan.ts';
import { findMandateDuplicates } from '../../domain/submit/uniqueness.ts';
import { findDebtorSnapshots } from '../../store/mandates/debtor-snapshots.ts';
import { lockSubmitContext } from '../../store/payments/submit-context.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { partiesOf } from '../mandates/create-mandates.ts';
import { writeMandates } from '../mandates/write-mandates.ts';
import { findParties } from './find-parties.ts';

/** Input of `importMandates`. */
export interface ImportMandates extends BatchOptions {
  readonly records: readonly CreateMandateRecord[];
}

interface Plan extends ImportedMandate {
  readonly record: CreateMandateRecord;
}

/**
 * Imports mandates that are in force. Nobody is asked to approve them. Atomicity follows `mode`; one result per record,
 * in input order.
 */
export function importMandates(app: App, caller: Caller, input: ImportMandates): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'importMandates', field: 'records', args: {}, ...input } as const;
  return runBatch<CreateMandateRecord, Plan>(app, caller, request, async (context, items) => {
    const parties = await findParties(
      context,
      items.map(({ record }) => record),
    );
    const judged = items.map(({ record, path }) => {
      return { given: record, record: withPartyIds(record, parties), path, findings: new Findings(path) };
    });
    const named = judged.map(({ record }) => ({ ...partiesOf(record), mandate: record }));
    const known = await lockSubmitContext(context.tx, context.merchantId, context.occurredAt, named);
    const duplicates = findMandateDuplicates(judged, known);
    const decisions = judged.map(({ given, record, findings }, index) => {
      const areNamed = checkNames(given, ['customer', 'bank_account'], parties, findings);
      const mandate = areNamed ? planImportedMandate(record, known, findings) : null;
      asNamed(given, findings);
      findings.errors.push(...(duplicates[index] ?? []));
      return conclude(mandate && { plan: { ...mandate, record }, outcome: 'CREATED' }, null, findings);
    });
    return {
      decisions,
      write: async (plans) => {
        const accountIds = plans.map(({ record }) => record.bankAccountId);
        const snapshots = await findDebtorSnapshots(context.tx, context.merchantId, accountIds);
        const mandates = plans.map(({ mandate, authorisation, record }) => {
          const debtorSnapshot = authorisation.approvedAt && (snapshots.get(record.bankAccountId) ?? null);
          return {
            ...mandate,
            ...partiesOf(record),
            convertedFromId: null,
            authorisation: { ...authorisation, debtorSnapshot },
          };
        });
        return writeMandates(context, known, mandates);
      },
    };
  });
}
