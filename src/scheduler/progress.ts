import type { Log } from '../services/app.ts';

/** Interval at which the progress of a long run is logged, in milliseconds. */
const REPORT_MS = 5_000;

/** Logs the progress of due work of a merchant that takes many steps. */
export interface Progress {
  /** Records a step that did `done` jobs out of at most `limit`. A step below its limit ends the run. */
  note(merchantId: string, done: number, limit: number): void;
}

interface Run {
  readonly startedAt: number;
  done: number;
  reportedAt: number;
}

/** Creates a progress log. Runs shorter than REPORT_MS are not logged. */
export function createProgress(log: Log): Progress {
  const runs = new Map<string, Run>();
  return {
    note(merchantId, done, limit) {
      const now = performance.now();
      const run = runs.get(merchantId) ?? { startedAt: now, done: 0, reportedAt: now };
      run.done += done;
      const fields = { merchantId, done: run.done, seconds: Math.round((now - run.startedAt) / 1_000) };
      if (done < limit) {
        // A step below its limit is the last of the run. Short runs are not logged.
        if (run.reportedAt > run.startedAt) log.info(fields, 'long run of due work finished');
        runs.delete(merchantId);
        return;
      }
      runs.set(merchantId, run);
      if (now - run.reportedAt < REPORT_MS) return;
      run.reportedAt = now;
      log.info(fields, 'due work in progress');
    },
  };
}
