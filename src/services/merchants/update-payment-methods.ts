import { decideEach } from '../../domain/decide-each.ts';
import { changeMethod, METHOD_FIELDS, type MethodTerms, type UpdateMethodRecord } from '../../domain/method/method.ts';
import { formatAmount } from '../../domain/money.ts';
import { type AuditEntry, insertAuditEntries } from '../../store/audit.ts';
import { findAllowedConnectors } from '../../store/connectors/connectors.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import {
  lockMethods,
  type StoredMethod,
  updatePaymentMethods as writeMethods,
} from '../../store/merchants/payment-methods.ts';
import { findSettingsAndHolidays } from '../../store/merchants/settings.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { replanJob } from '../collections/replan-calendar.ts';
import { skippedByCalendar, warnOfSkipped } from '../collections/skipped-cycles.ts';

/** Input of `updatePaymentMethods`. */
export interface UpdatePaymentMethods extends BatchOptions {
  readonly records: readonly UpdateMethodRecord[];
}

interface Update {
  readonly before: StoredMethod;
  readonly after: MethodTerms;
}

/**
 * Updates payment methods, with an audit entry for each changed field. Limits and `isEnabled` apply to transactions
 * created from then on, defaults to new mandates; a new date adjustment rule moves planned collections. Atomicity
 * follows `mode`; one result per record, in input order. Warns of collections due soon that are skipped
 * (CYCLE_SKIPPED).
 */
export function updatePaymentMethods(
  app: App,
  caller: Caller,
  input: UpdatePaymentMethods,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'updatePaymentMethods', field: 'records', args: {}, ...input } as const;
  return runBatch<UpdateMethodRecord, Update>(app, caller, request, async (context, items) => {
    const { tx, merchantId, occurredAt: now } = context;
    const { settings, holidays } = await findSettingsAndHolidays(tx, merchantId);
    const { cdvMode, lateRunPolicy } = settings;
    const connectors = await findAllowedConnectors(tx, merchantId);
    const methods = await lockMethods(
      tx,
      merchantId,
      items.map(({ record }) => record.id),
    );
    const rules = new Map(
      items.flatMap(({ record: { id, dateAdjustmentRule } }) =>
        dateAdjustmentRule && methods.get(id)?.dateAdjustmentRule !== dateAdjustmentRule
          ? [[id, dateAdjustmentRule]]
          : [],
      ),
    );
    const moved = { holidays, rules, lateRunPolicy };
    const skipped = rules.size > 0 ? await skippedByCalendar(context, moved) : new Map();
    const decisions = decideEach(items, methods, 'payment method', (before, record, findings) => {
      const after = changeMethod(before, record, { now, cdvMode, connectors }, findings);
      if (!after) return null;
      if (rules.has(before.id)) warnOfSkipped([...skipped.keys()], skipped, findings.at('dateAdjustmentRule'));
      const isChanged = changesOf({ before, after }).length > 0;
      return { plan: { before, after }, outcome: isChanged ? 'UPDATED' : 'UNCHANGED' };
    });
    return {
      decisions,
      write: async (updates) => {
        await writeMethods(
          tx,
          merchantId,
          updates.map(({ before, after }) => ({ id: before.id, ...after })),
        );
        insertAuditEntries(tx, merchantId, caller, updates.flatMap(changesOf));
        if (rules.size > 0) putDueWork(context, [replanJob(now)]);
        return updates.map(({ before }) => before.id);
      },
    };
  });
}

/** Returns an audit entry for each field that changes: amounts in rand, objects as JSON, "none" for null. */
function changesOf({ before, after }: Update): AuditEntry[] {
  return METHOD_FIELDS.flatMap((name) => {
    const [fromValue, toValue] = [describe(before[name]), describe(after[name])];
    if (fromValue === toValue) return [];
    return [
      { action: 'SETTING_CHANGED' as const, objectId: before.id, field: name.replace('Cents', ''), fromValue, toValue },
    ];
  });
}

function describe(value: MethodTerms[keyof MethodTerms]): string {
  if (value === null) return 'none';
  if (typeof value === 'number') return formatAmount(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
