import { performance } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Log, Step } from '../../services/app.ts';

/** A step that holds the event loop for longer is reported: nobody else is served meanwhile. */
const HELD_MS_MAX = 200;
const TICK_MS = 50;

/** What the log says of such a step. */
export const HELD = 'a step held the event loop';

/** Watches for how long single steps of work hold the event loop. */
export interface LoopWatch {
  /** A step begins. What ran since the step before, without a pause, was part of that one. */
  begin(step: Step): void;
  stop(): void;
}

/**
 * Reports each step that held the event loop for over 200 ms: a counter, and a log line that names the operation. The time is wall time:
 * a machine that is short of CPU reports too.
 */
export function createLoopWatch(
  log: Log,
  registers: Registry[],
  now: () => number = () => performance.now(),
): LoopWatch {
  const held = new Counter({
    name: 'gateway_event_loop_held_total',
    help: `Steps that held the event loop for over ${HELD_MS_MAX} ms; the log names them.`,
    registers,
  });
  let usage = performance.eventLoopUtilization();
  new Gauge({
    name: 'gateway_event_loop_utilization_ratio',
    help: 'Share of the time that the event loop was busy since the last look.',
    registers,
    collect() {
      const last = usage;
      usage = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(usage, last).utilization);
    },
  });
  let step: Step | null = null;
  let begunAt = now();

  function end(): void {
    // With no step under way the loop was idle until the tick.
    const ms = now() - begunAt - (step === null ? TICK_MS : 0);
    if (ms <= HELD_MS_MAX) return;
    held.inc();
    log.warn({ step: 'background', ...step, ms: Math.round(ms) }, HELD);
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
