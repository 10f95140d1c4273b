import type { DateAdjustmentRule } from '../../domain/calendar.ts';
import { conclude } from '../../domain/decide-each.ts';
import { notFound } from '../../domain/errors.ts';
import { Findings } from '../../domain/findings.ts';
import { type AuditEntry, insertAuditEntries } from '../../store/audit.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import { findMethods, writeDateAdjustmentRules } from '../../store/merchants/payment-methods.ts';
import {
  findHolidays,
  lockMerchantSettings,
  type MerchantSettings,
  writeMerchantSettings,
} from '../../store/merchants/settings.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { singleRecord } from '../batch/single-record.ts';
import { replanJob } from '../collections/replan-calendar.ts';
import { skippedByCalendar, warnOfSkipped } from '../collections/skipped-cycles.ts';

/** Input of `updateMerchantSettings`; absent settings keep their values. */
export interface UpdateMerchantSettings {
  readonly settings: Partial<MerchantSettings>;
  /** New date adjustment rules by payment method. */
  readonly dateAdjustmentRules: readonly MethodRule[];
  readonly idempotencyKey: string | null;
}

interface MethodRule {
  readonly paymentMethodId: string;
  readonly rule: DateAdjustmentRule;
}

interface Plan {
  readonly settings: MerchantSettings;
  readonly rules: readonly MethodRule[];
}

/**
 * Updates the settings of the caller's merchant, with an audit entry for each change; absent settings keep their
 * values. A new date adjustment rule also moves planned collections. A batch of one record: all or nothing. Warns of
 * collections due soon that the change causes to be skipped (CYCLE_SKIPPED).
 */
export function updateMerchantSettings(
  app: App,
  caller: Caller,
  { settings, dateAdjustmentRules, idempotencyKey }: UpdateMerchantSettings,
): Promise<BatchAnswer | KeyReused> {
  const request = singleRecord('updateMerchantSettings', { ...settings, dateAdjustmentRules }, idempotencyKey);
  return runBatch<(typeof request.records)[number], Plan>(app, caller, request, async (context) => {
    const { tx, merchantId } = context;
    const current = await lockMerchantSettings(tx, merchantId);
    const methods = await findMethods(
      tx,
      merchantId,
      dateAdjustmentRules.map(({ paymentMethodId }) => paymentMethodId),
    );
    const findings = new Findings();
    for (const [index, { paymentMethodId }] of dateAdjustmentRules.entries()) {
      const at = ['dateAdjustmentRules', String(index), 'paymentMethodId'];
      if (!methods.has(paymentMethodId)) findings.errors.push(notFound(at, 'payment method'));
    }
    const rules = dateAdjustmentRules.flatMap(({ paymentMethodId, rule }) => {
      const from = methods.get(paymentMethodId)?.dateAdjustmentRule;
      return from === undefined || from === rule ? [] : [{ paymentMethodId, rule, from }];
    });
    const plan = { settings: { ...current, ...settings }, rules };
    if (rules.length > 0) {
      const { lateRunPolicy } = plan.settings;
      const byMethod = new Map(rules.map(({ paymentMethodId, rule }) => [paymentMethodId, rule]));
      const moved = { holidays: await findHolidays(tx, merchantId), rules: byMethod, lateRunPolicy };
      const skipped = await skippedByCalendar(context, moved);
      warnOfSkipped([...skipped.keys()], skipped, findings.of(['dateAdjustmentRules']));
    }
    const entries = [...changesOf(merchantId, current, plan.settings), ...rules.map(changeOfRule)];
    const outcome = entries.length === 0 ? 'UNCHANGED' : 'UPDATED';
    const decision = conclude({ plan, outcome }, merchantId, findings);
    return {
      decisions: [decision],
      write: async () => {
        await writeMerchantSettings(context, plan.settings);
        await writeDateAdjustmentRules(tx, merchantId, rules);
        insertAuditEntries(tx, merchantId, caller, entries);
        // The new rule also applies to collections that are already planned.
        if (rules.length > 0) putDueWork(context, [replanJob(context.occurredAt)]);
        return [merchantId];
      },
    };
  });
}

/** Returns an audit entry for each setting that changes; objects are written as JSON. */
function changesOf(objectId: string, current: MerchantSettings, next: MerchantSettings): AuditEntry[] {
  const text = (value: unknown): string | null =>
    typeof value === 'object' ? value && JSON.stringify(value) : String(value);
  return (Object.keys(current) as Array<keyof MerchantSettings>).flatMap((field) => {
    const [fromValue, toValue] = [text(current[field]), text(next[field])];
    return fromValue === toValue ? [] : [{ action: 'SETTING_CHANGED', objectId, field, fromValue, toValue }];
  });
}

function changeOfRule({ paymentMethodId, rule, from }: MethodRule & { from: DateAdjustmentRule }): AuditEntry {
  const field = 'dateAdjustmentRule';
  return { action: 'SETTING_CHANGED', objectId: paymentMethodId, field, fromValue: from, toValue: rule };
}
