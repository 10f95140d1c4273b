import { CLIENT_KEY_LENGTH_MAX } from '../../domain/batch.ts';
import { builder } from '../builder.ts';

/** Builder of the fields of any input type. */
export type InputFieldBuilder = Parameters<NonNullable<Parameters<typeof builder.inputType>[1]['fields']>>[0];

interface RecordInput {
  readonly description: string;
  readonly fields: (t: InputFieldBuilder) => object;
}

/** Defines the input type of a record that the domain validates: its fields come from tables or are shared. */
export function recordInput<Shape extends object>(name: string, { description, fields }: RecordInput) {
  // Pothos compares the fields of a ref with its shape by name, and `fields` does not name them.
  return builder.inputRef<Shape>(name).implement({ description, fields: (t) => fields(t as never) as never });
}

/** Returns the field that names a record in its result. */
export function clientKeyField(t: InputFieldBuilder) {
  return t.string({
    description: `Your key for the record, returned with its result; at most ${CLIENT_KEY_LENGTH_MAX} characters.`,
  });
}

/** Returns the fields that name the object that a record changes, and the version of it that the caller has seen. */
export function targetFields(t: InputFieldBuilder, object: string, id = `Unique identifier of the ${object}.`) {
  return {
    id: t.id({ description: id, required: true }),
    expectedVersion: t.int({
      description: `Version of the ${object} you last read; VERSION_CONFLICT is returned if it has changed. No check if absent.`,
    }),
    clientKey: clientKeyField(t),
  };
}
