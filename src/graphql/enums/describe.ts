import { type LifecycleType, lifecycleOf } from '../../domain/lifecycle.ts';

/** A status enum: what each status means, and from the table by which objects move whether one may begin in it and what may come next. */
export function statuses<Status extends string>(
  type: LifecycleType,
  meanings: Record<Status, string>,
): Record<Status, { description: string }> {
  const { states, transitions } = lifecycleOf(type);
  const told = states.map(({ name, isFirst }) => {
    const next = states.filter(
      ({ name: to }) => to !== name && transitions.some((row) => row.from === name && row.to === to),
    );
    const after = next.length > 0 ? `Next: ${next.map(({ name: to }) => to).join(', ')}.` : 'Final.';
    return [name, `${meanings[name as Status]} ${isFirst ? 'Can be the first status. ' : ''}${after}`] as const;
  });
  return describe(Object.fromEntries(told) as Record<Status, string>);
}

/** An enum of the domain with a description for each value, in the order of the domain. */
export function describe<Value extends string>(
  descriptions: Record<Value, string>,
): Record<Value, { description: string }> {
  return Object.fromEntries(
    Object.entries<string>(descriptions).map(([value, description]) => [value, { description }]),
  ) as Record<Value, { description: string }>;
}

/** An enum whose values have titles of their own. */
export function titles<Name extends string>(
  table: Record<Name, { title: string }>,
): Record<Name, { description: string }> {
  return describe(
    Object.fromEntries(Object.entries<{ title: string }>(table).map(([name, { title }]) => [name, title])) as Record<
      Name,
      string
    >,
  );
}

/** The descriptions of a table that says more of each value. */
export function descriptionsOf<Name extends string>(
  table: Readonly<Record<Name, { readonly description: string }>>,
): Record<Name, string> {
  return Object.fromEntries(
    Object.entries<{ readonly description: string }>(table).map(([name, { description }]) => [name, description]),
  ) as Record<Name, string>;
}

/** Values that have another name now. */
export function renamed<Name extends string>(
  names: Readonly<Record<Name, string>>,
): Record<Name, { description: string; deprecationReason: string }> {
  return Object.fromEntries(
    Object.entries<string>(names).map(([name, now]) => [
      name,
      { description: `As ${now}.`, deprecationReason: `It is ${now} now.` },
    ]),
  ) as Record<Name, { description: string; deprecationReason: string }>;
}
