import { present } from '../domain/invariants.ts';
import type { Stream } from '../graphql/events/subscription.ts';
import { prepareOperation } from '../graphql/pipeline/operation.ts';
import type { Pipeline } from '../graphql/pipeline/pipeline.ts';
import { documentOf } from '../graphql/webhooks/selection.ts';
import { bodyIn, streamOf } from '../graphql/webhooks/selection-result.ts';
import { type Identity, SCOPES } from '../services/app.ts';
import type { BodyOptions, SelectingEndpoint } from '../webhooks/bodies.ts';
import type { RenderingPoints } from './fan-out/rendering-points.ts';
import { payerOf } from './intake/intake.ts';

/** Returns the function that opens selections of webhook endpoints, resolved and charged as streams are. */
export function openSelections(pipeline: Pipeline, points: RenderingPoints): BodyOptions['open'] {
  return async (endpoint) => {
    const stream = await openAsOwner(pipeline, endpoint);
    return {
      group: stream.group,
      pay: () => points.pay(endpoint.merchantId, stream.points, [stream.payer])?.retryAfterMs ?? null,
      resolve: async (item) => bodyIn(await stream.render(item)),
    };
  };
}

/** Opens the selection of an endpoint, as its owner would. Throws SelectionFailed when that is refused. */
async function openAsOwner(pipeline: Pipeline, endpoint: SelectingEndpoint): Promise<Stream> {
  const { id, merchantId, clientId } = endpoint;
  const scopes = new Set(SCOPES.filter((scope) => endpoint.scopes.includes(scope)));
  const identity: Identity = { merchantId, clientId, scopes, expiresAt: null };
  // Personal numbers that it reads are audited under the endpoint, in place of a request.
  const incoming = { requestId: id, identity, payer: payerOf(identity, ''), inputPoints: 0 };
  const query = present(documentOf(endpoint.selection), 'the document of a stored selection');
  const operation = await prepareOperation(pipeline, incoming, { query, variables: null, operationName: null });
  return streamOf('errors' in operation ? operation : await operation.open());
}
