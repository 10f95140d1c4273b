import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { encodeCursor } from '../../event-log/cursor.ts';
import type { Incoming } from '../../graphql/context.ts';
import { isStream, type Stream } from '../../graphql/events/subscription.ts';
import { prepareRequest, type RequestParams } from '../../graphql/pipeline/operation.ts';
import type { Pipeline } from '../../graphql/pipeline/pipeline.ts';
import { presentError, presentResult } from '../../graphql/pipeline/present-errors.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';
import type { App, Identity } from '../../services/app.ts';
import { outsideSpans } from '../../tracing/spans.ts';
import type { Hub } from '../fan-out/hub.ts';
import { ResponseSink } from '../fan-out/response-sink.ts';
import type { Identify } from '../identity/credentials.ts';
import { type Connection, type Connections, GRACE_MS } from '../intake/connections.ts';
import { chargeReading, type Intake, payerOf, receiveBody } from '../intake/intake.ts';
import { weighJson } from '../intake/json-weight.ts';
import { parseParams, readUrlParams, urlOf } from './graphql-params.ts';
import { refuse, TOKEN_EXPIRED } from './refuse.ts';
import { clientIdOf } from './request-id.ts';

/** Interval of writes on an idle stream. */
const IDLE_WRITE_MS = 15_000;
/** Range of the random reconnection delay of an EventSource, which spreads reconnecting clients. */
const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 2_500;

/** What answering over SSE needs. */
export interface SseTransport {
  readonly app: App;
  readonly identify: Identify;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly pipeline: Pipeline;
  readonly hub: Hub;
  readonly connections: Connections;
  readonly intake: Intake;
}

/** A request over SSE, before its credentials are checked. */
export interface SseRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
}

/**
 * Answers over SSE: the events of a subscription with their cursors as `id:`, so that a plain EventSource resumes by
 * itself, or the one result of another operation. A refusal is the last event of a stream with status 200, because an
 * EventSource can read nothing else. Only wrong credentials get 401, which stops an EventSource for good; so would 503,
 * which is never sent.
 */
export async function answerSse(transport: SseTransport, sse: SseRequest): Promise<void> {
  const { app } = transport;
  const { request, response, requestId } = sse;
  try {
    const identity = await identifyReader(transport, request);
    if (identity === 'INVALID' || identity === 'EXPIRED') {
      const error =
        identity === 'EXPIRED'
          ? requestError('TOKEN_EXPIRED', TOKEN_EXPIRED)
          : requestError('UNAUTHENTICATED', 'The API key, token or stream ticket is not valid.');
      return refuse(response, presentError(error, requestId, app));
    }
    const payer = payerOf(identity, transport.addressOf(request));
    const isPost = request.method === 'POST';
    const received = isPost ? await receiveBody(transport.intake, { request, response, payer, identity }) : null;
    const body = received?.body ?? new Uint8Array();
    const inputPoints = await chargeReading(transport.intake, payer, weighJson(body));
    app.meter.step({ requestId, step: 'read body' });
    const params = isPost ? parseParams(body) : readUrlParams(urlOf(request));
    if ('refusal' in params) throw params.refusal;
    begin(response);
    const lastEventId = request.headers['last-event-id'];
    const resumeAfter = typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : null;
    const answered = await run(
      transport,
      { requestId, clientRequestId: clientIdOf(request), identity, payer, inputPoints, resumeAfter },
      params,
      isPost,
    );
    received?.held.release();
    if (isStream(answered)) await follow(transport, sse, identity, answered);
    else finish(response, presentResult(answered, requestId, app));
  } catch (error) {
    begin(response);
    finish(response, { errors: [presentError(error, requestId, app)] });
  }
}

/**
 * Sends the only result and ends the response. During an outage it only ends the response, so that an EventSource
 * reconnects, here or to another node.
 */
function finish(response: ServerResponse, result: ExecutionResult): void {
  const isOutage = result.errors?.some(({ extensions }) => extensions['code'] === 'UNAVAILABLE') === true;
  if (isOutage && !result.data) response.end();
  else new ResponseSink(response, () => result).complete(result);
}

/** Authenticates by header, or by the ticket in the URL of clients that cannot send headers. */
function identifyReader({ identify, addressOf, pipeline }: SseTransport, request: IncomingMessage) {
  const { searchParams } = urlOf(request);
  const ticket = request.method === 'GET' ? searchParams.get('ticket') : null;
  const { authorization } = request.headers;
  const address = addressOf(request);
  if (authorization !== undefined || ticket === null) return identify.byHeader(authorization, address);
  const documentId = searchParams.get('documentId');
  const text = searchParams.get('query') ?? (documentId === null ? '' : (pipeline.documents.textOf(documentId) ?? ''));
  return identify.byTicket(ticket, text.normalize('NFC'), address);
}

function begin(response: ServerResponse): void {
  if (response.headersSent) return;
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    // A compressing proxy would buffer events.
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  response.write(`retry: ${Math.round(RETRY_MS_MIN + Math.random() * (RETRY_MS_MAX - RETRY_MS_MIN))}\n\n`);
}

async function run(
  { pipeline }: SseTransport,
  incoming: Incoming,
  params: RequestParams,
  isPost: boolean,
): Promise<Stream | ExecutionResult> {
  const operation = await prepareRequest(pipeline, incoming, params);
  if ('errors' in operation) return operation;
  if (operation.kind === 'subscription') return operation.open();
  if (operation.kind === 'mutation' && !isPost) throw requestError('BAD_REQUEST', 'Mutations must be sent by POST.');
  return operation.execute();
}

async function follow(
  { app, hub, connections }: SseTransport,
  { request, response, requestId }: SseRequest,
  identity: Identity | null,
  stream: Stream,
): Promise<void> {
  const sayPlace = (cursor: string): void => void response.write(placeEvent(request, cursor));
  sayPlace(encodeCursor(app.secrets, stream.place));
  const sink = new ResponseSink(response, (error) => ({ errors: [presentError(error, requestId, app)] }));
  const member = await outsideSpans(() => hub.join(stream, sink));
  // The client left while the stream was joined, so no `close` event will follow.
  if (response.destroyed) return member.leave();
  const end: Connection['end'] = async (reason, retryAfterMs) => {
    await Promise.allSettled([member.sayEnding({ kind: 'ENDING', reason, retryAfterMs })]);
    member.leave();
    response.end();
    if (reason !== 'SHUTTING_DOWN') setTimeout(() => response.destroy(), GRACE_MS);
  };
  const leave = connections.add({ identity, end });
  // Keeps proxies from closing an idle connection, and the cursor of a quiet stream within the retention.
  const idling = setInterval(() => {
    if (response.writableLength === 0) sayPlace(member.cursor());
  }, IDLE_WRITE_MS);
  response.once('close', () => {
    clearInterval(idling);
    member.leave();
    leave?.();
  });
  if (leave === null) {
    // An EventSource reconnects after its `retry:` and resumes; `complete` would end it for good.
    member.leave();
    response.end(`event: next\ndata: ${JSON.stringify({ errors: [presentError(tooMany(), requestId, app)] })}\n\n`);
  }
}

const tooMany = () =>
  requestError(
    'RATE_LIMITED',
    'Too many open connections of this key or of this node; close unused ones or retry later.',
  );

/**
 * An extra event that gives an EventSource its cursor before the first event of the subscription, so that nothing is
 * lost if the connection breaks in between. It carries data because some clients drop an id without data. By POST a
 * comment is sent instead: clients of GraphQL over SSE refuse other events and keep no ids.
 */
function placeEvent({ method }: IncomingMessage, cursor: string): string {
  return method === 'GET' ? `event: ready\nid: ${cursor}\ndata: {}\n\n` : ':\n\n';
}
