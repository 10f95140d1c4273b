import SchemaBuilder from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import type { Scope } from '../services/app.ts';
import type PrismaTypes from '../store/generated/pothos.ts';
import { getDatamodel } from '../store/generated/pothos.ts';
import type { Context } from './context.ts';

/** The builder of the schema. It has no types of its own: each entity's file adds them. */
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
    client: (context) => context.prisma,
    dmmf: getDatamodel(),
    onUnusedQuery: null,
  },
});

/** Marks a field with what a key must be allowed to do to select it. Checked once per document, before anything runs. */
export function scoped(scope: Scope): { extensions: { scope: Scope } } {
  return { extensions: { scope } };
}

builder.queryType({ description: "What a caller can read. Everything is the caller's own merchant's." });
builder.mutationType({
  description: 'What a caller can do. Every batch answers one result per record, in input order.',
});
builder.subscriptionType({
  description: 'What a caller can be told as it happens, from any point of the last events.',
});
