import { expect, it } from 'vitest';
import { findCommand, runCommand } from '../../src/cli/commands.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway } from '../support/harness.ts';

const Create = graphql(`
  mutation CreateKeys($input: CreateApiKeysInput!) {
    createApiKeys(input: $input) {
      replayed
      results {
        outcome
        clientKey
        errors {
          code
          path
        }
        apiKey {
          id
          name
          scopes
          key
          revokedAt
        }
      }
    }
  }
`);

const Revoke = graphql(`
  mutation RevokeKeys($input: RevokeApiKeysInput!) {
    revokeApiKeys(input: $input) {
      results {
        outcome
        errors {
          code
        }
        apiKey {
          key
          revokedAt
        }
      }
    }
  }
`);

const Keys = graphql(`
  query Keys {
    apiKeys(orderBy: { field: CREATED_AT, direction: ASC }) {
      nodes {
        id
        name
        scopes
        key
        revokedAt
      }
      totalCount
    }
    auditLog {
      nodes {
        action
        objectId
        clientId
      }
    }
  }
`);

const Name = graphql(`
  query Name {
    merchant {
      name
    }
  }
`);

it('makes a key, shows it once, and revokes it, all of it accounted for', async () => {
  const gateway = await startGateway();
  const input = { idempotencyKey: 'k1', records: [{ clientKey: 'a', name: 'dashboards', scopes: ['READ' as const] }] };
  const { createApiKeys } = await gateway.data(Create, { input });
  const [made] = createApiKeys.results;
  expect(made).toMatchObject({ outcome: 'CREATED', clientKey: 'a', apiKey: { name: 'dashboards', scopes: ['READ'] } });
  const apiKey = made?.apiKey?.key ?? '';
  const id = made?.apiKey?.id ?? '';
  expect(apiKey).toMatch(/^cgk_/);
  expect((await gateway.execute(Name, {}, { apiKey })).data?.merchant.name).toBe('A merchant');
  const denied = await gateway.execute(Create, { input }, { apiKey });
  expect(denied.errors?.[0]?.extensions['code']).toBe('FORBIDDEN');

  const again = (await gateway.data(Create, { input })).createApiKeys;
  expect([again.replayed, again.results[0]?.apiKey]).toMatchObject([true, { id, key: null }]);
  const whole = JSON.stringify(await gateway.sql('SELECT * FROM api_key')) + JSON.stringify(gateway.logged);
  expect(whole).not.toContain(apiKey);

  expect((await gateway.data(Revoke, { input: { ids: [id] } })).revokeApiKeys.results).toMatchObject([
    { outcome: 'UPDATED', apiKey: { key: null, revokedAt: expect.any(String) } },
  ]);
  expect((await gateway.data(Revoke, { input: { ids: [id] } })).revokeApiKeys.results).toMatchObject([
    { outcome: 'UNCHANGED' },
  ]);
  const refused = await gateway.execute(Name, {}, { apiKey });
  expect(refused.errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');

  const { apiKeys, auditLog } = await gateway.data(Keys, {});
  expect(apiKeys.nodes.map(({ name, key }) => [name, key])).toEqual([
    ['a key', null],
    ['dashboards', null],
  ]);
  const [own] = apiKeys.nodes;
  expect(auditLog.nodes.map(({ action, objectId, clientId }) => [action, objectId, clientId]).sort()).toEqual([
    ['API_KEY_CREATED', own?.id, 'operator'],
    ['API_KEY_CREATED', id, own?.id],
    ['API_KEY_REVOKED', id, own?.id],
  ]);
});

it('refuses keys without a name or a scope, and those of others', async () => {
  const gateway = await startGateway();
  const stranger = await gateway.addMerchant();
  const records = [
    { scopes: ['READ' as const] },
    { name: 'x'.repeat(65), scopes: ['READ' as const] },
    { name: 'a', scopes: [] },
  ];
  const { results } = (await gateway.data(Create, { input: { records } })).createApiKeys;
  expect(results.map(({ errors }) => errors.map(({ code, path }) => [code, path.at(-1)]))).toEqual([
    [['REQUIRED', 'name']],
    [['TOO_LONG', 'name']],
    [['REQUIRED', 'scopes']],
  ]);
  const [theirs] = await gateway.sql<{ id: string }>('SELECT id FROM api_key WHERE merchant_id = $1', [
    stranger.merchantId,
  ]);
  const { revokeApiKeys } = await gateway.data(Revoke, { input: { ids: [theirs?.id ?? '', 'nonsense'] } });
  expect(revokeApiKeys.results.map(({ errors }) => errors[0]?.code)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
});

it('lists and revokes keys from the command line', async () => {
  const gateway = await startGateway();
  const run = async (name: string, ...args: string[]) => {
    const lines: string[] = [];
    const command = findCommand(name);
    if (command) await runCommand(gateway.node.app, command, args, (line) => lines.push(line));
    return lines;
  };
  const [line = ''] = await run('list-keys', gateway.merchantId);
  const [id = '', scopes] = line.split('  ');
  expect(scopes).toBe('read,write,payments:submit,pii:read,sandbox,admin,export');
  expect(await run('revoke-key', gateway.merchantId, id)).toEqual([`revoked ${id}`]);
  await expect(run('revoke-key', gateway.merchantId, id)).rejects.toThrow('no such key');
  expect((await run('list-keys', gateway.merchantId))[0]).toContain('revoked 20');
  expect((await gateway.execute(Name)).errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
});
