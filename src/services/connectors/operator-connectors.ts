import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { readCreditor, readProfile } from '../../bank/iso20022/profile.ts';
import { CONNECTOR_ID, type ConnectorKind, SANDBOX_CONNECTOR } from '../../domain/connector.ts';
import { isSigningSecret, newSigningSecret } from '../../signing/signature.ts';
import { queryable, withTransaction } from '../../store/connection/database.ts';
import {
  allowConnector,
  type Connector,
  insertConnector,
  listConnectors,
  type NewConnector,
  replaceSecret,
  updateConnector,
} from '../../store/connectors/connectors.ts';
import { findMode, isSeeded } from '../../store/merchants/merchants.ts';
import type { App } from '../app.ts';

/** Hours for which the former secret of a connector stays good. */
export const FORMER_SECRET_HOURS = 24;

/** A connector that cannot be made or allowed; the message tells the operator why. */
export class ConnectorRefused extends Error {}

/** What an operator says of a connector. */
export interface ConnectorRecord {
  readonly id: string;
  readonly kind: Exclude<ConnectorKind, 'SANDBOX'>;
  /** Base address of the adapter for HTTP, absolute path of the directory for ISO20022. */
  readonly place: string;
  /** Secret of an HTTP connector; a new one by default. */
  readonly secret?: string | undefined;
  readonly profile: object;
}

/** Creates a connector, and returns the secret of an HTTP connector. Throws ConnectorRefused. */
export async function createConnector(app: App, record: ConnectorRecord): Promise<string | null> {
  const { secret: given } = record;
  if (given !== undefined && (record.kind !== 'HTTP' || !isSigningSecret(given)))
    throw new ConnectorRefused('only an HTTP connector has a secret: "whsec_" and 24 to 64 bytes in base64');
  const secret = record.kind === 'HTTP' ? (given ?? newSigningSecret()) : null;
  const connector = { ...placeOf(record), secret };
  if (!(await insertConnector(queryable(app.database), app.secrets, connector)))
    throw new ConnectorRefused(`there is a connector ${record.id} already`);
  return secret;
}

/** Replaces the place and the profile of a connector. Throws ConnectorRefused. */
export async function changeConnector(app: App, record: ConnectorRecord): Promise<void> {
  if (!(await updateConnector(queryable(app.database), placeOf(record))))
    throw new ConnectorRefused(`there is no connector ${record.id} of the kind ${record.kind}`);
}

function placeOf({ id, kind, place, profile }: ConnectorRecord): Omit<NewConnector, 'secret'> {
  if (!CONNECTOR_ID.test(id) || id === SANDBOX_CONNECTOR)
    throw new ConnectorRefused(`not an id: ${id}; use 1 to 32 lower-case letters, digits and "-"`);
  if (kind === 'HTTP') {
    if (!isAdapterAddress(place))
      throw new ConnectorRefused(`not an address: ${place}; use https, or http to this machine, without a query`);
    return { id, kind, address: place, directory: null, profile: readHttpProfile(profile) };
  }
  if (!isAbsolute(place)) throw new ConnectorRefused(`not an absolute path: ${place}`);
  const read = readProfile(profile);
  if (typeof read === 'string') throw new ConnectorRefused(`not a profile: ${read}`);
  return { id, kind, address: null, directory: place, profile };
}

function isAdapterAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username } = new URL(text);
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && isLocal)) && !search && !hash && !username;
}

function readHttpProfile(profile: object): object {
  if (z.strictObject({}).safeParse(profile).success) return profile;
  throw new ConnectorRefused('an HTTP connector has no profile');
}

/** Gives a connector a new secret and returns it; the former one stays good for a day. Throws ConnectorRefused. */
export async function rotateConnectorSecret(app: App, id: string): Promise<string> {
  const secret = newSigningSecret();
  if (!(await replaceSecret(queryable(app.database), app.secrets, id, secret, FORMER_SECRET_HOURS)))
    throw new ConnectorRefused(`there is no HTTP connector ${id}`);
  return secret;
}

/**
 * Allows a merchant a connector, with its account as a creditor where the bank needs it. The sandbox bank is not for live
 * merchants, and a bank is not for a sandbox that was reset with a seed: it makes the same references again, which a bank takes
 * only once. Throws ConnectorRefused.
 */
export async function allowMerchant(
  app: App,
  connectorId: string,
  merchantId: string,
  creditor: object | null,
): Promise<void> {
  await withTransaction(app.database, async (tx) => {
    const connector = (await listConnectors(tx, app.secrets)).get(connectorId);
    if (!connector) throw new ConnectorRefused(`there is no connector ${connectorId}`);
    const mode = await findMode(tx, merchantId);
    if (!mode) throw new ConnectorRefused(`there is no merchant ${merchantId}`);
    if (connector.kind === 'SANDBOX' && mode === 'LIVE')
      throw new ConnectorRefused('a live merchant cannot use the sandbox bank');
    if (connector.kind !== 'SANDBOX' && (await isSeeded(tx, merchantId)))
      throw new ConnectorRefused('the sandbox was reset with a seed and repeats its references; reset it without one');
    const account = connector.kind === 'ISO20022' ? readCreditor(creditor) : creditor;
    if (typeof account === 'string') throw new ConnectorRefused(`not an account of a creditor: ${account}`);
    allowConnector(tx, merchantId, connectorId, account);
  });
}

/** Returns all connectors in the order of their ids. */
export async function listAllConnectors(app: App): Promise<readonly Connector[]> {
  return [...(await listConnectors(queryable(app.database), app.secrets)).values()];
}
