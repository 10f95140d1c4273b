import { type ExecutionArgs, type ExecutionResult, getOperationAST, Kind } from 'graphql';
import { addFields } from '../../selected-fields.ts';
import { requestError } from '../request-error.ts';

/** What may take as long as it takes: it says itself how far it came. */
const UNHURRIED: ReadonlySet<string> = new Set(['advanceClock']);

/**
 * Answers TIMEOUT when an execution takes too long. It is not taken back: statements end by their own timeouts, and what a mutation
 * did meanwhile is told by its repeat.
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
            'This took too long. A mutation may have been done: repeat it with its idempotencyKey.',
          ),
        ),
      deadlineMs,
    );
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
    running.catch(() => {}); // nobody waits for it any more
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
