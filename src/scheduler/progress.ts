import type { Log } from '../services/app.ts';

/** A run that takes longer than this says how far it has come, so often. */
const REPORT_MS = 5_000;

/** Tells how far the work of a merchant has come that takes many steps. */
export interface Progress {
  /** So much was done in a step, of at most `limit`. */
  note(merchantId: string, done: number, limit: number): void;
}

interface Run {
  readonly startedAt: number;
  done: number;
  reportedAt: number;
}

export function createProgress(log: Log): Progress {
  const runs = new Map<string, Run>();
  return {
    note(merchantId, done, limit) {
      const now = performance.now();
      const run = runs.get(merchantId) ?? { startedAt: now, done: 0, reportedAt: now };
      run.done += done;
      const fields = { merchantId, done: run.done, seconds: Math.round((now - run.startedAt) / 1_000) };
      if (done < limit) {
        // What is left is little: the run is over. A short one is not spoken of.
        if (run.reportedAt > run.startedAt) log.info(fields, 'a long run of due work is over');
        runs.delete(merchantId);
        return;
      }
      runs.set(merchantId, run);
      if (now - run.reportedAt < REPORT_MS) return;
      run.reportedAt = now;
      log.info(fields, 'due work goes on');
    },
  };
}
