import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { newApiKey } from '../../src/services/access/api-key.ts';
import { SCOPES } from '../../src/services/app.ts';
import { allowMerchant, createConnector } from '../../src/services/connectors/operator-connectors.ts';
import { createMerchant } from '../../src/services/merchants/create-merchant.ts';
import { startAdapter } from '../support/adapter.ts';
import { startGateway } from '../support/harness.ts';

/** A gateway with a live merchant, which may use one connector of the operator; another is for somebody else. */
async function startLive() {
  const gateway = await startGateway();
  const { app } = gateway.node;
  const adapter = await startAdapter();
  const { address: place, secret } = adapter;
  await createConnector(app, { id: 'own-bank', kind: 'HTTP', place, secret, profile: {} });
  await createConnector(app, { id: 'their-bank', kind: 'HTTP', place, profile: {} });
  const apiKey = newApiKey('LIVE');
  const key = { name: 'a key', apiKey, scopes: SCOPES };
  const merchantId = await createMerchant(app, { name: 'Live', mode: 'LIVE', key });
  await allowMerchant(app, 'own-bank', merchantId, null);
  await allowMerchant(app, 'their-bank', gateway.merchantId, null);
  const ask = (query: string) => gateway.execute(parse(query) as never, {} as never, { apiKey });
  return { gateway, app, merchantId, ask };
}

const METHOD = 'type: DEBICHECK, providerBank: ABSA_BANK_LIMITED, name: "D", abbreviatedName: "ACME"';
const create = (connector: string) =>
  `mutation { createPaymentMethods(input: { records: [{ ${METHOD} ${connector} }] }) { results { outcome errors { code path } paymentMethod { id connector { id } } } } }`;

it('lives on wall time, without the clock, the simulator and resets', async () => {
  const { ask } = await startLive();
  const { data } = await ask('{ merchant { mode isSandbox isClockFrozen now connectors { id kind } } }');
  expect(data).toMatchObject({
    merchant: { mode: 'LIVE', isSandbox: false, isClockFrozen: false, connectors: [{ id: 'own-bank', kind: 'HTTP' }] },
  });
  const { now } = (data as { merchant: { now: string } }).merchant;
  expect(Math.abs(Date.parse(now) - Date.now())).toBeLessThan(600_000);
  for (const call of [
    'advanceClock(input: { to: "2031-01-01T00:00:00Z" }) { done }',
    'freezeClock(input: { frozen: true }) { now }',
    'resetSandbox(input: {}) { now }',
    'resetSandbox(input: { seed: "one" }) { now }',
  ]) {
    const { errors } = await ask(`mutation { ${call} }`);
    expect([call, errors?.[0]?.extensions['code']]).toEqual([call, 'FORBIDDEN']);
  }
  const simulated = await ask(
    'mutation { simulate(input: { scenario: PAY_IN_RECEIVED, amount: "1.00", eftReference: "x" }) { outcome errors { code } } }',
  );
  expect(simulated.data).toMatchObject({ simulate: { outcome: 'FAILED', errors: [{ code: 'METHOD_FORBIDS' }] } });
});

it("reaches neither the sandbox bank nor another merchant's connector, by any field that names one", async () => {
  const { ask, app, merchantId } = await startLive();
  const made = await ask(create(', connectorId: "own-bank"'));
  expect(made.data).toMatchObject({
    createPaymentMethods: { results: [{ outcome: 'CREATED', paymentMethod: { connector: { id: 'own-bank' } } }] },
  });
  const { results } = (made.data as { createPaymentMethods: { results: Array<{ paymentMethod: { id: string } }> } })
    .createPaymentMethods;
  const id = results[0]?.paymentMethod.id ?? '';
  for (const connector of ['sandbox', 'their-bank', 'no-bank', '']) {
    const created = await ask(create(`, connectorId: "${connector}"`));
    expect([connector, created.data]).toMatchObject([
      connector,
      { createPaymentMethods: { results: [{ outcome: 'FAILED' }] } },
    ]);
    const updated = await ask(
      `mutation { updatePaymentMethods(input: { records: [{ id: "${id}", connectorId: "${connector}" }] }) { results { outcome errors { code } } } }`,
    );
    expect(updated.data).toMatchObject({
      updatePaymentMethods: { results: [{ outcome: 'FAILED', errors: [{ code: 'NOT_FOUND' }] }] },
    });
    const { errors } = await ask(`mutation { testConnector(input: { id: "${connector}" }) { connector { id } } }`);
    expect(errors?.[0]?.message).toBe('No such connector.');
  }
  const without = await ask(create(''));
  expect(without.data).toMatchObject({
    createPaymentMethods: { results: [{ outcome: 'FAILED', errors: [{ code: 'REQUIRED' }] }] },
  });
  await expect(allowMerchant(app, 'sandbox', merchantId, null)).rejects.toThrow('sandbox bank');
});

it('is kept from a connector that it may not use by the database itself', async () => {
  const { gateway, ask, merchantId } = await startLive();
  await ask(create(', connectorId: "own-bank"'));
  const change = 'UPDATE payment_method SET connector_id = $2 WHERE merchant_id = $1';
  for (const connector of ['sandbox', 'their-bank'])
    await expect(gateway.sql(change, [merchantId, connector])).rejects.toThrow('foreign key');
});

it('gives keys that show the mode of the merchant', async () => {
  const { ask } = await startLive();
  const { data } = await ask(
    'mutation { createApiKeys(input: { records: [{ name: "k", scopes: [READ] }] }) { results { apiKey { key } } } }',
  );
  expect(JSON.stringify(data)).toMatch(/cgk_live_[\w-]{49}/);
});

it('allows a bank only to a sandbox that does not repeat its references', async () => {
  const { gateway, app } = await startLive();
  const reset = (seed: string) =>
    gateway.execute(parse(`mutation { resetSandbox(input: { ${seed} }) { now } }`) as never, {} as never);
  expect((await reset('seed: "one"')).errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
  expect((await reset('')).errors).toBeUndefined();
  const seeded = await gateway.addMerchant();
  await gateway.execute(
    parse('mutation { resetSandbox(input: { seed: "one" }) { now } }') as never,
    {} as never,
    seeded,
  );
  await expect(allowMerchant(app, 'own-bank', seeded.merchantId, null)).rejects.toThrow('seed');
});
