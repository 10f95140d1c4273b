import SchemaBuilder from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import type { Scope } from '../services/app.ts';
import type PrismaTypes from '../store/generated/pothos.ts';
import { getDatamodel } from '../store/generated/pothos.ts';
import type { Context } from './context.ts';

/** The Pothos builder of the schema. The file of each entity adds its types. */
export const builder = new SchemaBuilder<{
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    Money: { Input: string | number; Output: bigint | number };
    Rate: { Input: string | number; Output: number };
    Date: { Input: string | number; Output: Date | string };
    DateTime: { Input: string | number; Output: Date };
    JSONObject: { Input: unknown; Output: object };
    Digits: { Input: string | number; Output: string };
  };
}>({
  plugins: [PrismaPlugin],
  defaultFieldNullability: false,
  prisma: {
    client: (context) => context.pothosClient as never, // it has only what Pothos calls at run time
    dmmf: getDatamodel(),
    onUnusedQuery: null,
  },
});

/**
 * Returns field options with the scope that a key needs to select the field, and with other extensions. Scopes are
 * checked once per document, before it runs.
 */
export function scoped<More extends object>(scope: Scope, more?: More): { extensions: { scope: Scope } & More } {
  return { extensions: { scope, ...(more as More) } };
}

builder.queryType({ description: 'Root of all queries. A caller sees only data of its own merchant.' });
builder.mutationType({
  description: 'Root of all mutations. Every batch returns one result per record, in input order.',
});
builder.subscriptionType({
  description: 'Root of all subscriptions. A stream can resume from the cursor of any retained event.',
});
