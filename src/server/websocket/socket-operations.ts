import type { GraphQLError } from 'graphql';
import type { Incoming } from '../../graphql/context.ts';
import { isStream } from '../../graphql/events/subscription.ts';
import { type Operation, prepareRequest } from '../../graphql/pipeline/operation.ts';
import type { Pipeline } from '../../graphql/pipeline/pipeline.ts';
import { presentError, presentResult } from '../../graphql/pipeline/present-errors.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';
import type { App } from '../../services/app.ts';
import { inSpan, outsideSpans } from '../../tracing/spans.ts';
import type { Hub } from '../fan-out/hub.ts';
import { SocketSink } from '../fan-out/socket-sink.ts';
import { isObject, paramsOf } from '../http/graphql-params.ts';
import { newRequestId } from '../http/request-id.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { SocketOperation } from './socket-operation.ts';

/** Maximum length of an operation id in characters. */
const ID_LENGTH_MAX = 128;
const NO_OPERATION = 'The document has no such operation or has several: pass the `operationName` of one of them.';

/** What operations over a socket need from the server. */
export interface OperationTransport {
  readonly app: App;
  readonly pipeline: Pipeline;
  readonly hub: Hub;
  readonly metrics: Metrics;
}

/** A `subscribe` message, whose reading was charged. */
export interface SocketRequest {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly inputPoints: number;
}

/**
 * Runs an operation received over a socket through the same pipeline as a request over HTTP, in a span of its own, whose parent is
 * named by `extensions.traceparent`. Never throws.
 */
export function runOnSocket(
  transport: OperationTransport,
  operation: SocketOperation,
  request: SocketRequest,
  subscriptionsMax: number,
): Promise<void> {
  const { extensions } = request.payload;
  const start = { side: 'SERVER', attributes: {}, headers: isObject(extensions) ? extensions : {} } as const;
  return inSpan('WebSocket subscribe', start, () => runInSpan(transport, operation, request, subscriptionsMax));
}

async function runInSpan(
  transport: OperationTransport,
  operation: SocketOperation,
  { payload, inputPoints }: SocketRequest,
  subscriptionsMax: number,
): Promise<void> {
  const requestId = newRequestId();
  transport.metrics.asked('WebSocket');
  const present = (error: unknown): GraphQLError => presentError(error, requestId, transport.app);
  const { identity, payer } = operation.socket;
  try {
    const prepared = await prepare(transport, operation, payload, { requestId, identity, payer, inputPoints });
    if ('errors' in prepared) return operation.refuse(prepared.errors.map(present));
    await run(transport, operation, prepared, { requestId, subscriptionsMax });
  } catch (error) {
    operation.refuse([present(error)]);
  }
}

function prepare(
  { pipeline }: OperationTransport,
  operation: SocketOperation,
  payload: Readonly<Record<string, unknown>>,
  incoming: Incoming,
): Promise<Operation | { readonly errors: readonly GraphQLError[] }> {
  // The id is repeated in every message of the operation.
  if (operation.id.length > ID_LENGTH_MAX)
    throw requestError('BAD_REQUEST', `Use an operation id of at most ${ID_LENGTH_MAX} characters.`);
  const params = paramsOf(payload);
  if ('refusal' in params) throw params.refusal;
  return prepareRequest(pipeline, incoming, params);
}

async function run(
  transport: OperationTransport,
  operation: SocketOperation,
  prepared: Operation,
  { requestId, subscriptionsMax }: { readonly requestId: string; readonly subscriptionsMax: number },
): Promise<void> {
  if (prepared.kind === null) throw requestError('BAD_REQUEST', NO_OPERATION);
  try {
    if (prepared.kind === 'subscription')
      return await follow(transport, operation, prepared, requestId, subscriptionsMax);
    operation.complete(presentResult(await prepared.execute(), requestId, transport.app));
  } catch (error) {
    operation.complete({ errors: [presentError(error, requestId, transport.app)] });
  }
}

async function follow(
  { app, hub }: OperationTransport,
  operation: SocketOperation,
  prepared: Operation,
  requestId: string,
  subscriptionsMax: number,
): Promise<void> {
  const { socket } = operation;
  if (socket.subscriptionCount >= subscriptionsMax) {
    throw requestError('RATE_LIMITED', `A socket has at most ${subscriptionsMax} subscriptions: open another socket.`);
  }
  socket.subscriptionCount += 1;
  operation.afterEnd(() => {
    socket.subscriptionCount -= 1;
  });
  const stream = await prepared.open();
  if (!isStream(stream)) return operation.complete(presentResult(stream, requestId, app));
  if (!operation.isInFlight()) return operation.end();
  const sink = new SocketSink(operation, (error) => ({ errors: [presentError(error, requestId, app)] }));
  const member = await outsideSpans(() => hub.join(stream, sink));
  socket.members.add(member);
  operation.afterEnd(() => {
    socket.members.delete(member);
    member.leave();
  });
}
