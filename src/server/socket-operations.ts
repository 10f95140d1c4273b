import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { type Operation, prepareOperation } from '../graphql/operation.ts';
import type { Pipeline } from '../graphql/pipeline.ts';
import { presentError, presentResult } from '../graphql/present-errors.ts';
import { requestError } from '../graphql/request-error.ts';
import { isStream, type Stream } from '../graphql/stream.ts';
import type { App } from '../services/app.ts';
import type { Metrics } from './metrics.ts';
import type { OpenSocket } from './open-socket.ts';
import { newRequestId } from './request-id.ts';
import type { Hub } from './streams/hub.ts';
import { SocketSink } from './streams/socket-sink.ts';

const ID_LENGTH_MAX = 128;
const NO_OPERATION = 'The document has no such operation, or has several: say which.';

/** An operation that is about to run: on which socket, under which id. */
interface Running {
  readonly operation: Operation;
  readonly requestId: string;
  readonly socket: OpenSocket;
  readonly id: string;
}

export interface OperationsDoor {
  readonly app: App;
  readonly pipeline: Pipeline;
  readonly hub: Hub;
  readonly metrics: Metrics;
}

/** The operations of all sockets, each through the same pipeline as a request over HTTP. */
export class SocketOperations {
  private readonly door: OperationsDoor;
  private readonly subscriptionsMax: number;
  private readonly running = new WeakMap<ExecutionArgs, Running>();

  constructor(door: OperationsDoor, subscriptionsMax: number) {
    this.door = door;
    this.subscriptionsMax = subscriptionsMax;
  }

  /** What graphql-ws then executes, or why not. */
  async prepare(
    socket: OpenSocket,
    id: string,
    { query, variables = null, operationName = null }: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { app, pipeline } = this.door;
    const requestId = newRequestId();
    this.door.metrics.asked('WebSocket');
    const refusal = refusalOf(socket, id);
    if (refusal) return [presentError(refusal, requestId, app)];
    try {
      const incoming = { requestId, identity: socket.identity };
      const operation = await prepareOperation(pipeline, incoming, { query, variables, operationName });
      if ('errors' in operation) return operation.errors.map((error) => presentError(error, requestId, app));
      // graphql-ws would say so without a code.
      if (operation.kind === null) throw requestError('BAD_REQUEST', NO_OPERATION);
      this.running.set(operation.args, { operation, requestId, socket, id });
      return operation.args;
    } catch (error) {
      return [presentError(error, requestId, app)];
    }
  }

  execute(args: ExecutionArgs): Promise<ExecutionResult> {
    return this.present(args, ({ operation }) => operation.execute());
  }

  subscribe(args: ExecutionArgs): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
    return this.present(args, async (running) => {
      const { socket } = running;
      if (socket.subscriptionCount >= this.subscriptionsMax) {
        throw requestError('RATE_LIMITED', `At most ${this.subscriptionsMax} subscriptions on a socket: open another.`);
      }
      socket.subscriptionCount += 1;
      const release = once(() => {
        socket.subscriptionCount -= 1;
      });
      try {
        const opened = await running.operation.open();
        if (isStream(opened)) return await this.join(running, opened, release);
        release();
        return opened;
      } catch (error) {
        release();
        throw error;
      }
    });
  }

  private async join({ requestId, socket, id }: Running, stream: Stream, release: () => void) {
    const { app, hub } = this.door;
    const sink = new SocketSink(socket, id, (error) => ({ errors: [presentError(error, requestId, app)] }));
    const member = await hub.join(stream, sink);
    socket.members.add(member);
    return sink.results(() => {
      socket.members.delete(member);
      member.leave();
      release();
    });
  }

  private async present<Result extends ExecutionResult | AsyncIterableIterator<ExecutionResult>>(
    args: ExecutionArgs,
    run: (running: Running) => Promise<Result>,
  ): Promise<Result | ExecutionResult> {
    const running = this.running.get(args);
    if (!running) throw new Error('an operation runs that was not prepared');
    const { requestId } = running;
    const { app } = this.door;
    try {
      const result = await run(running);
      return Symbol.asyncIterator in result ? result : presentResult(result, requestId, app);
    } catch (error) {
      return { errors: [presentError(error, requestId, app)] };
    }
  }
}

function refusalOf(socket: OpenSocket, id: string): GraphQLError | null {
  if (!socket.isOpen()) return requestError('UNAUTHENTICATED', 'This socket is being closed.');
  // It stands in each of its messages.
  return id.length > ID_LENGTH_MAX
    ? requestError('BAD_REQUEST', `An id has at most ${ID_LENGTH_MAX} characters.`)
    : null;
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
