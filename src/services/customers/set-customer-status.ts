import { type Affected, NAMED_IDS_MAX, nameIds } from '../../domain/batch.ts';
import { NOTHING_AFFECTED, type RunningPayment } from '../../domain/customer/change-rules.ts';
import type { CustomerStatus } from '../../domain/customer/customer.ts';
import { allowedCustomerStatuses } from '../../domain/customer/status.ts';
import { decideEach, type Target } from '../../domain/decide-each.ts';
import { stateConflict } from '../../domain/errors.ts';
import type { Findings } from '../../domain/findings.ts';
import type { OpenMandate } from '../../domain/mandate/mandate.ts';
import { warning } from '../../domain/warnings.ts';
import { type KnownCustomer, lockCustomers, moveCustomers } from '../../store/customers/customers.ts';
import { findOpenMandates, lockOpenMandates } from '../../store/mandates/mandates.ts';
import { findRunningPayments } from '../../store/payments/running-payments.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { endMandates } from '../mandates/move-mandates.ts';

/** Input of `setCustomerStatus`. */
export interface SetCustomerStatus extends Selection {
  readonly status: CustomerStatus;
  readonly reason: string | null;
  /** Whether to cancel open mandates too, which disabling and archiving leave in force. */
  readonly cancelMandates: boolean;
}

/**
 * Disables, archives, enables or restores customers. A customer with running payments can be neither disabled nor
 * archived. Atomicity follows `mode`; one result per record, in input order. Warns of mandates that stay open
 * (MANDATES_NOT_CANCELLED).
 */
export function setCustomerStatus(
  app: App,
  caller: Caller,
  { status, reason, cancelMandates, ...input }: SetCustomerStatus,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'setCustomerStatus', args: { status, reason, cancelMandates }, ...input };
  return runBatch<Target, KnownCustomer>(app, caller, request, async (context, items) => {
    const { tx, merchantId } = context;
    const ids = items.map(({ record }) => record.id);
    const customers = await lockCustomers(tx, app.secrets, merchantId, ids);
    const running = await findRunningPayments(tx, merchantId, 'customer_id', ids, NAMED_IDS_MAX);
    const mandates = await findOpenMandates(tx, merchantId, 'customer_id', ids, NAMED_IDS_MAX + 1);
    const decisions = decideEach(items, customers, 'customer', (customer, _record, findings) => {
      const open = status === 'ACTIVE' ? [] : (mandates.get(customer.id) ?? []);
      const endsMandates = cancelMandates && open.length > 0;
      if (customer.status === status) {
        const affected = endsMandates ? cancelled(open) : NOTHING_AFFECTED;
        return { plan: customer, outcome: endsMandates ? 'UPDATED' : 'UNCHANGED', affected };
      }
      checkMove(customer, status, running.get(customer.id) ?? [], findings);
      const affected = endsMandates ? cancelled(open) : keepMandates(open, findings);
      return { plan: customer, outcome: 'UPDATED', affected };
    });
    return {
      decisions,
      write: async (plans) => {
        const caused = { ...context, cause: { ...context.cause, reason } };
        const moved = plans.filter((customer) => customer.status !== status);
        moveCustomers(caused, moved, status);
        const planned = plans.map(({ id }) => id);
        if (cancelMandates && status !== 'ACTIVE')
          await endMandates(caused, await lockOpenMandates(tx, merchantId, planned));
        return planned;
      },
    };
  });
}

function checkMove(
  customer: KnownCustomer,
  to: CustomerStatus,
  running: readonly RunningPayment[],
  findings: Findings,
): void {
  const { path, errors } = findings;
  const allowedTransitions = allowedCustomerStatuses(customer);
  const base = { currentStatus: customer.status, allowedTransitions };
  if (!allowedTransitions.includes(to)) {
    if (customer.isBlacklisted && customer.erasedAt === null) {
      const message = 'The customer is blacklisted. Remove it from the blacklist first.';
      errors.push(stateConflict(path, { ...base, code: 'BLACKLISTED', message, blockedBy: [] }));
    } else {
      const message = customer.erasedAt
        ? 'The customer is erased and cannot be changed.'
        : `A customer that is ${customer.status} cannot become ${to}.`;
      errors.push(stateConflict(path, { ...base, message, blockedBy: [] }));
    }
  }
  if (to !== 'ACTIVE' && running.length > 0) {
    const message = 'The customer has running payments. Stop the related payments first.';
    errors.push(stateConflict(path, { ...base, message, blockedBy: nameIds(running.map(({ id }) => id)).ids }));
  }
}

function cancelled(mandates: readonly OpenMandate[]): Affected {
  const { ids, truncated } = nameIds(mandates.map(({ id }) => id));
  return { ...NOTHING_AFFECTED, mandateIds: ids, truncated };
}

/** Warns that the open mandates are not cancelled: the debtor's authority remains in force. */
function keepMandates(mandates: readonly OpenMandate[], findings: Findings): Affected {
  const { path, warnings } = findings;
  const { ids, truncated } = nameIds(mandates.map(({ id }) => id));
  if (ids.length === 0) return NOTHING_AFFECTED;
  const message = 'The mandates are not cancelled. Cancel them, or pass cancelMandates: true.';
  warnings.push(warning('MANDATES_NOT_CANCELLED', path, message, ids));
  return { ...NOTHING_AFFECTED, untouchedMandateIds: ids, truncated };
}
