import type { ExecutionResult } from 'graphql';
import { type Identity, SCOPES } from '../../services/app.ts';
import type { StoredEndpoint } from '../../store/webhooks/endpoints.ts';
import { isStream, type Stream } from '../events/subscription.ts';
import { prepareOperation } from '../pipeline/operation.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { documentOf } from './selection.ts';

/** An endpoint with a selection, and the client and scopes that it is resolved for. */
export type Selecting = Pick<StoredEndpoint, 'id' | 'clientId' | 'scopes'> & {
  readonly merchantId: string;
  readonly selection: string;
};

/** Thrown when a selection cannot be resolved, for example because the schema has changed since it was saved. */
export class SelectionFailed extends Error {}

/** Opens the selection of an endpoint, as its owner would. Throws SelectionFailed when that is refused. */
export async function openSelection(pipeline: Pipeline, endpoint: Selecting): Promise<Stream> {
  const { id, merchantId, clientId } = endpoint;
  const scopes = new Set(SCOPES.filter((scope) => endpoint.scopes.includes(scope)));
  const identity: Identity = { merchantId, clientId, scopes, expiresAt: null };
  const payer = { id: `${merchantId} ${clientId}`, isKnown: true };
  // Personal numbers that it reads are audited under the endpoint, in place of a request.
  const incoming = { requestId: id, identity, payer, inputPoints: 0 };
  const query = documentOf(endpoint.selection) ?? '';
  const operation = await prepareOperation(pipeline, incoming, { query, variables: null, operationName: null });
  return streamOf('errors' in operation ? operation : await operation.open());
}

/** Returns an opened stream. Throws SelectionFailed when it was refused. */
export function streamOf(opened: Stream | ExecutionResult): Stream {
  if (isStream(opened)) return opened;
  throw new SelectionFailed(opened.errors?.[0]?.message ?? 'the selection was refused');
}

/** Returns the body in the result of a selection. Throws SelectionFailed when a field of it could not be resolved. */
export function bodyIn(result: string): string {
  const { data, errors } = JSON.parse(result) as { data: { events: object }; errors?: readonly Error[] };
  if (errors?.[0]) throw new SelectionFailed(errors[0].message);
  return JSON.stringify(data.events);
}
