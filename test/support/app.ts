import { createSandboxBank } from '../../src/bank/sandbox/sandbox-bank.ts';
import type { App } from '../../src/services/app.ts';
import { merchantClock } from '../../src/services/sandbox/merchant-clock.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { createSandboxLedger } from '../../src/store/sandbox-ledger.ts';
import { deriveSecrets } from '../../src/store/secrets.ts';

/** An app without a node, for use cases of a test beside nodes in processes of their own. */
export function createApp(database: Database, secret: Buffer): App {
  const nothing = (): void => {};
  const bank = createSandboxBank(createSandboxLedger(database, ''));
  return {
    database,
    secrets: deriveSecrets(secret),
    banks: { of: async () => bank },
    clock: merchantClock,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    meter: {
      done: nothing,
      failed: nothing,
      quarantined: nothing,
      refused: nothing,
      step: nothing,
      transaction: nothing,
      webhookAttempted: nothing,
      bankFile: nothing,
    },
    allowsLocalWebhooks: false,
    onEvents: nothing,
  };
}
