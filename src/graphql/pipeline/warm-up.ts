import { type Identity, SCOPES } from '../../services/app.ts';
import { prepareOperation } from './operation.ts';
import type { Pipeline } from './pipeline.ts';

/** A merchant that does not exist, so that nothing is read. */
const NOBODY: Identity = { merchantId: 'none', clientId: 'none', scopes: new Set(SCOPES), expiresAt: null };
const PAYMENT = 'id amount status createdAt customer { id personName } mandate { id status }';
const DOCUMENTS = [
  `{ payments(first: 1) { nodes { ${PAYMENT} } pageInfo { hasNextPage endCursor } } }`,
  `{ payments(first: 1, filter: { status: { in: [RUNNING] } }) { totalCount nodes { ${PAYMENT} availableActions { action } } } }`,
];

/**
 * Runs a few documents, so that the first callers of a node do not wait for code that runs for the first time. Throws their
 * errors.
 */
export async function warmUp(pipeline: Pipeline): Promise<void> {
  const incoming = {
    requestId: 'warm-up',
    identity: NOBODY,
    payer: { id: NOBODY.clientId, isKnown: true },
    inputPoints: 0,
  };
  for (const query of DOCUMENTS) {
    const operation = await prepareOperation(pipeline, incoming, { query, variables: null, operationName: null });
    const { errors } = 'errors' in operation ? operation : await operation.execute();
    if (errors?.[0]) throw errors[0];
  }
}
