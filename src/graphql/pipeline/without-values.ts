/**
 * Longer messages quote a long value and are replaced as a whole: the patterns below can backtrack over each character
 * many times.
 */
export const LENGTH_MAX = 2_000;

/**
 * Returns a graphql-js message without the values it quotes. A value can be a personal number, and errors are stored in
 * places that must not hold personal numbers.
 */
export function withoutValues(message: string): string {
  if (message.length > LENGTH_MAX) return 'A value has the wrong type.';
  return message
    .replace(/ got invalid value [\s\S]*?(?=( at "[^"]*")?; )/, ' got an invalid value')
    .replace(/(cannot represent [^:]*): [\s\S]*$/, '$1.')
    .replace(/Value "[\s\S]*?" does not exist in "(\w+)" enum\.[\s\S]*$/, 'There is no such value in "$1" enum.')
    .replace(/, found [\s\S]*$/, '.')
    .replace(/(Unexpected \w+) "[\s\S]*$/, '$1.');
}
