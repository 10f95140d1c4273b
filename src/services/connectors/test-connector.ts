import type { BankTest } from '../../bank/bank.ts';
import { queryable } from '../../store/connection/database.ts';
import { type AllowedConnector, findAllowedConnectors } from '../../store/connectors/connectors.ts';
import type { App } from '../app.ts';

/** What a test of a connector found. */
export interface TestedConnector {
  readonly connector: AllowedConnector;
  readonly checks: readonly BankTest[];
}

/** Tests the way to the bank of a connector that the merchant may use; null for others. Nothing is moved. */
export async function testConnector(
  app: App,
  merchantId: string,
  connectorId: string,
): Promise<TestedConnector | null> {
  const connector = (await findAllowedConnectors(queryable(app.database), merchantId)).get(connectorId);
  if (!connector) return null;
  const bank = await app.banks.of(connectorId);
  return { connector, checks: await bank.test(merchantId) };
}
