import type { Worker } from 'node:cluster';
import { AggregatorRegistry, type RegistryContentType } from 'prom-client';
import { withTimeout } from '../../store/connection/with-timeout.ts';
import type { ProcessMetrics } from '../metrics/metrics.ts';
import type { ToPrimary } from './messages.ts';

/** A worker that does not answer in time counts with its last metrics. */
const COLLECT_MS_MAX = 2_000;

/** Gathers the metrics of all processes. */
export interface Collector {
  /** Takes a message of a worker: its metrics, or its question for those of all. */
  hear(worker: Worker, message: ToPrimary): void;
  /** Keeps the counts of a worker that has ended, as a sum that fell would look like a restart of all. */
  bury(worker: Worker): void;
}

/** Creates the collector of the primary process, which adds its own metrics. */
export function createCollector(collectOwn: () => Promise<ProcessMetrics>, workers: () => Worker[]): Collector {
  const waiting = new Map<number, (metrics: ProcessMetrics) => void>();
  const last = new Map<number, ProcessMetrics>();
  /** The counts of ended workers, added one after the other. */
  let gone: Promise<ProcessMetrics> = Promise.resolve([]);
  let asked = 0;

  async function collectFrom(worker: Worker): Promise<ProcessMetrics> {
    asked += 1;
    const nth = asked;
    const collected = new Promise<ProcessMetrics>((resolve) => waiting.set(nth, resolve));
    if (worker.isConnected()) worker.send({ type: 'COLLECT', nth });
    const found = await withTimeout<ProcessMetrics | null>(collected, COLLECT_MS_MAX, null);
    waiting.delete(nth);
    if (found) last.set(worker.id, found);
    return found ?? last.get(worker.id) ?? [];
  }

  return {
    hear(worker, message) {
      if (message.type === 'COLLECTED') waiting.get(message.nth)?.(message.metrics);
      if (message.type !== 'GATHER') return;
      const answer = (metrics: readonly ProcessMetrics[]): void => {
        if (worker.isConnected())
          worker.send({ type: 'GATHERED', nth: message.nth, metrics: metrics.filter(isFilled) });
      };
      Promise.all([collectOwn(), gone, ...workers().map(collectFrom)]).then(answer, () => answer([]));
    },
    bury({ id }) {
      const counts = (last.get(id) ?? []).filter(
        ({ type }) => String(type) === 'counter' || String(type) === 'histogram',
      );
      last.delete(id);
      gone = gone.then((before) =>
        AggregatorRegistry.aggregate<RegistryContentType>([before, counts].filter(isFilled)).getMetricsAsJSON(),
      );
    },
  };
}

function isFilled(metrics: ProcessMetrics): boolean {
  return metrics.length > 0;
}
