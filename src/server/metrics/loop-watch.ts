import { performance } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Log, Step } from '../../services/app.ts';
import { outsideSpans } from '../../tracing/spans.ts';

/** A step that blocks the event loop for longer, in milliseconds, is reported: no other work runs meanwhile. */
const HELD_MS_MAX = 200;
const TICK_MS = 50;

/** Log message of such a step. */
export const HELD = 'a step blocked the event loop; other requests had to wait';

/** Measures for how long single steps block the event loop. */
export interface LoopWatch {
  /** Begins a step. Work that ran since the previous one without a pause is part of the previous step. */
  begin(step: Step): void;
  stop(): void;
}

/**
 * Reports each step that blocks the event loop for longer than HELD_MS_MAX: in a counter, and in a log line that names
 * the operation. The time is wall time, so that a machine short of CPU reports as well.
 */
export function createLoopWatch(
  log: Log,
  registers: Registry[],
  now: () => number = () => performance.now(),
): LoopWatch {
  const held = new Counter({
    name: 'gateway_event_loop_held_total',
    help: `Steps that blocked the event loop for more than ${HELD_MS_MAX} ms; the log names their operations.`,
    registers,
  });
  let usage = performance.eventLoopUtilization();
  new Gauge({
    name: 'gateway_event_loop_utilization_ratio',
    help: 'Fraction of the time since the last scrape, 0 to 1, in which the event loop was busy.',
    registers,
    aggregator: 'max',
    collect() {
      const last = usage;
      usage = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(usage, last).utilization);
    },
  });
  let step: Step | null = null;
  let begunAt = now();

  function end(): void {
    // Without a step the loop was idle until the tick.
    const ms = now() - begunAt - (step === null ? TICK_MS : 0);
    if (ms <= HELD_MS_MAX) return;
    held.inc();
    // The step that begins now is another one, and so is its trace.
    outsideSpans(() => log.warn({ step: 'background', ...step, ms: Math.round(ms) }, HELD));
  }

  const timer = setInterval(() => {
    end();
    step = null;
    begunAt = now();
  }, TICK_MS);
  timer.unref();
  return {
    begin(next) {
      end();
      step = next;
      begunAt = now();
    },
    stop: () => clearInterval(timer),
  };
}
