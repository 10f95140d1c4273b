import type { BatchAnswer, KeyReused } from '../services/batch/batch.ts';
import { CommandError } from './command.ts';

/** How a command runs a batch of one record. */
export const ONE_RECORD = { mode: 'ATOMIC', dryRun: false, idempotencyKey: null } as const;

/** The id of the object of a batch of one record; a record that was refused is a command error with every reason. */
export function soleResult(answer: BatchAnswer | KeyReused): string {
  if (!('results' in answer)) throw new CommandError('the idempotency key was used');
  const errors = answer.results.flatMap((result) => result.errors);
  if (errors.length > 0) {
    throw new CommandError(errors.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`).join('\n'));
  }
  const [result] = answer.results;
  if (!result?.objectId) throw new Error('a sound record has no object');
  return result.objectId;
}

/** A JSON object as it was typed. */
export function readJsonObject(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Text that is not JSON gets the same error as JSON that is not an object.
  }
  throw new CommandError(`not a JSON object: ${json}`);
}
