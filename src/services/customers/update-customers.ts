import { type BatchItem, NAMED_IDS_MAX } from '../../domain/batch.ts';
import {
  affectedByChange,
  changedFields,
  checkBlacklistedIdentity,
  checkMandatesNeeds,
  checkMutable,
} from '../../domain/customer/change-rules.ts';
import type { CustomerProfile } from '../../domain/customer/customer.ts';
import { changeCustomer } from '../../domain/customer/parse.ts';
import type { CustomerRecord } from '../../domain/customer/record.ts';
import { checkSameValues, emailKey } from '../../domain/customer/uniqueness.ts';
import { civilDateOf } from '../../domain/dates.ts';
import { decideEach, type Target } from '../../domain/decide-each.ts';
import { Findings } from '../../domain/findings.ts';
import { findTaken, type Taken } from '../../domain/uniqueness.ts';
import { unverifyBankAccountsOf } from '../../store/bank-accounts/bank-accounts.ts';
import { findCustomersWithSameValues, findTakenReferences } from '../../store/customers/customer-context.ts';
import { type KnownCustomer, lockCustomers, updateCustomerProfiles } from '../../store/customers/customers.ts';
import { findOpenMandates } from '../../store/mandates/mandates.ts';
import { lockEmails } from '../../store/merchants/merchants.ts';
import { findMerchantSettings } from '../../store/merchants/settings.ts';
import { findRunningPayments } from '../../store/payments/running-payments.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';

/** A record of `updateCustomers`. */
export type UpdateCustomerRecord = CustomerRecord & Target;
/** Input of `updateCustomers`. */
export interface UpdateCustomers extends BatchOptions {
  readonly records: readonly UpdateCustomerRecord[];
}

interface Update {
  readonly customer: KnownCustomer;
  readonly profile: CustomerProfile;
  /** Whether a field that account verification (AVS) uses has changed. */
  readonly isAnother: boolean;
}

/** Fields that account verification (AVS) compares; a change of one voids earlier verifications. */
const VERIFIED = new Set(['companyName', 'personName', 'personSurname', 'idType', 'idNumber']);

/**
 * Updates customers: absent fields keep their values, null clears them. Atomicity follows `mode`; one result per
 * record, in input order. Warns of possible duplicates, unusual numbers and mandates that keep the old data
 * (MANDATES_NOT_UPDATED).
 */
export function updateCustomers(app: App, caller: Caller, input: UpdateCustomers): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'updateCustomers', field: 'records', args: {}, ...input } as const;
  return runBatch<UpdateCustomerRecord, Update>(app, caller, request, async (context, items) => {
    const loaded = await findAround(app, context, items);
    const decisions = decideEach(items, loaded.customers, 'customer', (customer, record, findings) => {
      checkMutable(customer, record, findings);
      const read = loaded.changes.get(record);
      findings.errors.push(...(read?.findings.errors ?? []));
      findings.warnings.push(...(read?.findings.warnings ?? []));
      const profile = read?.profile;
      if (!profile) return null;
      const changed = changedFields(customer.profile, profile);
      const open = loaded.mandates.get(customer.id) ?? [];
      checkMandatesNeeds(customer.profile, profile, open, customer.status, findings);
      findings.errors.push(...(loaded.taken.get(record) ?? []));
      checkBlacklistedIdentity(customer, changed, findings);
      const { emailUnique } = loaded.settings;
      checkSameValues(profile, changed, customer.id, loaded.sameValues, emailUnique, findings);
      const payments = loaded.payments.get(customer.id) ?? [];
      const affected = affectedByChange(changed, payments, open, findings);
      const isAnother = changed.some((name) => VERIFIED.has(name));
      return {
        plan: { customer, profile, isAnother },
        outcome: changed.length > 0 ? 'UPDATED' : 'UNCHANGED',
        affected,
      };
    });
    return {
      decisions,
      write: async (updates) => {
        updateCustomerProfiles(context, app.secrets, updates);
        const others = updates.filter(({ isAnother }) => isAnother).map(({ customer }) => customer.id);
        await unverifyBankAccountsOf(context, others);
        return updates.map(({ customer }) => customer.id);
      },
    };
  });
}

/** Locks the customers and reads what their changes depend on, in a fixed number of statements. */
async function findAround(
  app: App,
  { tx, merchantId, occurredAt }: WriteContext,
  items: ReadonlyArray<BatchItem<UpdateCustomerRecord>>,
) {
  const settings = await findMerchantSettings(tx, merchantId);
  const ids = items.map(({ record }) => record.id);
  const customers = await lockCustomers(tx, app.secrets, merchantId, ids);
  const found = [...customers.keys()];
  const mandates = await findOpenMandates(tx, merchantId, 'customer_id', found, NAMED_IDS_MAX + 1);
  const payments = await findRunningPayments(tx, merchantId, 'customer_id', found, NAMED_IDS_MAX + 1);
  const today = civilDateOf(occurredAt);
  const changes = items.map(({ record, path }) => {
    const findings = new Findings(path);
    const customer = customers.get(record.id);
    const profile = customer && changeCustomer(customer.profile, record, today, findings);
    return { record, path, customer, findings, profile: profile ?? null };
  });
  const profiles = changes.flatMap(({ profile }) => profile ?? []);
  // Uniqueness is checked against the values as they will be stored.
  if (settings.emailUnique) lockEmails(tx, merchantId);
  const sameValues = await findCustomersWithSameValues(tx, app.secrets, merchantId, profiles);
  const references = profiles.map(({ reference }) => reference);
  const takenReferences = await findTakenReferences(tx, merchantId, references);

  const unique = (name: 'reference' | 'email', keyOf: (text: string) => string, by: Taken) =>
    findTaken(
      changes.map(({ path, customer, profile }) => {
        const isChanged = profile !== null && profile[name] !== customer?.profile[name];
        return { value: isChanged ? keyOf(profile[name]) : null, path: [...path, name], ownId: customer?.id ?? null };
      }),
      by,
    );
  const byReference = unique('reference', String, takenReferences);
  const byEmail = settings.emailUnique ? unique('email', emailKey, new Map()) : [];
  const taken = new Map(
    items.map(({ record }, index) => [record, [...(byReference[index] ?? []), ...(byEmail[index] ?? [])]]),
  );
  const read = new Map(changes.map(({ record, ...found }) => [record, found]));
  return { settings, customers, mandates, payments, sameValues, taken, changes: read };
}
