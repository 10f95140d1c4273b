import { EXTERNAL_ID_LENGTH_MAX } from '../domain/external-id.ts';
import type { InputFieldBuilder } from './batch/record-input.ts';

/** Description of the external id of an object. */
export const EXTERNAL_ID = `Id of the object in your other system, unique among the objects of its type, at most ${EXTERNAL_ID_LENGTH_MAX} characters; null if none was given.`;

/** Returns the input field for the external id of a new object. */
export function externalIdField(t: InputFieldBuilder, required = '') {
  return t.string({
    description: `${required}Id of the object in your other system, unique among the objects of its type, at most ${EXTERNAL_ID_LENGTH_MAX} characters. It cannot be changed.`,
  });
}
