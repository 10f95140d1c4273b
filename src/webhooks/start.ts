import type { App } from '../services/app.ts';
import { type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { queryable } from '../store/connection/database.ts';
import { deleteOldDeliveries } from '../store/webhooks/deliveries.ts';
import { type BodyOptions, createBodies } from './bodies.ts';
import { Deliverer } from './deliverer.ts';
import { createSender } from './send.ts';

/** Interval of rounds in milliseconds, for retries and for events of which no notice came. */
const POLL_MS = 200;
/** Time for which results and notices of events are collected before a round, in milliseconds. */
const COLLECT_MS = 20;
/** Time for requests under way when the node stops; then they are cut, and made again by another node. */
const FINISH_MS = 3_000;
/** Interval and size of the deletion of old deliveries. */
const DELETE_MS = 60_000;
const DELETED_MAX = 1_000;

/** The delivery of events to webhook endpoints. Every node runs one; the nodes share the endpoints. */
export interface Webhooks {
  /** Looks for events to deliver, within `COLLECT_MS`. */
  wake(): void;
  /** Number of endpoints that are being served. */
  count(): number;
  stop(): Promise<void>;
}

/** Starts to deliver events until stopped. */
export function startWebhooks(
  app: App,
  options: Omit<BodyOptions, 'secrets'> & { readonly reportOf: (loop: string) => LoopReport },
): Webhooks {
  const report = options.reportOf('webhooks');
  const sender = createSender({ allowsLocal: app.allowsLocalWebhooks });
  const bodies = createBodies({ ...options, secrets: app.secrets });
  let collecting: NodeJS.Timeout | null = null;
  const wake = (): void => {
    collecting ??= setTimeout(() => {
      collecting = null;
      rounds.wake();
    }, COLLECT_MS);
  };
  const deliverer = new Deliverer(app, { bodies, sender, onResult: wake, onError: report.onError });
  const rounds = startBackgroundLoop(() => deliverer.round(), POLL_MS, report);
  const deletion = startBackgroundLoop(
    async () => ((await deleteOldDeliveries(queryable(app.database), DELETED_MAX)) > 0 ? 'MORE' : 'DONE'),
    DELETE_MS,
    options.reportOf('webhook-deletion'),
  );
  return {
    wake,
    count: () => deliverer.count,
    async stop() {
      const cut = setTimeout(() => sender.close(), FINISH_MS);
      await rounds.stop();
      await deliverer.stop().catch(report.onError);
      await deletion.stop();
      clearTimeout(cut);
      if (collecting) clearTimeout(collecting);
      sender.close();
    },
  };
}
