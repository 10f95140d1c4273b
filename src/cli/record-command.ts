import type { BatchAnswer, KeyReused } from '../services/batch/batch.ts';
import { CommandError } from './command.ts';

/** Batch options with which a command submits its one record. */
export const ONE_RECORD = { mode: 'ATOMIC', dryRun: false, idempotencyKey: null } as const;

/**
 * The id of the object of a batch of one record. Throws a CommandError with every reason when the record was refused.
 */
export function soleResult(answer: BatchAnswer | KeyReused): string {
  if (!('results' in answer)) throw new CommandError('the idempotency key was already used with another input');
  const errors = answer.results.flatMap((result) => result.errors);
  if (errors.length > 0) {
    throw new CommandError(errors.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`).join('\n'));
  }
  const [result] = answer.results;
  if (!result?.objectId) throw new Error('a valid record has no object');
  return result.objectId;
}

/** Parses a JSON object from the command line. Throws a CommandError when it is anything else. */
export function readJsonObject(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Text that is not JSON gets the same error as JSON that is not an object.
  }
  throw new CommandError(`not a JSON object: ${json}; enclose the object in single quotes for the shell`);
}
