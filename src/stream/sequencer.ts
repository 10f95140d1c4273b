import type { Database } from '../store/database.ts';
import { queryable } from '../store/database.ts';
import { sequenceEvents } from '../store/events.ts';

const BATCH_SIZE = 1_000;
/** When no commit of ours wakes it: for the events of nodes that died before they could. */
const POLL_MS = 100;

export interface Sequencer {
  /** There are new events. */
  wake(): void;
  stop(): Promise<void>;
}

/** Numbers committed events for as long as it runs: at once when woken, else every 100 ms. Every node runs one. */
export function startSequencer(database: Database, onError: (error: unknown) => void): Sequencer {
  let isStopped = false;
  let isWoken = false;
  let rouse: () => void = () => {};

  async function run(): Promise<void> {
    while (!isStopped) {
      isWoken = false;
      let numbered = 0;
      try {
        numbered = await sequenceEvents(queryable(database), BATCH_SIZE);
      } catch (error) {
        onError(error);
      }
      if (numbered === BATCH_SIZE || isWoken || isStopped) continue;
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
    wake() {
      isWoken = true;
      rouse();
    },
    async stop() {
      isStopped = true;
      rouse();
      await running;
    },
  };
}
