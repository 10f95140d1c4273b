import { type Affected, NAMED_IDS_MAX, nameIds } from '../../domain/batch.ts';
import { NOTHING_AFFECTED, type RunningPayment } from '../../domain/customer/change-rules.ts';
import { decideEach, type Target } from '../../domain/decide-each.ts';
import { stateConflict } from '../../domain/errors.ts';
import { transitionPayment } from '../../domain/payment/state-machine.ts';
import { type KnownCustomer, lockCustomers, setBlacklisted } from '../../store/customers/customers.ts';
import { findMerchantSettings } from '../../store/merchants/settings.ts';
import { findPayments, type KnownPayment } from '../../store/payments/known.ts';
import { findRunningPayments } from '../../store/payments/running-payments.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { pausePayments, resumePayments } from '../collections/pause-payments.ts';
import {
  isOnly,
  type SkippedCycles,
  skippedBeforeResumption,
  skippedByPause,
  warnOfSkipped,
} from '../collections/skipped-cycles.ts';

/** Input of `blacklistCustomers`. */
export interface BlacklistCustomers extends Selection {
  readonly reason: string | null;
  /** Whether running payments are paused or stopped; null uses the setting of the merchant. */
  readonly runningPayments: 'PAUSE' | 'STOP' | null;
}

/**
 * Blacklists customers: nothing new can be created for them, and their running payments are paused or stopped.
 * Atomicity follows `mode`; one result per record, in input order. Warns of collections that a pause would skip
 * (CYCLE_SKIPPED).
 */
export function blacklistCustomers(
  app: App,
  caller: Caller,
  { reason, runningPayments, ...input }: BlacklistCustomers,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'blacklistCustomers', args: { reason, runningPayments }, ...input };
  return runBatch<Target, KnownCustomer>(app, caller, request, async (context, items) => {
    const settings = await findMerchantSettings(context.tx, context.merchantId);
    const how = runningPayments ?? settings.blacklistRunningPayments;
    const caused = { ...context, cause: { ...context.cause, reason } };
    return setBlacklist(app, caused, items, true, {
      reaches: ({ status }) => transitionPayment(status, how) !== null,
      again: runningPayments === 'STOP',
      skips: (payments) =>
        how === 'PAUSE' ? skippedByPause(context.tx, context.merchantId, context.occurredAt, payments) : NONE,
      write: async (customers) => {
        const fresh = customers.filter((customer) => !customer.isBlacklisted);
        setBlacklisted(caused, fresh, { reason });
        const ids = customers.map(({ id }) => id);
        const explain = () => ({ reason: 'The customer is blacklisted.' });
        await pausePayments(caused, 'customer_id', ids, 'CUSTOMER_BLACKLISTED', how, explain);
      },
    });
  });
}

/** Input of `unblacklistCustomers`. */
export interface UnblacklistCustomers extends Selection {
  readonly reason: string | null;
}

/**
 * Removes customers from the blacklist; payments paused only for it resume. Atomicity follows `mode`; one result per
 * record, in input order. Warns of collections skipped during the pause (CYCLE_SKIPPED).
 */
export function unblacklistCustomers(
  app: App,
  caller: Caller,
  { reason, ...input }: UnblacklistCustomers,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'unblacklistCustomers', args: { reason }, ...input };
  return runBatch<Target, KnownCustomer>(app, caller, request, async (context, items) => {
    const caused = { ...context, cause: { ...context.cause, reason } };
    return setBlacklist(app, caused, items, false, {
      reaches: ({ status }) => status === 'PAUSED',
      again: false,
      skips: (payments) => {
        const resumed = payments.filter(({ pauseCauses }) => isOnly(pauseCauses, 'CUSTOMER_BLACKLISTED'));
        return skippedBeforeResumption(context.tx, context.merchantId, context.occurredAt, resumed);
      },
      write: async (customers) => {
        setBlacklisted(caused, customers, null);
        const ids = customers.map(({ id }) => id);
        await resumePayments(caused, 'customer_id', ids, 'CUSTOMER_BLACKLISTED');
      },
    });
  });
}

const NONE: SkippedCycles = new Map();

type Run = Parameters<typeof runBatch<Target, KnownCustomer>>[3];

/** Plans blacklisting (`isBlacklisted`) or its end. */
async function setBlacklist(
  app: App,
  context: Parameters<Run>[0],
  items: Parameters<Run>[1],
  isBlacklisted: boolean,
  how: {
    /** Whether the change affects a payment. */
    readonly reaches: (payment: RunningPayment) => boolean;
    /** Whether payments are affected even if the flag of the customer is already as requested. */
    readonly again: boolean;
    /** Returns the collections that the payments lose or have lost. */
    readonly skips: (payments: readonly KnownPayment[]) => SkippedCycles | Promise<SkippedCycles>;
    readonly write: (customers: readonly KnownCustomer[]) => Promise<void>;
  },
): ReturnType<Run> {
  const { tx, merchantId } = context;
  const ids = items.map(({ record }) => record.id);
  const customers = await lockCustomers(tx, app.secrets, merchantId, ids);
  const running = await findRunningPayments(tx, merchantId, 'customer_id', ids, NAMED_IDS_MAX + 1);
  const reachedIds = [...running.values()]
    .flat()
    .filter(how.reaches)
    .map(({ id }) => id);
  const skipped = await how.skips([...(await findPayments(tx, merchantId, reachedIds)).values()]);
  const decisions = decideEach(items, customers, 'customer', (customer, _record, findings) => {
    const { path, errors } = findings;
    if (customer.erasedAt !== null) {
      const message = 'The customer is erased and cannot be changed.';
      errors.push(stateConflict(path, { message, currentStatus: customer.status, blockedBy: [] }));
    }
    const reached = nameIds((running.get(customer.id) ?? []).filter(how.reaches).map(({ id }) => id));
    if (customer.isBlacklisted === isBlacklisted && !(how.again && reached.ids.length > 0)) {
      return { plan: customer, outcome: 'UNCHANGED', affected: NOTHING_AFFECTED };
    }
    warnOfSkipped(reached.ids, skipped, findings);
    const affected: Affected = { ...NOTHING_AFFECTED, paymentIds: reached.ids, truncated: reached.truncated };
    return { plan: customer, outcome: 'UPDATED', affected };
  });
  return {
    decisions,
    write: async (plans) => {
      await how.write(plans);
      return plans.map(({ id }) => id);
    },
  };
}
