import { randomUUID } from 'node:crypto';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Log } from '../../services/app.ts';
import { turnSpansOn } from '../../tracing/spans.ts';
import { VERSION } from '../version.ts';

/** Minimum interval between log lines with the same reason, in milliseconds. */
const QUIET_MS = 60_000;

/**
 * Registers the SDK of OpenTelemetry, which reads the variables OTEL_* by itself. Returns the function that sends the last spans
 * and ends it. Baggage of callers is not passed on: banks and endpoints get `traceparent` and `tracestate` alone.
 */
export function startSdk(log: Log, follows: boolean): () => Promise<void> {
  diag.setLogger(quietly(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const own = resourceFromAttributes({
    'service.name': 'collections-gateway',
    'service.version': VERSION,
    'service.instance.id': randomUUID(),
  });
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register({ propagator: new W3CTraceContextPropagator() });
  turnSpansOn({ follows });
  return () => provider.shutdown().catch((error: unknown) => log.warn({ err: error }, 'the last spans were not sent'));
}

/** What the SDK has to say, the same at most once per QUIET_MS. */
function quietly(log: Log) {
  let [last, quietUntil] = ['', 0];
  const say = (reason: string): void => {
    if (reason === last && performance.now() < quietUntil) return;
    [last, quietUntil] = [reason, performance.now() + QUIET_MS];
    log.warn({ reason }, 'traces: spans may be lost; nothing else is delayed');
  };
  const nothing = (): void => {};
  return { error: say, warn: say, info: nothing, debug: nothing, verbose: nothing };
}
