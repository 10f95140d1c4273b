import { type LifecycleType, lifecycleOf } from '../../domain/lifecycle.ts';

/**
 * Returns the values of a status enum: each meaning, followed by the initial and next statuses from the lifecycle
 * table.
 */
export function statuses<Status extends string>(
  type: LifecycleType,
  meanings: Record<Status, string>,
): Record<Status, { description: string }> {
  const { states, transitions } = lifecycleOf(type);
  const told = states.map(({ name, isFirst }) => {
    const next = states.filter(
      ({ name: to }) => to !== name && transitions.some((row) => row.from === name && row.to === to),
    );
    const after =
      next.length > 0 ? `Possible next statuses: ${next.map(({ name: to }) => to).join(', ')}.` : 'Final status.';
    return [name, `${meanings[name as Status]} ${isFirst ? 'Possible initial status. ' : ''}${after}`] as const;
  });
  return describe(Object.fromEntries(told) as Record<Status, string>);
}

/** Returns the values of an enum with their descriptions, in the order given. */
export function describe<Value extends string>(
  descriptions: Record<Value, string>,
): Record<Value, { description: string }> {
  return Object.fromEntries(
    Object.entries<string>(descriptions).map(([value, description]) => [value, { description }]),
  ) as Record<Value, { description: string }>;
}

/** Returns the descriptions of a table whose rows have further columns. */
export function descriptionsOf<Name extends string>(
  table: Readonly<Record<Name, { readonly description: string }>>,
): Record<Name, string> {
  return Object.fromEntries(
    Object.entries<{ readonly description: string }>(table).map(([name, { description }]) => [name, description]),
  ) as Record<Name, string>;
}

/** Returns deprecated enum values, each pointing to its current name. */
export function renamed<Name extends string>(
  names: Readonly<Record<Name, string>>,
): Record<Name, { description: string; deprecationReason: string }> {
  return Object.fromEntries(
    Object.entries<string>(names).map(([name, now]) => [
      name,
      { description: `Former name of ${now}.`, deprecationReason: `Use ${now}. Removed on 2027-06-01 or later.` },
    ]),
  ) as Record<Name, { description: string; deprecationReason: string }>;
}
