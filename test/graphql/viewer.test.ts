import { expect, it } from 'vitest';
import { newApiKey } from '../../src/services/access/api-key.ts';
import { createMerchant } from '../../src/services/merchants/create-merchant.ts';
import { graphql } from '../support/generated/index.ts';
import { LISTENER, startGateway } from '../support/harness.ts';

const Viewer = graphql(`
  query Viewer {
    viewer {
      actor
      scopes
      expiresAt
      mode
      merchant {
        id
        mode
      }
      limits {
        cost
        records
        points
      }
      pointsLeft
    }
  }
`);

it('tells a caller who it is, what it may do and what it has left', async () => {
  // The bucket is as good as never refilled.
  const limits = { ...LISTENER.limits, bucketPoints: 100_000, refillPerSecond: 0.001 };
  const gateway = await startGateway({ listener: { limits } });
  const [key] = await gateway.sql<{ id: string }>('SELECT id FROM api_key');
  const { viewer } = await gateway.data(Viewer);
  expect(viewer).toMatchObject({
    actor: key?.id,
    scopes: ['READ', 'WRITE', 'PAYMENTS_SUBMIT', 'PII_READ', 'SANDBOX', 'ADMIN', 'EXPORT'],
    expiresAt: null,
    mode: 'SANDBOX',
    merchant: { id: gateway.merchantId, mode: 'SANDBOX' },
    limits: { cost: LISTENER.limits.costMax, records: 1_000, points: 100_000 },
  });
  expect(viewer.pointsLeft).toBeLessThan(100_000);
  const apiKey = newApiKey('SANDBOX');
  const merchantId = await createMerchant(gateway.node.app, {
    name: 'Reader',
    key: { name: 'reads', apiKey, scopes: ['read'] },
  });
  const { data } = await gateway.execute(Viewer, {}, { apiKey });
  expect(data?.viewer).toMatchObject({ scopes: ['READ'], merchant: { id: merchantId } });
});
