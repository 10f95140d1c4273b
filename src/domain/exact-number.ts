/**
 * Returns whether a JSON number keeps all its digits when it is read as a double: 0.1 does, 12345678901234567890 and
 * 0.1234567890123456789 do not.
 */
export function isExactDecimal(text: string): boolean {
  if (text.length > LENGTH_MAX) return false;
  const value = Number(text);
  return Number.isFinite(value) && canonical(text) === canonical(String(value));
}

/**
 * Maximum length of a number that is checked; the text of a double is always shorter. Longer numbers count as not
 * exact.
 */
export const LENGTH_MAX = 400;

/** Returns sign, significant digits and exponent, so that "1.50" and "15e-1" are equal. */
function canonical(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
