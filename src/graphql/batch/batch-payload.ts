import type { RecordResult } from '../../domain/batch.ts';
import type { Entity, Row } from '../../store/reading/rows.ts';
import { builder } from '../builder.ts';
import { OutcomeRef } from '../enums/call.ts';
import { AffectedRef } from './affected.ts';
import { type CallPayload, callFields, type FieldBuilder } from './call-payload.ts';
import { UserErrorRef } from './user-error.ts';
import { WarningRef } from './warning.ts';

/** The kind of object that a batch is about. */
export interface BatchObject {
  readonly name: string;
  /** The field of a result that has the object. */
  readonly field: string;
  readonly entity: Entity;
  readonly ref: Parameters<typeof builder.prismaObjectFields>[0];
  /** What results have besides, for this kind of object. */
  readonly resultFields?: (t: ResultFieldBuilder) => object;
}

/** What a batch mutation answers, with the objects it wrote as the selection asked for them. */
export interface BatchPayload extends CallPayload {
  readonly objects: ReadonlyMap<string, Row>;
}

/** One result, and the row it is about. */
interface ResultRow {
  readonly result: RecordResult;
  readonly object: Row | null;
}
type ResultFieldBuilder = FieldBuilder<ResultRow>;

const resultRefs = new Map<string, ReturnType<typeof makeResult>>();

/** The result type of an object, made once for all mutations over it. */
function resultOf(object: BatchObject) {
  const known = resultRefs.get(object.name) ?? makeResult(object);
  resultRefs.set(object.name, known);
  return known;
}

function makeResult({ name, field, ref, resultFields }: BatchObject) {
  const objectType = ref as never; // rows in the shape of the selection, known to Pothos per document
  return builder.objectRef<ResultRow>(`${name}Result`).implement({
    description: 'What came of one record.',
    fields: (t) => ({
      index: t.int({ description: 'The place of the record in the input.', resolve: ({ result: { index } }) => index }),
      clientKey: t.string({
        nullable: true,
        description: 'As the record had it.',
        resolve: ({ result: { clientKey } }) => clientKey,
      }),
      outcome: t.field({
        description: 'What came of it.',
        type: OutcomeRef,
        resolve: ({ result: { outcome } }) => outcome,
      }),
      errors: t.field({
        type: [UserErrorRef],
        description: 'Every reason, empty unless it failed.',
        resolve: ({ result: { errors } }) => [...errors],
      }),
      warnings: t.field({
        type: [WarningRef],
        description: 'What is worth a look, though it was done.',
        resolve: ({ result: { warnings } }) => [...warnings],
      }),
      affected: t.field({
        type: AffectedRef,
        nullable: true,
        description: 'Which other objects the change reached, or would; null where it can reach none.',
        resolve: ({ result: { affected } }) => affected,
      }),
      [field]: t.field({
        type: objectType,
        nullable: true,
        description: 'The object as it is now; null unless it was CREATED, UPDATED or UNCHANGED.',
        resolve: ({ object }) => object as never,
      }),
      ...resultFields?.(t),
    }),
  });
}

/** The payload type of a batch mutation over an object. */
export function payloadOf(mutation: string, object: BatchObject) {
  return builder.objectRef<BatchPayload>(`${mutation}Payload`).implement({
    description: 'One result per record, in input order.',
    fields: (t) => ({
      results: t.field({
        description: 'One for each record, in input order.',
        type: [resultOf(object)],
        resolve: ({ results, objects }) =>
          results.map((result) => ({ result, object: objects.get(result.objectId ?? '') ?? null })),
      }),
      ...callFields(t),
    }),
  });
}
