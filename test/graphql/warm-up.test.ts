import { expect, it } from 'vitest';
import { createAllowances } from '../../src/admission/allowances.ts';
import { createPipeline } from '../../src/graphql/pipeline/pipeline.ts';
import { warmUp } from '../../src/graphql/pipeline/warm-up.ts';
import { LISTENER, startGateway } from '../support/harness.ts';
import { captureStatements } from '../support/statements.ts';

it('runs documents that the schema accepts, and reads by them', async () => {
  const { node } = await startGateway();
  const pipeline = createPipeline(node.app, { ...LISTENER, allowances: createAllowances(LISTENER.limits) });
  const statements = await captureStatements(() => warmUp(pipeline));
  expect(statements.length).toBeGreaterThan(1);
});
