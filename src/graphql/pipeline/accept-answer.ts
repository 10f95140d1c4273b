import type { BatchAnswer, KeyReused } from '../../services/batch/batch.ts';
import { requestError } from './request-error.ts';

/** The answer of a mutation, or the refusal of an idempotency key that belongs to another call. */
export function acceptAnswer(answered: BatchAnswer | KeyReused): BatchAnswer {
  if (!('reusedKeyPaths' in answered)) return answered;
  throw requestError(
    'IDEMPOTENCY_KEY_REUSED',
    answered.reusedKeyPaths.length > 0
      ? 'This key was used for another input; `paths` say where they differ.'
      : 'This key was used for another mutation.',
    answered.reusedKeyPaths,
  );
}

/** The answer of a call with one record that its input does not show, when it is sound; else its refusal. */
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
