import type { SequencedEvent } from './sequenced-event.ts';

/** Conditions on the events of a merchant. An absent condition does not apply; an empty list matches nothing. */
export interface EventConditions {
  readonly aggregateTypes?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly aggregateIds?: readonly string[] | undefined;
  /** Matches only changes of status, of the object or of a part of it. */
  readonly isStatus?: true | undefined;
  readonly paymentIds?: readonly string[] | undefined;
  readonly customerIds?: readonly string[] | undefined;
  readonly mandateIds?: readonly string[] | undefined;
  readonly paymentMethodIds?: readonly string[] | undefined;
  readonly batchReference?: string | undefined;
  readonly from?: readonly string[] | undefined;
  readonly to?: readonly string[] | undefined;
  readonly amountCentsMin?: number | undefined;
  readonly amountCentsMax?: number | undefined;
}

/** A condition in two forms: as SQL for reading the log, and as a function for events in memory. */
interface Condition<Value> {
  readonly sql: (parameter: string) => string;
  /** The same for a list of one value, which leaves an index in the order of the log. */
  readonly sqlOfOne?: (parameter: string) => string;
  readonly holds: (value: Value) => (event: SequencedEvent) => boolean;
}

/** Returns the condition that a column has one of the given values. */
function oneOf(
  column: string,
  read: (event: SequencedEvent) => string | null,
  cast = '',
): Condition<readonly string[]> {
  return {
    sql: (parameter) => `${column} = ANY(${parameter}${cast})`,
    sqlOfOne: (parameter) => `${column} = ${parameter}`,
    holds: (values) => {
      const wanted = new Set<string | null>(values);
      return (event) => wanted.has(read(event));
    },
  };
}

const PART_TYPE = /\..*_updated$/;

/** The conditions in both forms; a test checks that the forms agree. */
const CONDITIONS: { readonly [Name in keyof EventConditions]-?: Condition<NonNullable<EventConditions[Name]>> } = {
  aggregateTypes: oneOf('aggregate_type', (event) => event.aggregateType, '::aggregate_type[]'),
  types: oneOf('type', (event) => event.type),
  aggregateIds: oneOf('aggregate_id', (event) => event.aggregateId),
  isStatus: {
    sql: (parameter) => `(from_status IS DISTINCT FROM to_status OR type LIKE '%.%\\_updated') = ${parameter}`,
    holds: () => (event) => event.fromStatus !== event.toStatus || PART_TYPE.test(event.type),
  },
  paymentIds: oneOf('payment_id', (event) => event.paymentId),
  customerIds: oneOf('customer_id', (event) => event.customerId),
  mandateIds: oneOf('mandate_id', (event) => event.mandateId),
  paymentMethodIds: oneOf('payment_method_id', (event) => event.paymentMethodId),
  batchReference: {
    sql: (parameter) => `batch_reference = ${parameter}`,
    holds: (reference) => (event) => event.batchReference === reference,
  },
  from: oneOf('from_status', (event) => event.fromStatus),
  to: oneOf('to_status', (event) => event.toStatus),
  amountCentsMin: {
    sql: (parameter) => `amount_cents >= ${parameter}`,
    holds: (least) => (event) => event.amountCents !== null && event.amountCents >= least,
  },
  amountCentsMax: {
    sql: (parameter) => `amount_cents <= ${parameter}`,
    holds: (most) => (event) => event.amountCents !== null && event.amountCents <= most,
  },
};

/** Returns the conditions as SQL, each preceded by AND. The parameters are appended to `values`. */
export function conditionsSql(conditions: EventConditions, values: unknown[]): string {
  const parts = given(conditions).map(([{ sql, sqlOfOne }, value]) => {
    const [only, ...rest] = Array.isArray(value) ? (value as unknown[]) : [];
    const isOne = sqlOfOne !== undefined && only !== undefined && rest.length === 0;
    values.push(isOne ? only : value);
    return `AND ${(isOne ? sqlOfOne : sql)(`$${values.length}`)}`;
  });
  return parts.join(' ');
}

/** Returns a function that checks the conditions on an event. */
export function matcherOf(conditions: EventConditions): (event: SequencedEvent) => boolean {
  const checks = given(conditions).map(([{ holds }, value]) => holds(value));
  return (event) => checks.every((check) => check(event));
}

function given(conditions: EventConditions): Array<[Condition<unknown>, unknown]> {
  return Object.entries(conditions).flatMap(([name, value]) =>
    value === undefined ? [] : [[CONDITIONS[name as keyof EventConditions] as Condition<unknown>, value]],
  );
}
