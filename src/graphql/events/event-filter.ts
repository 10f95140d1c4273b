import { parseAmount } from '../../domain/money.ts';
import type { EventConditions } from '../../store/events/event-conditions.ts';
import { requestError } from '../pipeline/request-error.ts';

/** Maximum number of values in one list of an event filter. */
export const VALUES_MAX = 1_000;

/** The filter of a subscription or of the query `events`, before validation. */
export interface EventFilter {
  readonly about?: readonly string[] | null | undefined;
  readonly types?: readonly string[] | null | undefined;
  readonly objectIds?: readonly string[] | null | undefined;
  readonly paymentIds?: readonly string[] | null | undefined;
  readonly customerIds?: readonly string[] | null | undefined;
  readonly mandateIds?: readonly string[] | null | undefined;
  readonly paymentMethodIds?: readonly string[] | null | undefined;
  readonly batchReference?: string | null | undefined;
  readonly from?: readonly string[] | null | undefined;
  readonly to?: readonly string[] | null | undefined;
  readonly amount?: { readonly gte?: unknown; readonly lte?: unknown } | null | undefined;
}

/**
 * Returns the event conditions of a filter. Throws BAD_REQUEST when a field is null, a list has more than VALUES_MAX
 * values or an amount is malformed.
 */
export function conditionsOf(filter: EventFilter): EventConditions {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  refuse('null is not a valid condition; omit the field.', given, (value) => value === null);
  refuse(
    `Pass at most ${VALUES_MAX} values in one list.`,
    given,
    (value) => Array.isArray(value) && value.length > VALUES_MAX,
  );
  const { about, objectIds, amount, ...others } = Object.fromEntries(given) as EventFilter;
  return {
    ...(others as EventConditions),
    aggregateTypes: about ?? undefined,
    aggregateIds: objectIds ?? undefined,
    amountCentsMin: cents(amount?.gte, 'gte'),
    amountCentsMax: cents(amount?.lte, 'lte'),
  };
}

function refuse(message: string, given: ReadonlyArray<[string, unknown]>, isWrong: (value: unknown) => boolean): void {
  const wrong = given.filter(([, value]) => isWrong(value)).map(([name]) => ['filter', name]);
  if (wrong.length > 0) throw requestError('BAD_REQUEST', message, wrong);
}

function cents(amount: unknown, end: string): number | undefined {
  if (amount === undefined) return undefined;
  const value = typeof amount === 'string' ? parseAmount(amount) : null;
  if (value === null)
    throw requestError('BAD_REQUEST', 'Pass the amount as a decimal string, for example "45.00".', [
      ['filter', 'amount', end],
    ]);
  return value;
}
