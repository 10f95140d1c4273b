import { conclude, decideEach, type Target } from '../../domain/decide-each.ts';
import { invalid, required } from '../../domain/errors.ts';
import { readFields, type Unvalidated } from '../../domain/fields.ts';
import { Findings } from '../../domain/findings.ts';
import { itemAt, present } from '../../domain/invariants.ts';
import { type Author, insertAuditEntries } from '../../store/audit.ts';
import type { Tx } from '../../store/connection/database.ts';
import { insertApiKeys, lockApiKeys, markApiKeysRevoked } from '../../store/merchants/api-keys.ts';
import { findMode } from '../../store/merchants/merchants.ts';
import { lockEndpointsOf, updateEndpoints } from '../../store/webhooks/endpoints.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App, Caller, Scope } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { newApiKey } from './api-key.ts';
import { forgetKnownKeys } from './authenticate.ts';

/** Maximum length of the name of an API key, in characters. */
export const KEY_NAME_LENGTH_MAX = 64;

/** A record of `createApiKeys`. */
export interface NewKeyRecord extends Unvalidated {
  readonly scopes: readonly Scope[];
  readonly clientKey?: string | null | undefined;
}
/** Input of `createApiKeys`. */
export interface CreateApiKeys extends BatchOptions {
  readonly records: readonly NewKeyRecord[];
}

interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/**
 * Creates API keys with audit entries. `show` receives each key once, before the commit; only the HMAC is stored.
 * Atomicity follows `mode`; one result per record, in input order. No warnings.
 */
export function createApiKeys(
  app: App,
  caller: Caller,
  input: CreateApiKeys,
  show: (id: string, apiKey: string) => void,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'createApiKeys', field: 'records', args: {}, ...input } as const;
  return runBatch<NewKeyRecord, NewKey>(app, caller, request, async (context, items) => ({
    decisions: items.map(({ record, path }) => {
      const findings = new Findings(path);
      const key = parseKey(record, caller.scopes, findings);
      return conclude(key && { plan: key, outcome: 'CREATED' }, null, findings);
    }),
    write: async (plans) => {
      const mode = present(await findMode(context.tx, context.merchantId), 'the mode of the merchant');
      const made = plans.map((plan) => ({ ...plan, apiKey: newApiKey(mode) }));
      const keys = made.map(({ apiKey, ...key }) => ({ ...key, hash: app.secrets.hmac('api-keys', apiKey) }));
      const ids = await insertApiKeys(context.tx, context.merchantId, keys);
      accountForKeys(context.tx, context.merchantId, caller, 'API_KEY_CREATED', ids);
      for (const [index, { apiKey }] of made.entries()) show(itemAt(ids, index), apiKey);
      return ids;
    },
  }));
}

/** Parses an API key record. A key can hold only scopes that its creator holds. */
function parseKey(record: NewKeyRecord, held: ReadonlySet<Scope>, findings: Findings): NewKey | null {
  const { path, errors } = findings;
  const name = readFields(record, findings).text('name', {
    max: KEY_NAME_LENGTH_MAX,
    joiners: true,
    required: true,
  });
  const at = [...path, 'scopes'];
  if (record.scopes.length === 0) errors.push(required(at, 'Name at least one scope.'));
  const missing = record.scopes.filter((scope) => !held.has(scope));
  if (missing.length > 0) {
    const message = `You can grant only scopes that you hold. Remove ${[...new Set(missing)].join(', ')}.`;
    errors.push(invalid(at, 'scope_held', message));
  }
  const isSound = name !== null && record.scopes.length > 0 && missing.length === 0;
  return isSound ? { name, scopes: [...new Set(record.scopes)] } : null;
}

/**
 * Revokes API keys with audit entries; open streams of a key end within a second on every node. Atomicity follows
 * `mode`; one result per record, in input order: UNCHANGED for a key that is already revoked. No warnings.
 */
export function revokeApiKeys(app: App, caller: Caller, input: Selection): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'revokeApiKeys', args: {}, ...input };
  return runBatch<Target, { id: string; isRevoked: boolean }>(app, caller, request, async (context, items) => {
    const ids = items.map(({ record }) => record.id);
    const keys = await lockApiKeys(context.tx, context.merchantId, ids);
    return {
      decisions: decideEach(items, keys, 'API key', (key) => ({
        plan: key,
        outcome: key.isRevoked ? 'UNCHANGED' : 'UPDATED',
      })),
      write: async (plans) => {
        const revoked = plans.map(({ id }) => id);
        context.tx.onCommit(() => forgetKnownKeys(app));
        await markApiKeysRevoked(context.tx, context.merchantId, revoked);
        accountForKeys(context.tx, context.merchantId, caller, 'API_KEY_REVOKED', revoked);
        await disableEndpointsOf(context, revoked);
        return revoked;
      },
    };
  });
}

/** Disables the webhook endpoints of revoked keys, with events: what they send was allowed by those keys. */
export async function disableEndpointsOf(context: WriteContext, keyIds: readonly string[]): Promise<void> {
  const endpoints = await lockEndpointsOf(context.tx, context.merchantId, keyIds);
  const after = { status: 'DISABLED' } as const;
  const reason = 'The API key of the endpoint was revoked.';
  updateEndpoints(
    context,
    endpoints.map((before) => ({ before, after, reason })),
  );
}

/** Writes one audit entry per key that was created or revoked, in the given order. */
export function accountForKeys(
  tx: Tx,
  merchantId: string,
  author: Author,
  action: 'API_KEY_CREATED' | 'API_KEY_REVOKED',
  ids: readonly string[],
): void {
  insertAuditEntries(
    tx,
    merchantId,
    author,
    ids.map((objectId) => ({ action, objectId, field: 'apiKey' })),
  );
}
