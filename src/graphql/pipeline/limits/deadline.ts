import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
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

const known = new WeakMap<OperationDefinitionNode, boolean>();

function isUnhurried({ document, operationName }: ExecutionArgs): boolean {
  const operation = getOperationAST(document, operationName);
  if (!operation) return false;
  const before = known.get(operation);
  if (before !== undefined) return before;
  const found = selectsUnhurried(document, operation);
  known.set(operation, found);
  return found;
}

function selectsUnhurried(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  const names = new Set<string>();
  const byName = Object.fromEntries(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
  addFields(operation.selectionSet, byName, names);
  return [...names].some((name) => UNHURRIED.has(name));
}
