import type { Log } from '../../services/app.ts';
import { withTimeout } from '../../store/connection/with-timeout.ts';

/** Time for the last spans to be sent when the process stops, in milliseconds. */
const FLUSH_MS = 3_000;

/** Traces that are being sent. */
export interface Tracing {
  /** Sends the last spans. */
  stop(): Promise<void>;
}

/** Whether traces are recorded, and whether callers may name theirs. */
export interface TracingConfig {
  readonly isOn: boolean;
  readonly followsCallers: boolean;
}

/** Sends spans to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names. Without one nothing is loaded, recorded or sent. */
export async function startTracing({ isOn, followsCallers }: TracingConfig, log: Log): Promise<Tracing> {
  if (!isOn) return { stop: async () => {} };
  const { startSdk } = await import('./sdk.ts');
  const flush = startSdk(log, followsCallers);
  return {
    stop: () => withTimeout(flush(), FLUSH_MS, undefined),
  };
}
