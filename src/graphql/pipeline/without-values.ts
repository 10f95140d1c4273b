/** A longer message quotes a long value: it is not looked at, for the patterns below may look at each character many times. */
export const LENGTH_MAX = 2_000;

/**
 * What graphql-js says of a document or its variables, without the values it quotes: one may be a person's number, and an
 * error is kept where such numbers may not be.
 */
export function withoutValues(message: string): string {
  if (message.length > LENGTH_MAX) return 'A value of the wrong type.';
  return message
    .replace(/ got invalid value [\s\S]*?(?=( at "[^"]*")?; )/, ' got an invalid value')
    .replace(/(cannot represent [^:]*): [\s\S]*$/, '$1.')
    .replace(/Value "[\s\S]*?" does not exist in "(\w+)" enum\.[\s\S]*$/, 'There is no such value in "$1" enum.')
    .replace(/, found [\s\S]*$/, '.')
    .replace(/(Unexpected \w+) "[\s\S]*$/, '$1.');
}
