import { trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { createHttpBank } from '../../src/bank/http/http-bank.ts';
import { inSpan, openTrace, outsideSpans, startStatement, traceHeaders, turnSpansOn } from '../../src/tracing/spans.ts';
import { startReceiver } from '../support/receiver.ts';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register({ propagator: new W3CTraceContextPropagator() });
const INTERNAL = { side: 'INTERNAL', attributes: {} } as const;

/** What the gateway says of a span while nothing records any. */
const off = await inSpan('off', INTERNAL, async (span) => [
  span.isRecording(),
  openTrace(),
  startStatement('SELECT 1'),
]);
turnSpansOn({ follows: true });

beforeEach(() => exporter.reset());
afterAll(() => trace.disable());

it('records nothing until it is turned on', () => {
  expect(off).toEqual([false, null, null]);
});

it('continues the trace of the caller, and names it to whom the gateway calls', async () => {
  const headers = await inSpan('served', { ...INTERNAL, headers: { traceparent: PARENT } }, async () => traceHeaders());
  const [span] = exporter.getFinishedSpans();
  expect(span?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
  expect(headers).toEqual({ traceparent: `00-0af7651916cd43dd8448eb211c80319c-${span?.spanContext().spanId}-01` });
  expect(traceHeaders()).toEqual({});
});

it('begins a trace of its own for headers that name none, or a broken one', async () => {
  for (const traceparent of [undefined, 7, 'x', PARENT.replace('0af', 'xyz')])
    await inSpan('served', { ...INTERNAL, headers: { traceparent } }, async () => {});
  expect(exporter.getFinishedSpans().map(({ parentSpanContext }) => parentSpanContext)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('reads nothing of what a caller sends but two short texts, and never throws on it', async () => {
  const hostile = [[{ toString: 1, valueOf: 1 }], { a: 1 }, 'a=b,'.repeat(1_000), 7];
  for (const tracestate of hostile)
    await inSpan('served', { ...INTERNAL, headers: { traceparent: PARENT, tracestate } }, async () => {});
  const spans = exporter.getFinishedSpans();
  expect(spans.map((span) => span.parentSpanContext?.spanId)).toEqual(hostile.map(() => 'b7ad6b7169203331'));
  expect(spans.map((span) => span.spanContext().traceState)).toEqual(hostile.map(() => undefined));
});

it('begins a trace of its own where callers may not name theirs', async () => {
  turnSpansOn({ follows: false });
  await inSpan('served', { ...INTERNAL, headers: { traceparent: PARENT } }, async () => {});
  turnSpansOn({ follows: true });
  expect(exporter.getFinishedSpans()[0]?.parentSpanContext).toBeUndefined();
});

it('says of an error its type, and nothing that it quotes', async () => {
  const error = Object.assign(new Error('Key (reference)=(secret) already exists.'), { code: '23505' });
  await expect(inSpan('failing', INTERNAL, () => Promise.reject(error))).rejects.toThrow('secret');
  const [span] = exporter.getFinishedSpans();
  expect(span).toMatchObject({ attributes: { 'error.type': '23505' }, status: { code: 2 }, events: [] });
  expect(span?.status.message).toBeUndefined();
});

it('records no statement outside of a span, nor in one that has ended: a loop that a request starts outlives it', async () => {
  expect(startStatement('SELECT 1')).toBeNull();
  let late: Promise<unknown> = Promise.resolve();
  await inSpan('request', INTERNAL, async () => {
    startStatement('SELECT id FROM payment WHERE id = $1')?.end();
    late = new Promise((resolve) => setTimeout(() => resolve([startStatement('SELECT 2'), openTrace()]), 20));
  });
  expect(await late).toEqual([null, null]);
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['SELECT payment', 'request']);
});

it('runs what outlives a request outside of its span', async () => {
  const [inside, outside] = await inSpan('request', INTERNAL, async () => [openTrace(), outsideSpans(openTrace)]);
  expect(inside?.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(outside).toBeNull();
});

it('names its trace to the adapter of a bank', async () => {
  const receiver = await startReceiver((_message, response) =>
    response.writeHead(200).end(JSON.stringify({ received: [], processing: [] })),
  );
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const bank = createHttpBank({ address: receiver.url, secrets: [secret] });
  await inSpan('bank findReceived', INTERNAL, () => bank.findReceived('mer_1', ['REF1']));
  await receiver.close();
  const [span] = exporter.getFinishedSpans();
  const { traceId, spanId } = span?.spanContext() ?? {};
  expect(receiver.messages[0]?.headers['traceparent']).toBe(`00-${traceId}-${spanId}-01`);
});
