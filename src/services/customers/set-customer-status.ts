import { type Affected, NAMED_IDS_MAX, nameIds } from '../../domain/batch.ts';
import { NOTHING_AFFECTED, type RunningPayment } from '../../domain/customer/change-rules.ts';
import type { CustomerStatus } from '../../domain/customer/customer.ts';
import { allowedCustomerStatuses } from '../../domain/customer/status.ts';
import { decideEach, type Target } from '../../domain/decide-each.ts';
import { stateConflict } from '../../domain/errors.ts';
import type { OpenMandate } from '../../domain/mandate/mandate.ts';
import { type Findings, warning } from '../../domain/warnings.ts';
import { type KnownCustomer, lockCustomers, moveCustomers } from '../../store/customers/customers.ts';
import { findOpenMandates, lockOpenMandates } from '../../store/mandates/mandates.ts';
import { findRunningPayments } from '../../store/payments/running-payments.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { endMandates } from '../mandates/move-mandates.ts';

export interface SetCustomerStatus extends Selection {
  readonly status: CustomerStatus;
  readonly reason: string | null;
  /** Ends the debtors' authority as well, which disabling and archiving leave alive. */
  readonly cancelMandates: boolean;
}

/** Disables, archives, enables or restores customers. Nobody with running payments is disabled or archived. */
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
        await moveCustomers(caused, moved, status);
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
      const message = 'The customer is blacklisted: unblacklist it first.';
      errors.push(stateConflict(path, { ...base, code: 'BLACKLISTED', message, blockedBy: [] }));
    } else {
      const message = customer.erasedAt ? 'The customer is erased.' : `From ${customer.status} it cannot become ${to}.`;
      errors.push(stateConflict(path, { ...base, message, blockedBy: [] }));
    }
  }
  if (to !== 'ACTIVE' && running.length > 0) {
    const message = 'The customer has running payments: stop the related payments first.';
    errors.push(stateConflict(path, { ...base, message, blockedBy: nameIds(running.map(({ id }) => id)).ids }));
  }
}

function cancelled(mandates: readonly OpenMandate[]): Affected {
  const { ids, truncated } = nameIds(mandates.map(({ id }) => id));
  return { ...NOTHING_AFFECTED, mandateIds: ids, truncated };
}

/** What the documents warn of: the mandates are not cancelled, and the debtor's authority stays alive. */
function keepMandates(mandates: readonly OpenMandate[], findings: Findings): Affected {
  const { path, warnings } = findings;
  const { ids, truncated } = nameIds(mandates.map(({ id }) => id));
  if (ids.length === 0) return NOTHING_AFFECTED;
  const message = 'The mandates are not cancelled by this; cancel them, or say cancelMandates: true.';
  warnings.push(warning('MANDATES_NOT_CANCELLED', path, message, ids));
  return { ...NOTHING_AFFECTED, untouchedMandateIds: ids, truncated };
}
