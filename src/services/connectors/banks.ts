import type { Bank, Banks } from '../../bank/bank.ts';
import { createHttpBank } from '../../bank/http/http-bank.ts';
import { createIsoBank } from '../../bank/iso20022/iso-bank.ts';
import { SANDBOX_CONNECTOR } from '../../domain/connector.ts';
import { type Database, queryable } from '../../store/connection/database.ts';
import { type Connector, listConnectors } from '../../store/connectors/connectors.ts';
import type { Secrets } from '../../store/secrets.ts';
import { createOutbox } from './outbox.ts';

/** Time for which the connectors are remembered, in milliseconds: the delay until a change is used by every node. */
const REMEMBERED_MS = 5_000;

/** The connectors of a node by id, at most `REMEMBERED_MS` old. */
export interface KnownConnectors {
  find(id: string): Promise<Connector | null>;
}

/** Reads connectors from the database and remembers them. */
export function rememberConnectors(database: Database, secrets: Secrets): KnownConnectors {
  let known: ReadonlyMap<string, Connector> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    async find(id) {
      if (performance.now() - readAt > REMEMBERED_MS || !known.has(id)) {
        known = await listConnectors(queryable(database), secrets);
        readAt = performance.now();
      }
      return known.get(id) ?? null;
    },
  };
}

/** Returns the banks of connectors. `meter` wraps each so that its calls are measured. */
export function createBanks(
  connectors: KnownConnectors,
  sandbox: Bank,
  meter: (bank: Bank) => Bank,
  store: { readonly database: Database; readonly secrets: Secrets },
): Banks {
  const measured = meter(sandbox);
  const made = new WeakMap<Connector, Bank>();
  return {
    async of(id) {
      if (id === SANDBOX_CONNECTOR) return measured;
      const connector = await connectors.find(id);
      if (!connector) throw new Error(`there is no connector ${id}`);
      const bank = made.get(connector) ?? meter(bankOf(connector, store.database, store.secrets));
      made.set(connector, bank);
      return bank;
    },
  };
}

function bankOf(
  { id, kind, address, directory, secrets: signing }: Connector,
  database: Database,
  secrets: Secrets,
): Bank {
  if (kind === 'HTTP' && address !== null) return createHttpBank({ address, secrets: signing });
  if (kind === 'ISO20022' && directory !== null) return createIsoBank(createOutbox(database, secrets, id, directory));
  throw new Error(`connector ${id} of the kind ${kind} has no place`);
}
