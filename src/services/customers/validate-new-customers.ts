import type { NewCustomer } from '../../domain/customer/customer.ts';
import { parseCustomer } from '../../domain/customer/parse.ts';
import type { CustomerRecord } from '../../domain/customer/record.ts';
import { checkSameValues, emailKey } from '../../domain/customer/uniqueness.ts';
import { civilDateOf } from '../../domain/dates.ts';
import { externalIdOf } from '../../domain/external-id.ts';
import type { Findings } from '../../domain/findings.ts';
import { findTaken, type Taken } from '../../domain/uniqueness.ts';
import { findCustomersWithSameValues, findTakenReferences } from '../../store/customers/customer-context.ts';
import { findByExternalId } from '../../store/external-ids.ts';
import { lockEmails } from '../../store/merchants/merchants.ts';
import type { MerchantSettings } from '../../store/merchants/settings.ts';
import type { Secrets } from '../../store/secrets.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** A customer to create and its findings. */
export interface CustomerToValidate {
  readonly record: CustomerRecord;
  /** Findings at the input path of the customer. */
  readonly findings: Findings;
}

/**
 * Validates customers to create, by themselves and against existing customers, in a fixed number of statements. Returns
 * each customer in input order, or null with errors in its findings.
 */
export async function validateNewCustomers(
  { tx, merchantId, occurredAt }: WriteContext,
  secrets: Secrets,
  settings: MerchantSettings,
  items: readonly CustomerToValidate[],
): Promise<Array<NewCustomer | null>> {
  if (items.length === 0) return [];
  if (settings.emailUnique) lockEmails(tx, merchantId);
  const today = civilDateOf(occurredAt);
  const parsed = items.map(({ record, findings }) => parseCustomer(record, today, findings));

  const references = items.map(({ record }) => {
    const reference = record['reference'] ?? null;
    return reference === null ? null : String(reference).trim();
  });
  const takenReferences = await findTakenReferences(
    tx,
    merchantId,
    references.flatMap((reference) => reference ?? []),
  );
  add(items, 'reference', references, takenReferences);
  const externalIds = items.map(({ record }) => externalIdOf(record));
  const takenIds = await findByExternalId(
    tx,
    merchantId,
    'customer',
    externalIds.flatMap((id) => id ?? []),
  );
  add(items, 'externalId', externalIds, takenIds);
  if (settings.emailUnique) {
    const emails = parsed.map((customer) => customer && emailKey(customer.email));
    add(items, 'email', emails, new Map());
  }

  const sameValues = await findCustomersWithSameValues(
    tx,
    secrets,
    merchantId,
    parsed.flatMap((customer) => customer ?? []),
  );
  parsed.forEach((customer, index) => {
    const item = items[index];
    if (customer && item) checkSameValues(customer, WHOLE, null, sameValues, settings.emailUnique, item.findings);
  });
  return parsed.map((customer, index) => (items[index]?.findings.errors.length === 0 ? customer : null));
}

/** The fields of a new customer that are compared with other customers. */
const WHOLE = ['email', 'idNumber'] as const;

function add(
  items: readonly CustomerToValidate[],
  name: string,
  values: ReadonlyArray<string | null>,
  taken: Taken,
): void {
  const unique = values.map((value, index) => ({ value, path: [...(items[index]?.findings.path ?? []), name] }));
  findTaken(unique, taken).forEach((errors, index) => {
    items[index]?.findings.errors.push(...errors);
  });
}
