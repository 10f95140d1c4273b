/**
 * Returns JSON with sorted keys and without undefined values, so that equal values give equal texts. An infinite number
 * becomes an object with its name, because JSON would write null.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'number' && !Number.isFinite(item)
      ? { number: String(item) }
      : item !== null && typeof item === 'object' && !Array.isArray(item)
        ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
        : item,
  );
}
