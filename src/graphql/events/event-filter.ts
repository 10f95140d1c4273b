import { parseAmount } from '../../domain/money.ts';
import type { EventConditions } from '../../store/events/event-conditions.ts';
import { requestError } from '../pipeline/request-error.ts';

/** A filter names at most so many of a kind. */
export const VALUES_MAX = 1_000;

/** The filter of a subscription as it comes. */
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

/** The conditions of a filter. Throws BAD_REQUEST: null is no condition, and lists have an end. */
export function conditionsOf(filter: EventFilter): EventConditions {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  refuse('null is no condition; leave the field out.', given, (value) => value === null);
  refuse(`At most ${VALUES_MAX} values.`, given, (value) => Array.isArray(value) && value.length > VALUES_MAX);
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
    throw requestError('BAD_REQUEST', 'Not a decimal string, as "45.00".', [['filter', 'amount', end]]);
  return value;
}
