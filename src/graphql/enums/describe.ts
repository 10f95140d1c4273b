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
