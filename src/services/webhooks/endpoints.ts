import { canonicalJson } from '../../domain/canonical-json.ts';
import { conclude, decideEach } from '../../domain/decide-each.ts';
import { invalid, limitExceeded } from '../../domain/errors.ts';
import { Findings } from '../../domain/findings.ts';
import {
  changeEndpoint,
  type EndpointRecord,
  type EndpointTerms,
  parseEndpoint,
  type RecordFault,
  type UpdateEndpointRecord,
} from '../../domain/webhook/endpoint.ts';
import {
  countEndpoints,
  type EndpointOwner,
  insertEndpoints,
  lockEndpoints,
  type StoredEndpoint,
  updateEndpoints,
} from '../../store/webhooks/endpoints.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { webhookSecret } from './secret.ts';

/** Maximum number of webhook endpoints of a merchant. */
export const ENDPOINTS_MAX = 1_000;

/** Input of `createWebhookEndpoints`. */
export interface CreateEndpoints extends BatchOptions {
  readonly records: readonly EndpointRecord[];
}

/**
 * Creates webhook endpoints; they get the events from then on. `show` receives the secret of each once, before the commit. Atomicity
 * follows `mode`; one result per record, in input order. No warnings.
 */
export function createWebhookEndpoints(
  app: App,
  caller: Caller,
  input: CreateEndpoints,
  show: (id: string, secret: string) => void,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'createWebhookEndpoints', field: 'records', args: {}, ...input } as const;
  return runBatch<EndpointRecord, EndpointTerms>(app, caller, request, async (context, items) => {
    const { tx, merchantId } = context;
    let count = await countEndpoints(tx, merchantId);
    return {
      decisions: items.map(({ record, path }) => {
        const findings = new Findings(path);
        const plan = parseEndpoint(record, app.allowsLocalWebhooks, findings);
        if (plan) count += 1;
        if (plan && count > ENDPOINTS_MAX)
          findings.errors.push(limitExceeded(path, `A merchant can have ${ENDPOINTS_MAX} endpoints.`, ENDPOINTS_MAX));
        return conclude(plan && { plan, outcome: 'CREATED' }, null, findings);
      }),
      write: async (plans) => {
        const ids = insertEndpoints(context, ownerOf(caller), plans);
        for (const id of ids) show(id, webhookSecret(app.secrets, merchantId, id, 1));
        return ids;
      },
    };
  });
}

/** Input of `updateWebhookEndpoints`. */
export interface UpdateEndpoints extends BatchOptions {
  readonly records: readonly UpdateEndpointRecord[];
}

interface Update {
  readonly before: StoredEndpoint;
  readonly after: EndpointTerms;
}

/**
 * Updates webhook endpoints, whose selections are from then on resolved with the scopes of the caller: `faultOf` says why a stored
 * one cannot be. An endpoint that becomes
 * enabled gets the events from then on. Atomicity follows `mode`; one result per record, in input order. No warnings.
 */
export function updateWebhookEndpoints(
  app: App,
  caller: Caller,
  input: UpdateEndpoints,
  faultOf: (selection: string) => RecordFault | null,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'updateWebhookEndpoints', field: 'records', args: {}, ...input } as const;
  return runBatch<UpdateEndpointRecord, Update>(app, caller, request, async (context, items) => {
    const ids = items.map(({ record }) => record.id);
    const endpoints = await lockEndpoints(context.tx, context.merchantId, ids);
    const decisions = decideEach(items, endpoints, 'webhook endpoint', (before, record, findings) => {
      const after = changeEndpoint(before, record, app.allowsLocalWebhooks, findings);
      const kept = record.selection === undefined && before.selection !== null ? faultOf(before.selection) : null;
      if (kept) findings.errors.push(invalid([...findings.path, kept.field], kept.rule, kept.message));
      return after && { plan: { before, after }, outcome: isChanged(before, after, caller) ? 'UPDATED' : 'UNCHANGED' };
    });
    return {
      decisions,
      write: async (updates) => {
        const owner = ownerOf(caller);
        updateEndpoints(
          context,
          updates.map(({ before, after }) => ({ before, after: { ...after, ...owner } as Partial<StoredEndpoint> })),
        );
        return updates.map(({ before }) => before.id);
      },
    };
  });
}

function ownerOf({ clientId, scopes }: Caller): EndpointOwner {
  return { clientId, scopes: [...scopes].sort() };
}

function isChanged(before: StoredEndpoint, after: EndpointTerms, caller: Caller): boolean {
  const termsOf = ({ name, url, status, conditions, selection }: EndpointTerms, { clientId, scopes }: EndpointOwner) =>
    canonicalJson([name, url, status, conditions, selection, clientId, scopes]);
  return termsOf(before, before) !== termsOf(after, ownerOf(caller));
}
