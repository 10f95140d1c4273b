import type { BatchAnswer, KeyReused } from '../../services/batch/batch.ts';
import { requestError } from './request-error.ts';

/** Returns the answer of a mutation. Throws IDEMPOTENCY_KEY_REUSED when its key belongs to another call. */
export function acceptAnswer(answered: BatchAnswer | KeyReused): BatchAnswer {
  if (!('reusedKeyPaths' in answered)) return answered;
  throw requestError(
    'IDEMPOTENCY_KEY_REUSED',
    answered.reusedKeyPaths.length > 0
      ? 'This idempotency key was used with a different input; `paths` lists the differences. Use a new key.'
      : 'This idempotency key was used for another mutation. Use a new key.',
    answered.reusedKeyPaths,
  );
}

/**
 * Returns the answer of a mutation whose input is a single record. Throws BAD_REQUEST with the first error when the
 * record is invalid.
 */
export function acceptSound<Answer extends BatchAnswer>(answer: Answer): Answer {
  const errors = answer.results.flatMap((result) => result.errors);
  const [first] = errors;
  if (!first) return answer;
  throw requestError(
    'BAD_REQUEST',
    first.message,
    errors.map(({ path }) => path),
  );
}
