import type { App } from '../services/app.ts';
import {
  allowMerchant,
  ConnectorRefused,
  changeConnector,
  createConnector,
  FORMER_SECRET_HOURS,
  listAllConnectors,
  rotateConnectorSecret,
} from '../services/connectors/operator-connectors.ts';
import { testConnector } from '../services/connectors/test-connector.ts';
import { type Command, CommandError } from './command.ts';
import { readJsonObject } from './record-command.ts';

/** Runs `work`; what the operator may not do is told as a CommandError. */
async function tell<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ConnectorRefused ? new CommandError(error.message) : error;
  }
}

const KINDS = ['HTTP', 'ISO20022'] as const;

function kindOf(text: string): (typeof KINDS)[number] {
  const kind = KINDS.find((known) => known === text);
  if (!kind) throw new CommandError(`no such kind: ${text}; use HTTP or ISO20022`);
  return kind;
}

const profileOf = (json: string | undefined): object => (json === undefined ? {} : readJsonObject(json));

/** Creates a connector to a bank. */
export const createConnectorCommand: Command = {
  usage: 'create-connector <id> <HTTP|ISO20022> <address or directory> [<profile as json>]',
  about:
    'creates a connector to a bank: HTTP with the https address of your adapter, ISO20022 with the absolute path of a directory; prints the secret of an HTTP connector, this once only',
  async run(app, [id, kind, place, profile, ...rest], print) {
    if (!id || !kind || !place || rest.length > 0) return false;
    const record = { id, kind: kindOf(kind), place, profile: profileOf(profile) };
    const secret = await tell(createConnector(app, { ...record, secret: process.env['CONNECTOR_SECRET'] }));
    print(`connector ${id}`);
    if (secret !== null) print(`secret    ${secret}`);
    return true;
  },
};

/** Changes the place and the profile of a connector. */
export const setConnectorCommand: Command = {
  usage: 'set-connector <id> <HTTP|ISO20022> <address or directory> [<profile as json>]',
  about: 'replaces the address or directory of a connector and its profile; every node uses them within seconds',
  async run(app, [id, kind, place, profile, ...rest], print) {
    if (!id || !kind || !place || rest.length > 0) return false;
    await tell(changeConnector(app, { id, kind: kindOf(kind), place, profile: profileOf(profile) }));
    print(`connector ${id} set`);
    return true;
  },
};

/** Gives a connector a new secret. */
export const rotateConnectorSecretCommand: Command = {
  usage: 'rotate-connector-secret <id>',
  about: `gives an HTTP connector a new secret and prints it, this once only; the former one stays good for ${FORMER_SECRET_HOURS} hours`,
  async run(app, [id, ...rest], print) {
    if (!id || rest.length > 0) return false;
    print(`secret    ${await tell(rotateConnectorSecret(app, id))}`);
    return true;
  },
};

/** Allows a merchant a connector. */
export const allowConnectorCommand: Command = {
  usage: 'allow-connector <connector id> <merchant id> [<creditor as json>]',
  about:
    'lets payment methods of a merchant name a connector; ISO20022 requires the merchant\'s account as a creditor, such as \'{"name": "ACME", "accountNumber": "4047527350", "branchCode": "632005"}\'',
  async run(app, [connectorId, merchantId, creditor, ...rest], print) {
    if (!connectorId || !merchantId || rest.length > 0) return false;
    const account = creditor === undefined ? null : readJsonObject(creditor);
    await tell(allowMerchant(app, connectorId, merchantId, account));
    print(`merchant ${merchantId} may use connector ${connectorId}`);
    return true;
  },
};

/** Lists the connectors. */
export const listConnectorsCommand: Command = {
  usage: 'list-connectors',
  about: 'lists the connectors with their kinds and places',
  async run(app, rest, print) {
    if (rest.length > 0) return false;
    for (const { id, kind, address, directory } of await listAllConnectors(app)) {
      print([id, kind, address ?? directory ?? ''].join('\t'));
    }
    return true;
  },
};

/** Tests a connector for a merchant. */
export const testConnectorCommand: Command = {
  usage: 'test-connector <connector id> <merchant id>',
  about: 'tests the way to the bank of a connector for a merchant, without moving money',
  run: runTest,
};

async function runTest(app: App, [connectorId, merchantId, ...rest]: readonly string[], print: (line: string) => void) {
  if (!connectorId || !merchantId || rest.length > 0) return false;
  const tested = await testConnector(app, merchantId, connectorId);
  if (!tested) throw new CommandError(`merchant ${merchantId} may not use a connector ${connectorId}`);
  for (const { name, isPassed, message } of tested.checks) print(`${isPassed ? 'ok  ' : 'FAIL'} ${name}: ${message}`);
  return true;
}
