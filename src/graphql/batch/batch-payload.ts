import type { RecordResult } from '../../domain/batch.ts';
import { lookUp } from '../../domain/invariants.ts';
import type { Entity, Row } from '../../store/reading/reader.ts';
import { builder } from '../builder.ts';
import { OutcomeRef } from '../enums/call.ts';
import { AffectedRef } from './affected.ts';
import { type CallPayload, callFields, type FieldBuilder } from './call-payload.ts';
import { UserErrorRef } from './user-error.ts';
import { WarningRef } from './warning.ts';

/** The type of object that a batch writes. */
export interface BatchObject {
  readonly name: string;
  /** The name of the result field that holds the object. */
  readonly field: string;
  readonly entity: Entity;
  readonly ref: Parameters<typeof builder.prismaObjectFields>[0];
  /** Further result fields for this type of object. */
  readonly resultFields?: (t: ResultFieldBuilder) => object;
}

/** The result of a batch mutation, with the rows of its objects as selected, by id. */
export interface BatchPayload extends CallPayload {
  readonly objects: ReadonlyMap<string, Row>;
}

/** One result and the row of its object. */
interface ResultRow {
  readonly result: RecordResult;
  readonly object: Row | null;
}
type ResultFieldBuilder = FieldBuilder<ResultRow>;

const resultRefs = new Map<string, ReturnType<typeof makeResult>>();

/** Returns the result type of an object, shared by all mutations that write it. */
function resultOf(object: BatchObject) {
  const known = resultRefs.get(object.name) ?? makeResult(object);
  resultRefs.set(object.name, known);
  return known;
}

function makeResult({ name, field, ref, resultFields }: BatchObject) {
  const objectType = ref as never; // the shape of a row depends on the selection, so it differs per document
  return builder.objectRef<ResultRow>(`${name}Result`).implement({
    description: 'Result of processing one record of a batch.',
    fields: (t) => ({
      index: t.int({
        description: 'Zero-based position of the record in the input.',
        resolve: ({ result: { index } }) => index,
      }),
      clientKey: t.string({
        nullable: true,
        description: 'The `clientKey` of the record; null when it had none.',
        resolve: ({ result: { clientKey } }) => clientKey,
      }),
      outcome: t.field({
        description: 'What happened to the record.',
        type: OutcomeRef,
        resolve: ({ result: { outcome } }) => outcome,
      }),
      errors: t.field({
        type: [UserErrorRef],
        description: 'Every reason why the record failed. Empty unless the outcome is FAILED or WOULD_FAIL.',
        resolve: ({ result: { errors } }) => [...errors],
      }),
      warnings: t.field({
        type: [WarningRef],
        description: 'Issues to review that did not prevent the change.',
        resolve: ({ result: { warnings } }) => [...warnings],
      }),
      affected: t.field({
        type: AffectedRef,
        nullable: true,
        description:
          'Other objects that the change affected, or would affect in a dry run; null when the operation cannot affect others.',
        resolve: ({ result: { affected } }) => affected,
      }),
      [field]: t.field({
        type: objectType,
        nullable: true,
        description: 'The object in its current state; null unless the outcome is CREATED, UPDATED or UNCHANGED.',
        resolve: ({ object }) => object as never,
      }),
      ...resultFields?.(t),
    }),
  });
}

/** Returns the payload type of a batch mutation. */
export function payloadOf(mutation: string, object: BatchObject) {
  return builder.objectRef<BatchPayload>(`${mutation}Payload`).implement({
    description: `Results of a batch of ${object.name} records: one result per record, in input order.`,
    fields: (t) => ({
      results: t.field({
        description: 'One result per record, in input order.',
        type: [resultOf(object)],
        resolve: ({ results, objects }) =>
          results.map((result) => ({ result, object: lookUp(objects, result.objectId) ?? null })),
      }),
      ...callFields(t),
    }),
  });
}
