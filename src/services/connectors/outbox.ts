import { makeDirectories, testDirectories } from '../../bank/iso20022/directories.ts';
import type { Outbox } from '../../bank/iso20022/iso-bank.ts';
import { readCreditor } from '../../bank/iso20022/profile.ts';
import { type Database, queryable } from '../../store/connection/database.ts';
import { createBankFiles } from '../../store/connectors/bank-files.ts';
import { findCreditor } from '../../store/connectors/connectors.ts';
import type { Secrets } from '../../store/secrets.ts';

/** Returns the outbox of a connector of the kind ISO20022, which is stored in the database. */
export function createOutbox(database: Database, secrets: Secrets, connectorId: string, directory: string): Outbox {
  const files = createBankFiles(database, secrets);
  return {
    hold: (merchantId, instructions) => files.hold(merchantId, connectorId, instructions),
    findStored: files.findStored,
    writeAgain: files.writeAgain,
    findCreditor: async (merchantId) => readCreditor(await findCreditor(queryable(database), merchantId, connectorId)),
    async testDirectories() {
      await makeDirectories(directory).catch(() => {});
      return testDirectories(directory);
    },
  };
}
