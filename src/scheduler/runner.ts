import type { App } from '../services/app.ts';
import { runDueWork } from '../services/run-due-work.ts';
import { queryable } from '../store/database.ts';
import { findMerchantsWithDueWork } from '../store/due-work.ts';

/** How late work may be found. */
const POLL_MS = 200;

export interface Scheduler {
  stop(): Promise<void>;
}

/** Does what is due on every merchant's clock, for as long as it runs. Every node runs one; they share the merchants. */
export function startScheduler(app: App, onError: (error: unknown) => void): Scheduler {
  let isStopped = false;
  let rouse: () => void = () => {};

  async function run(): Promise<void> {
    while (!isStopped) {
      try {
        await runOnce(app, () => isStopped);
      } catch (error) {
        onError(error); // what is due stays due
      }
      if (isStopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        rouse = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  const running = run();
  return {
    async stop() {
      isStopped = true;
      rouse();
      await running;
    },
  };
}

/** Does everything that is due now. */
export async function runOnce(app: App, isStopped: () => boolean = () => false): Promise<void> {
  const database = queryable(app.database);
  for (const merchantId of await findMerchantsWithDueWork(database, new Date())) {
    let done = 0;
    do {
      done = await runDueWork(app, merchantId, await app.clock.now(database, merchantId), 'KEEP_CLOCK');
    } while (done > 0 && !isStopped());
  }
}
