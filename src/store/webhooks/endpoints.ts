import type { EndpointTerms } from '../../domain/webhook/endpoint.ts';
import type { Queryable, Tx } from '../connection/database.ts';
import { type AggregateTable, insertAggregates, updateAggregates } from '../events/aggregates.ts';
import type { EventConditions } from '../events/event-conditions.ts';
import { newId } from '../ids.ts';
import type { WriteContext } from '../write-context.ts';

const TABLE: AggregateTable = { table: 'webhook_endpoint', type: 'WEBHOOK_ENDPOINT' };

/** The client that made an endpoint or updated it last. Its selection is resolved for that client, with these scopes. */
export interface EndpointOwner {
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** A stored endpoint. */
export interface StoredEndpoint extends EndpointTerms, EndpointOwner {
  readonly id: string;
  readonly version: number;
  readonly conditions: EventConditions;
  /** Number of the secret that signs. */
  readonly secretGeneration: number;
  /** Wall time until which the secret before it signs too; null when it does not. */
  readonly previousSecretUntil: Date | null;
}

/** Inserts endpoints with their events, which are the first events that they get. Returns their ids. */
export function insertEndpoints(
  context: WriteContext,
  owner: EndpointOwner,
  endpoints: readonly EndpointTerms[],
): string[] {
  const { tx, merchantId } = context;
  // Endpoints survive the reset of a sandbox, so their ids do not come from its seed.
  const rows = endpoints.map(({ status, ...columns }) => ({
    id: newId('webhookEndpoint'),
    status,
    columns: { ...columns, ...owner },
    keys: {},
  }));
  insertAggregates(context, TABLE, rows);
  const ids = rows.map(({ id }) => id);
  tx.send(
    'INSERT INTO webhook_queue (merchant_id, endpoint_id, starts_with) SELECT $1, made.id, 1 FROM unnest($2::text[]) AS made(id)',
    [merchantId, ids],
  );
  tx.send(
    `INSERT INTO webhook_progress (merchant_id, epoch, position)
     SELECT merchant_id, epoch, last_position FROM event_head WHERE merchant_id = $1 ON CONFLICT DO NOTHING`,
    [merchantId],
  );
  return ids;
}

const COLUMNS = `id, version, name, url, status, conditions, selection, client_id, scopes, secret_generation, previous_secret_until`;

/** Returns endpoints by id, locked until the transaction ends. */
export async function lockEndpoints(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredEndpoint>> {
  const rows = await tx.query<StoredEndpoint>(
    `SELECT ${COLUMNS} FROM webhook_endpoint WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE`,
    [merchantId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Returns the enabled endpoints of these clients, locked until the transaction ends. */
export function lockEndpointsOf(
  tx: Queryable,
  merchantId: string,
  clientIds: readonly string[],
): Promise<StoredEndpoint[]> {
  return tx.query(
    `SELECT ${COLUMNS} FROM webhook_endpoint
      WHERE merchant_id = $1 AND client_id = ANY($2) AND status = 'ENABLED' ORDER BY id FOR NO KEY UPDATE`,
    [merchantId, clientIds],
  );
}

/** Returns the number of endpoints of a merchant. */
export async function countEndpoints(database: Queryable, merchantId: string): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    'SELECT count(*) AS count FROM webhook_endpoint WHERE merchant_id = $1',
    [merchantId],
  );
  return row?.count ?? 0;
}

/** Returns an endpoint, or null when the merchant does not have it. */
export async function findEndpoint(
  database: Queryable,
  merchantId: string,
  id: string,
): Promise<StoredEndpoint | null> {
  const [row] = await database.query<StoredEndpoint>(
    `SELECT ${COLUMNS} FROM webhook_endpoint WHERE merchant_id = $1 AND id = $2`,
    [merchantId, id],
  );
  return row ?? null;
}

/** A locked endpoint and its new properties; absent ones are kept. */
export interface EndpointChange {
  readonly before: StoredEndpoint;
  readonly after: Partial<Omit<StoredEndpoint, 'id' | 'version'>>;
  /** Reason of the change, for its event. */
  readonly reason?: string;
}

/**
 * Updates endpoints locked by the caller, with their events. The event by which an endpoint becomes enabled is the first one that
 * it gets; an endpoint that becomes disabled loses what is pending.
 */
export function updateEndpoints(context: WriteContext, changes: readonly EndpointChange[]): void {
  const { tx, merchantId, cause } = context;
  updateAggregates(
    context,
    TABLE,
    changes.map(({ before, after, reason = null }) => {
      const { id, version, status: fromStatus, ...columns } = before;
      const { status: toStatus = fromStatus, ...changed } = after;
      const merged = { ...columns, ...changed };
      return { id, version, fromStatus, toStatus, columns: merged, keys: {}, cause: { ...cause, reason } };
    }),
  );
  const moved = changes.filter(({ before, after }) => after.url !== undefined && after.url !== before.url);
  if (moved.length > 0)
    forgetFailures(
      tx,
      merchantId,
      moved.map(({ before }) => before.id),
    );
  const turned = changes.filter(({ before, after }) => after.status !== undefined && after.status !== before.status);
  if (turned.length === 0) return;
  tx.send(
    `UPDATE webhook_queue SET starts_with = turned.version, starts_after = NULL, failures = 0, failing_since = NULL,
            paused_until = NULL, next_at = now()
       FROM unnest($2::text[], $3::int[]) AS turned(id, version) WHERE merchant_id = $1 AND endpoint_id = turned.id`,
    [merchantId, turned.map(({ before }) => before.id), turned.map(({ before }) => before.version + 1)],
  );
}

/** Number of waiting deliveries that are made due when the address of their endpoint changes; the others keep their time. */
const DUE_AT_ONCE_MAX = 10_000;

/** Forgets what the address before has done, and what a node still does with it: a new one is tried at once. */
function forgetFailures(tx: Tx, merchantId: string, endpointIds: readonly string[]): void {
  tx.send(
    `UPDATE webhook_queue SET failures = 0, failing_since = NULL, paused_until = NULL, next_at = least(next_at, now()),
            lease = NULL, leased_until = NULL
      WHERE merchant_id = $1 AND endpoint_id = ANY($2)`,
    [merchantId, endpointIds],
  );
  tx.send(
    `UPDATE webhook_delivery SET next_attempt_at = now() WHERE merchant_id = $1 AND id IN (
       SELECT id FROM webhook_delivery
        WHERE merchant_id = $1 AND endpoint_id = ANY($2) AND status = 'PENDING' AND next_attempt_at > now()
        ORDER BY next_attempt_at LIMIT ${DUE_AT_ONCE_MAX})`,
    [merchantId, endpointIds],
  );
}
