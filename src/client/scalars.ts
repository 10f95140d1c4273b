/** TypeScript types of the API's scalars, for the option `scalars` of GraphQL Code Generator. */
export const scalars = {
  ID: 'string',
  Date: 'string',
  DateTime: 'string',
  Money: 'string',
  Rate: { input: 'string | number', output: 'string' },
  Digits: { input: 'string | number', output: 'string' },
  JSONObject: 'Record<string, unknown>',
} as const;
