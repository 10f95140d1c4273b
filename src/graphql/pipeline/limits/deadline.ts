import { type ExecutionArgs, type ExecutionResult, getOperationAST, Kind } from 'graphql';
import { addFields } from '../../selected-fields.ts';
import { requestError } from '../request-error.ts';

/** Fields without a deadline: they report their own progress. */
const UNHURRIED: ReadonlySet<string> = new Set(['advanceClock']);

/**
 * Throws TIMEOUT when an execution exceeds the deadline. The execution itself is not cancelled: statements end by their
 * own timeouts, and repeating a mutation with its idempotency key returns its result.
 */
export async function withDeadline(
  args: ExecutionArgs,
  deadlineMs: number,
  execute: () => ExecutionResult | Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  const running = execute();
  if (!(running instanceof Promise) || isUnhurried(args)) return running;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          requestError(
            'TIMEOUT',
            'The request timed out. A mutation may have been written: repeat it with the same idempotencyKey.',
          ),
        ),
      deadlineMs,
    );
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
    running.catch(() => {}); // its result is no longer awaited
  }
}

function isUnhurried({ document, operationName }: ExecutionArgs): boolean {
  const names = new Set<string>();
  const byName = Object.fromEntries(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
  addFields(getOperationAST(document, operationName)?.selectionSet, byName, names);
  return [...names].some((name) => UNHURRIED.has(name));
}
