import type { SequencedEvent } from './sequenced-event.ts';

/** Which events of a merchant a reader wants. An absent condition is no condition; an empty list matches nothing. */
export interface EventConditions {
  readonly aggregateTypes?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly aggregateIds?: readonly string[] | undefined;
  /** Whether only changes of status are wanted, of the object or of a part of it. */
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

/** A condition, as the database checks it when it reads the log, and as we do with events that are at hand. */
interface Condition<Value> {
  readonly sql: (parameter: string) => string;
  readonly holds: (value: Value) => (event: SequencedEvent) => boolean;
}

/** One of a list: of the values of a column. */
function oneOf(
  column: string,
  read: (event: SequencedEvent) => string | null,
  cast = '',
): Condition<readonly string[]> {
  return {
    sql: (parameter) => `${column} = ANY(${parameter}${cast})`,
    holds: (values) => {
      const wanted = new Set<string | null>(values);
      return (event) => wanted.has(read(event));
    },
  };
}

const PART_TYPE = /\..*_updated$/;

/** Each condition twice, side by side: a test holds them to the same answer. */
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

/** The conditions as SQL: `values` are appended to, and hold the parameters. */
export function conditionsSql(conditions: EventConditions, values: unknown[]): string {
  const parts = given(conditions).map(([{ sql }, value]) => {
    values.push(value);
    return `AND ${sql(`$${values.length}`)}`;
  });
  return parts.join(' ');
}

/** The conditions as a function. */
export function matcherOf(conditions: EventConditions): (event: SequencedEvent) => boolean {
  const checks = given(conditions).map(([{ holds }, value]) => holds(value));
  return (event) => checks.every((check) => check(event));
}

function given(conditions: EventConditions): Array<[Condition<unknown>, unknown]> {
  return Object.entries(conditions).flatMap(([name, value]) =>
    value === undefined ? [] : [[CONDITIONS[name as keyof EventConditions] as Condition<unknown>, value]],
  );
}
