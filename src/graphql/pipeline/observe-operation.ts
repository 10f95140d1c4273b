import { type ExecutionResult, getOperationAST } from 'graphql';
import type { App } from '../../services/app.ts';
import { inSpan, markFailed, openTrace } from '../../tracing/spans.ts';
import type { OperationArgs } from '../context.ts';
import { isStream, type Stream } from '../events/subscription.ts';
import { codeOfError } from './present-errors.ts';

const NAME_LENGTH_MAX = 64;

/**
 * Runs an operation where the operator can see it: named for the event loop monitor, in a span of its own, and with a line in the
 * log when it has run. None of them has its variables. A traced result names its trace in `extensions.traceId`.
 */
export function observeOperation<Result extends ExecutionResult | Stream>(
  { log, meter }: App,
  { document, operationName, contextValue }: OperationArgs,
  work: () => Promise<Result>,
): Promise<Result> {
  const { requestId, caller } = contextValue;
  const { operation = 'none', name } = getOperationAST(document, operationName) ?? {};
  const named = name?.value.slice(0, NAME_LENGTH_MAX);
  const attributes = {
    'graphql.operation.type': operation,
    'graphql.operation.name': named,
    'gateway.request_id': requestId,
    'gateway.merchant_id': caller?.merchantId,
    'gateway.client_id': caller?.clientId,
  };
  const title = named === undefined ? operation : `${operation} ${named}`;
  return inSpan(title, { side: 'INTERNAL', attributes }, async (span) => {
    const begunAt = performance.now();
    meter.step({ requestId, step: operation, name: named });
    const result = await work();
    const client = { merchantId: caller?.merchantId, clientId: caller?.clientId };
    const ms = Math.round(performance.now() - begunAt);
    log.debug({ requestId, ...client, operation, name: named, ms }, 'operation');
    if (isStream(result)) return result;
    const [error] = result.errors ?? [];
    if (error) markFailed(span, codeOfError(error));
    const trace = openTrace();
    return trace ? { ...result, extensions: { ...result.extensions, traceId: trace.traceId } } : result;
  });
}
