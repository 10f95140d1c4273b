import { type Affected, NAMED_IDS_MAX, nameIds } from '../../domain/batch.ts';
import { NOTHING_AFFECTED } from '../../domain/customer/change-rules.ts';
import { civilDateOf, dayOfMonthAfter } from '../../domain/dates.ts';
import { decideEach, type Target } from '../../domain/decide-each.ts';
import { stateConflict } from '../../domain/errors.ts';
import { insertAuditEntries } from '../../store/audit.ts';
import { anonymiseBankAccounts } from '../../store/bank-accounts/bank-accounts.ts';
import { anonymiseCards } from '../../store/cards.ts';
import { anonymiseCustomers, type KnownCustomer, lockCustomers } from '../../store/customers/customers.ts';
import { eraseReasons } from '../../store/events/events.ts';
import { eraseDebtorSnapshots } from '../../store/mandates/debtor-snapshots.ts';
import { findOpenMandates, lockOpenMandates } from '../../store/mandates/mandates.ts';
import { findLedgerHolds } from '../../store/transactions/ledger-holds.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { endMandates } from '../mandates/move-mandates.ts';

/** Years for which the identity behind a transaction is retained; `force` overrides it. */
export const RETENTION_YEARS = 5;

/** Input of `eraseCustomers`. */
export interface EraseCustomers extends Selection {
  readonly reason: string | null;
  /** Whether to erase despite transactions younger than `RETENTION_YEARS`. */
  readonly force: boolean;
}

/**
 * Erases archived customers irreversibly (POPIA): anonymises names, numbers, addresses, accounts and cards, cancels
 * open mandates and keeps the ledger. Refused while a transaction may still be paid or is disputed. Writes an audit
 * entry each. Atomicity follows `mode`; one result per record, in input order. No warnings.
 */
export function eraseCustomers(
  app: App,
  caller: Caller,
  { reason, force, ...input }: EraseCustomers,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'eraseCustomers', args: { reason, force }, ...input };
  return runBatch<Target, KnownCustomer>(app, caller, request, async (context, items) => {
    const { tx, merchantId } = context;
    const ids = items.map(({ record }) => record.id);
    const today = civilDateOf(context.occurredAt);
    const since = dayOfMonthAfter(today, -12 * RETENTION_YEARS, Number(today.slice(8)));
    const customers = await lockCustomers(tx, app.secrets, merchantId, ids);
    const holds = await findLedgerHolds(tx, merchantId, ids, since, NAMED_IDS_MAX);
    const mandates = await findOpenMandates(tx, merchantId, 'customer_id', ids, NAMED_IDS_MAX + 1);
    const decisions = decideEach(items, customers, 'customer', (customer, _record, { path, errors }) => {
      const base = { currentStatus: customer.status, allowedTransitions: [] };
      if (customer.erasedAt !== null) return { plan: customer, outcome: 'UNCHANGED', affected: NOTHING_AFFECTED };
      if (customer.status !== 'ARCHIVED') {
        const message = 'Only an archived customer can be erased. Archive the customer first.';
        errors.push(stateConflict(path, { ...base, message, allowedTransitions: ['ARCHIVED'], blockedBy: [] }));
      }
      const held = holds.get(customer.id) ?? { open: [], young: [] };
      if (held.open.length > 0) {
        const message = 'Transactions of the customer may still be paid or are disputed. Wait until they are final.';
        errors.push(stateConflict(path, { ...base, message, blockedBy: held.open }));
      } else if (held.young.length > 0 && !force) {
        const message = `Transactions are younger than ${RETENTION_YEARS} years. Pass force: true to erase anyway.`;
        errors.push(stateConflict(path, { ...base, message, blockedBy: held.young }));
      }
      const open = nameIds((mandates.get(customer.id) ?? []).map(({ id }) => id));
      const affected: Affected = { ...NOTHING_AFFECTED, mandateIds: open.ids, truncated: open.truncated };
      return { plan: customer, outcome: 'UPDATED', affected };
    });
    return {
      decisions,
      write: async (plans) => {
        const caused = { ...context, cause: { ...context.cause, reason } };
        const planned = plans.map(({ id }) => id);
        await anonymiseCustomers(caused, app.secrets, plans);
        await anonymiseBankAccounts(caused, planned);
        await anonymiseCards(caused, planned);
        await endMandates(caused, await lockOpenMandates(tx, merchantId, planned));
        eraseDebtorSnapshots(tx, merchantId, planned);
        eraseReasons(tx, merchantId, planned);
        const entries = planned.map(
          (objectId) => ({ action: 'CUSTOMER_ERASED', objectId, field: 'customer' }) as const,
        );
        insertAuditEntries(tx, merchantId, caller, entries);
        return planned;
      },
    };
  });
}
