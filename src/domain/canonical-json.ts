/**
 * Returns JSON with sorted keys and without undefined values, so that equal values give equal texts. An infinite number
 * becomes an object with its name, because JSON would write null.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return `{"number":"${value}"}`;
  if (value === null || typeof value !== 'object' || value instanceof Date) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(fields).filter((name) => fields[name] !== undefined);
  const sorted = names.some((name) => indexOf(name) !== null) ? names.sort(byIndexThenText) : names.sort();
  return `{${sorted.map((name) => `${JSON.stringify(name)}:${canonicalJson(fields[name])}`).join(',')}}`;
}

/** Names that are indexes come first, by number, as in objects of JavaScript; stored fingerprints have them so. */
function byIndexThenText(one: string, other: string): number {
  const [first, second] = [indexOf(one), indexOf(other)];
  if (first !== null && second !== null) return first - second;
  if (first !== null || second !== null) return first === null ? 1 : -1;
  return one < other ? -1 : 1;
}

const INDEX_MAX = 2 ** 32 - 2;

function indexOf(name: string): number | null {
  return /^(0|[1-9]\d{0,9})$/.test(name) && Number(name) <= INDEX_MAX ? Number(name) : null;
}
