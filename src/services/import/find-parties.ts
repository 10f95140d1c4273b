import type { Unvalidated } from '../../domain/fields.ts';
import { externalNameOf, type KnownParties, type NamedParty } from '../../domain/import/named-parties.ts';
import { findByExternalId } from '../../store/external-ids.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** Returns the objects that imported records name by external ids, in at most one statement for each kind. */
export async function findParties(
  { tx, merchantId }: WriteContext,
  records: readonly Unvalidated[],
): Promise<KnownParties> {
  const find = (party: NamedParty) => {
    const names = records.flatMap((record) => externalNameOf(record, party) ?? []);
    return findByExternalId(tx, merchantId, party, [...new Set(names)]);
  };
  const [customer, bankAccount, mandate] = await Promise.all([find('customer'), find('bank_account'), find('mandate')]);
  return { customer, bank_account: bankAccount, mandate };
}
