/** Returns the value of a key, or undefined if there is none or the key itself is absent. */
export function lookUp<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key | null | undefined): Value | undefined {
  return key === null || key === undefined ? undefined : map.get(key);
}

/** Returns a value that is present by construction. Throws if it is absent, and names it. */
export function present<Value>(value: Value, name: string): NonNullable<Value> {
  if (value === undefined || value === null) throw new Error(`${name} is absent`);
  return value;
}

/** Returns the item at an index, which exists by construction. Throws if it is absent. */
export function itemAt<Item>(items: readonly Item[], index: number): NonNullable<Item> {
  return present(items[index], `item ${index} of ${items.length}`);
}
