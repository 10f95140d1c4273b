import type { Reader } from '../reading/reader.ts';
import type { Query } from '../reading/selection.ts';

// Pothos types the row by the selection, which only the document knows.

/** Returns the merchant of a reader with the columns and relations that the query selects. Throws when there is none. */
export async function findMerchant(reader: Reader, query: Query): Promise<never> {
  const merchant = await reader.find('merchant', query, {});
  if (!merchant) throw new Error('the merchant of the caller is absent');
  return merchant as never;
}

/** Returns the lookups of a type, by title; only those with one of `values` unless it is null. Lookups belong to no merchant. */
export function listLookups(
  reader: Reader,
  query: Query,
  type: string,
  values: readonly string[] | null,
): Promise<never[]> {
  const where = { type, ...(values === null ? {} : { enum: { in: values } }) };
  return reader.list('lookup', query, { where, orderBy: [{ title: 'asc' }, { id: 'asc' }], take: null }) as Promise<
    never[]
  >;
}
