/**
 * Whether a decimal, as JSON writes numbers, is the very value that a double has for it: 0.1 is, 12345678901234567890 and
 * 0.1234567890123456789 are not.
 */
export function isExactDecimal(text: string): boolean {
  if (text.length > LENGTH_MAX) return false;
  const value = Number(text);
  return Number.isFinite(value) && canonical(text) === canonical(String(value));
}

/** No double is written with so many characters; what is longer is not looked at. */
export const LENGTH_MAX = 400;

/** Sign, significant digits and exponent: "1.50" and "15e-1" are one. */
function canonical(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
