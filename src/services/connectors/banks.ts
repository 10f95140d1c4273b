import { type Bank, type Banks, BankUnavailable } from '../../bank/bank.ts';
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

/** Time for which a connector that is not known is not looked for again, in milliseconds. */
const UNKNOWN_MS = 500;
/** Time for which nothing is sent to a bank that did not answer, in milliseconds. */
const UNAVAILABLE_MS = 5_000;

/** Reads connectors from the database and remembers them. */
export function rememberConnectors(database: Database, secrets: Secrets): KnownConnectors {
  let known: ReadonlyMap<string, Connector> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    known = await listConnectors(queryable(database), secrets);
    readAt = performance.now();
  };
  return {
    async find(id) {
      if (performance.now() - readAt > (known.has(id) ? REMEMBERED_MS : UNKNOWN_MS)) {
        reading ??= read().finally(() => {
          reading = null;
        });
        await reading;
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
  const quietUntil = new Map<string, number>();

  /** Wraps a bank so that, after it did not answer, its calls fail at once for a while: waiting for it would delay everything else. */
  function guard(id: string, bank: Bank): Bank {
    const guarded =
      <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        if (performance.now() < (quietUntil.get(id) ?? 0))
          throw new BankUnavailable(`the bank of connector ${id} did not answer a moment ago`);
        try {
          return await call(...args);
        } catch (error) {
          if (error instanceof BankUnavailable) quietUntil.set(id, performance.now() + UNAVAILABLE_MS);
          throw error;
        }
      };
    return {
      ...bank,
      submit: guarded(bank.submit),
      submitMandates: guarded(bank.submitMandates),
      findReceived: guarded(bank.findReceived),
      findHeld: guarded(bank.findHeld),
      verify: guarded(bank.verify),
    };
  }

  return {
    async of(id) {
      if (id === SANDBOX_CONNECTOR) return measured;
      const connector = await connectors.find(id);
      if (!connector) throw new Error(`there is no connector ${id}`);
      const bank = made.get(connector) ?? guard(id, meter(bankOf(connector, store.database, store.secrets)));
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
