import type { ExecutionResult } from 'graphql';
import { onTestFinished } from 'vitest';
import { createAllowances } from '../../src/admission/allowances.ts';
import { JsonText, textOfResult } from '../../src/graphql/direct/json-text.ts';
import { prepareOperation } from '../../src/graphql/pipeline/operation.ts';
import { createPipeline, type Pipeline } from '../../src/graphql/pipeline/pipeline.ts';
import { presentError, presentResult } from '../../src/graphql/pipeline/present-errors.ts';
import { SCOPES } from '../../src/services/app.ts';
import { queryable, type ReusingQueryable } from '../../src/store/connection/database.ts';
import { createReader, type Reader } from '../../src/store/reading/reader.ts';
import { LISTENER, type TestGateway } from './harness.ts';
import { createPrisma, prismaReader } from './prisma-reader.ts';

// Three engines of reads: PostgreSQL's JSON spliced into the response, rows of the compiler resolved by graphql-js, and rows of
// Prisma resolved by graphql-js.

export interface Engine {
  readonly name: string;
  readonly pipeline: Pipeline;
}

/** A document with its variables. */
export interface Document {
  readonly query: string;
  readonly variables: object;
}

function engine(gateway: TestGateway, name: string, readerOf: (merchantId: string) => Reader): Engine {
  const limits = { ...LISTENER.limits, bucketPoints: 1_000_000_000, costMax: 1_000_000, nodesMax: 100_000 };
  const options = { ...LISTENER, limits, allowances: createAllowances(limits), readerOf };
  return { name, pipeline: createPipeline(gateway.node.app, options) };
}

/** The engines on one database; `alter` changes what the compiled ones get from it. */
export function enginesOf(
  gateway: TestGateway,
  alter: (database: ReusingQueryable) => ReusingQueryable = (same) => same,
): Engine[] {
  const { database } = gateway.node.app;
  const compiled = alter(queryable(database));
  const prisma = createPrisma(database.pool);
  onTestFinished(() => prisma.$disconnect());
  return [
    engine(gateway, 'spliced', (merchantId) => createReader(compiled, merchantId)),
    engine(gateway, 'compiled', (merchantId) => ({ ...createReader(compiled, merchantId), texts: null })),
    engine(gateway, 'prisma', (merchantId) => prismaReader(prisma, merchantId)),
  ];
}

/** What an engine answers to a document of the gateway's own merchant, and whether it was spliced. */
export async function answerOf({ pipeline }: Engine, gateway: TestGateway, { query, variables }: Document) {
  const { app } = gateway.node;
  const requestId = 'req_engines';
  const identity = {
    merchantId: gateway.merchantId,
    clientId: 'key_engines',
    scopes: new Set(SCOPES),
    expiresAt: null,
  };
  const incoming = { requestId, identity, payer: { id: 'key_engines', isKnown: true }, inputPoints: 0 };
  try {
    const params = { query, variables: variables as Record<string, unknown>, operationName: null };
    const operation = await prepareOperation(pipeline, incoming, params);
    const answered: ExecutionResult = 'errors' in operation ? operation : await operation.execute();
    const { extensions: _cost, ...result } = presentResult(answered, requestId, app);
    const told = result;
    return { text: textOfResult(told), isDirect: result.data instanceof JsonText };
  } catch (error) {
    return { text: JSON.stringify(presentError(error, requestId, app)), isDirect: false };
  }
}
