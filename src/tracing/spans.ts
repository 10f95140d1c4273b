import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

const tracer = trace.getTracer('collections-gateway');
/** The span of work that is not recorded. */
const NO_SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
/** Whether an SDK records spans. Until then nothing is asked of the API, whose answers would cost time in every statement. */
let isOn = false;
/** Whether callers may name the trace that their requests belong to. */
let followsCallers = true;

/**
 * Must be called when an SDK is registered. A trace that a caller names is recorded when it says so, whatever the sampler's share:
 * with `follows` false, each request begins a trace of its own.
 */
export function turnSpansOn({ follows }: { readonly follows: boolean }): void {
  isOn = true;
  followsCallers = follows;
}

/** Which side of a call a span is; INTERNAL is neither. */
export type Side = keyof typeof SpanKind;

/** What a span says from its start on. No attribute may hold data of a customer. */
export interface SpanStart {
  readonly side: Side;
  readonly attributes: Attributes;
  /** What the caller sent, which may name its trace as headers do. By default the span belongs to the span around it, if any. */
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

/** Runs `work` in a span, which ends with it. Of an error the span says the type alone: its message can quote values. */
export function inSpan<Result>(
  name: string,
  { side, attributes, headers }: SpanStart,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  if (!isOn) return work(NO_SPAN);
  const parent = headers ? parentIn(headers) : context.active();
  return tracer.startActiveSpan(name, { kind: SpanKind[side], attributes }, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      markFailed(span, typeOfError(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Longest `tracestate` that is read: what the W3C asks for at least. A longer one is as good as none. */
const STATE_LENGTH_MAX = 512;

/** The trace that a caller names. Nothing but two short texts is read of what it sent. */
function parentIn({ traceparent, tracestate }: Readonly<Record<string, unknown>>): Context {
  if (!followsCallers || typeof traceparent !== 'string') return ROOT_CONTEXT;
  const isState = typeof tracestate === 'string' && tracestate.length <= STATE_LENGTH_MAX;
  return propagation.extract(ROOT_CONTEXT, isState ? { traceparent, tracestate } : { traceparent });
}

/** Runs a statement in a span of its own, where a span is open. */
export async function inStatement<Result>(sql: string, run: () => Promise<Result>): Promise<Result> {
  const span = startStatement(sql);
  if (!span) return run();
  try {
    const result = await run();
    endStatement(span);
    return result;
  } catch (error) {
    endStatement(span, error);
    throw error;
  }
}

/** Longest text of a statement in a span, in characters. */
const TEXT_LENGTH_MAX = 8_000;

/** Starts the span of a statement in the span around it. Null where no span is open: background polls are not recorded. */
export function startStatement(sql: string): Span | null {
  if (!openSpan()) return null;
  const attributes = { 'db.system.name': 'postgresql', 'db.query.text': sql.slice(0, TEXT_LENGTH_MAX) };
  return tracer.startSpan(nameOfStatement(sql), { kind: SpanKind.CLIENT, attributes });
}

/** Ends the span of a statement. */
export function endStatement(span: Span, error: unknown = null): void {
  if (error !== null) markFailed(span, typeOfError(error));
  span.end();
}

/** Marks a span as failed with the type of its error. */
export function markFailed(span: Span, type: string): void {
  span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
}

/** Runs work that outlives the span around it, such as a stream, outside of that span. */
export function outsideSpans<Result>(work: () => Result): Result {
  return isOn ? context.with(ROOT_CONTEXT, work) : work();
}

/** Returns the headers that name the open span to whom a request is sent; none without one. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  if (isOn) propagation.inject(context.active(), headers);
  return headers;
}

/** Returns the ids of the trace and of the open span; null without one. */
export function openTrace(): { readonly traceId: string; readonly spanId: string } | null {
  const { traceId, spanId } = openSpan()?.spanContext() ?? {};
  return traceId === undefined || spanId === undefined ? null : { traceId, spanId };
}

/** The span around the caller, if it is recorded and has not ended: what a request has started can outlive it. */
function openSpan(): Span | null {
  if (!isOn) return null;
  const span = trace.getActiveSpan();
  return span?.isRecording() ? span : null;
}

/** The code of an error of GraphQL, of PostgreSQL or of a socket; else the name of its class. */
function typeOfError(error: unknown): string {
  const { extensions, code, name } = error as { extensions?: { code?: unknown }; code?: unknown; name?: unknown };
  return [extensions?.code, code, name].find((text) => typeof text === 'string') ?? 'Error';
}

/** The verb of a statement and the first table that it names. */
function nameOfStatement(sql: string): string {
  const [verb = 'SQL'] = /[A-Z]+/i.exec(sql) ?? [];
  const [, table] = /\b(?:FROM|INTO|UPDATE)\s+"?(\w+)/i.exec(sql) ?? [];
  return table === undefined ? verb.toUpperCase() : `${verb.toUpperCase()} ${table}`;
}
