import type { ConnectorKind } from '../../domain/connector.ts';
import type { Queryable, Tx } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';
import { wallTime } from '../connection/wall-time.ts';
import { seal, unseal } from '../sealed-text.ts';
import type { Secrets } from '../secrets.ts';

/** A connector as the operator made it. Secrets sign requests and answers; the first is the current one. */
export interface Connector {
  readonly id: string;
  readonly kind: ConnectorKind;
  readonly address: string | null;
  readonly directory: string | null;
  readonly secrets: readonly string[];
  readonly profile: object;
}

/** A connector to make. */
export interface NewConnector {
  readonly id: string;
  readonly kind: ConnectorKind;
  readonly address: string | null;
  readonly directory: string | null;
  readonly secret: string | null;
  readonly profile: object;
}

/** The cell of a secret, which is authenticated with its ciphertext. */
const secretCell = (id: string): readonly string[] => ['connector', 'secret', id];

/** Inserts a connector; returns whether its id was free. */
export async function insertConnector(tx: Queryable, secrets: Secrets, connector: NewConnector): Promise<boolean> {
  const { id, kind, address, directory, secret, profile } = connector;
  const cipher = secret === null ? null : seal(secrets, secretCell(id), secret);
  const rows = await tx.query(
    `INSERT INTO connector (id, kind, address, directory, secret_cipher, profile)
     VALUES ($1, $2::connector_kind, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id`,
    [id, kind, address, directory, cipher, JSON.stringify(profile)],
  );
  return rows.length > 0;
}

/** Replaces the secret of a connector; the former one stays good for `hours`. Returns whether the connector has one. */
export async function replaceSecret(
  tx: Queryable,
  secrets: Secrets,
  id: string,
  secret: string,
  hours: number,
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE connector SET secret_cipher = $2, former_secret_cipher = secret_cipher,
            former_secret_until = now() + $3 * interval '1 hour', updated_at = now()
      WHERE id = $1 AND secret_cipher IS NOT NULL RETURNING id`,
    [id, seal(secrets, secretCell(id), secret), hours],
  );
  return rows.length > 0;
}

/** Replaces the place and the profile of a connector of a kind; returns whether there is one. */
export async function updateConnector(
  tx: Queryable,
  { id, kind, address, directory, profile }: Omit<NewConnector, 'secret'>,
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE connector SET address = $3, directory = $4, profile = $5, updated_at = now()
      WHERE id = $1 AND kind = $2::connector_kind RETURNING id`,
    [id, kind, address, directory, JSON.stringify(profile)],
  );
  return rows.length > 0;
}

interface ConnectorRow extends Omit<Connector, 'secrets'> {
  readonly secretCipher: Buffer | null;
  readonly formerSecretCipher: Buffer | null;
}

const COLUMNS = `id, kind, address, directory, secret_cipher, profile,
  CASE WHEN former_secret_until > now() THEN former_secret_cipher END AS former_secret_cipher`;

/** Returns all connectors by id, in the order of their ids. */
export async function listConnectors(database: Queryable, secrets: Secrets): Promise<ReadonlyMap<string, Connector>> {
  const rows = await database.query<ConnectorRow>(`SELECT ${COLUMNS} FROM connector ORDER BY id`);
  return new Map(
    rows.map(({ secretCipher, formerSecretCipher, ...connector }) => {
      const ciphers = [secretCipher, formerSecretCipher].filter((cipher) => cipher !== null);
      return [
        connector.id,
        { ...connector, secrets: ciphers.map((cipher) => unseal(secrets, secretCell(connector.id), cipher)) },
      ];
    }),
  );
}

/** Allows a merchant a connector, with its account as a creditor, or replaces that account. */
export function allowConnector(tx: Tx, merchantId: string, connectorId: string, creditor: object | null): void {
  insertRows(
    tx,
    'connector_merchant',
    [{ merchantId, connectorId, creditor, createdAt: wallTime() }],
    'ON CONFLICT (merchant_id, connector_id) DO UPDATE SET creditor = excluded.creditor',
  );
}

/** A connector that a merchant may use. */
export interface AllowedConnector {
  readonly id: string;
  readonly kind: ConnectorKind;
}

/** Returns the connectors that a merchant may use by id, in the order in which they were allowed. */
export async function findAllowedConnectors(
  tx: Queryable,
  merchantId: string,
): Promise<ReadonlyMap<string, AllowedConnector>> {
  const rows = await tx.query<AllowedConnector>(
    `SELECT connector.id, connector.kind FROM connector_merchant AS allowed
       JOIN connector ON connector.id = allowed.connector_id
      WHERE allowed.merchant_id = $1 ORDER BY allowed.created_at, connector.id`,
    [merchantId],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Returns the account of a merchant as a creditor of a connector; null when it has none. */
export async function findCreditor(
  database: Queryable,
  merchantId: string,
  connectorId: string,
): Promise<object | null> {
  const [row] = await database.query<{ creditor: object | null }>(
    'SELECT creditor FROM connector_merchant WHERE merchant_id = $1 AND connector_id = $2',
    [merchantId, connectorId],
  );
  return row?.creditor ?? null;
}

/** Returns the connectors of payment methods, by payment method. */
export async function findConnectorsOfMethods(
  tx: Queryable,
  merchantId: string,
  methodIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ id: string; connectorId: string }>(
    'SELECT id, connector_id FROM payment_method WHERE merchant_id = $1 AND id = ANY($2)',
    [merchantId, [...new Set(methodIds)]],
  );
  return new Map(rows.map(({ id, connectorId }) => [id, connectorId]));
}

/** Re-encrypts the secrets of connectors that another key than the current one encrypted. Returns how many. */
export async function resealSecrets(tx: Queryable, secrets: Secrets): Promise<number> {
  const rows = await tx.query<{ id: string; secretCipher: Buffer; formerSecretCipher: Buffer | null }>(
    `SELECT id, secret_cipher, former_secret_cipher FROM connector
      WHERE get_byte(secret_cipher, 0) <> $1 OR get_byte(former_secret_cipher, 0) <> $1 FOR UPDATE`,
    [secrets.numberKeyId],
  );
  for (const { id, secretCipher, formerSecretCipher } of rows) {
    const renewed = (cipher: Buffer | null) =>
      cipher && seal(secrets, secretCell(id), unseal(secrets, secretCell(id), cipher));
    await tx.query('UPDATE connector SET secret_cipher = $2, former_secret_cipher = $3 WHERE id = $1', [
      id,
      renewed(secretCipher),
      renewed(formerSecretCipher),
    ]);
  }
  return rows.length;
}
