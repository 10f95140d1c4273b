import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const COMPONENT = `
import { graphql } from 'react-relay';

export const fragment = graphql\`
  fragment CustomerPayments_customer on Customer
    @refetchable(queryName: "CustomerPaymentsQuery")
    @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }) {
    reference
    payments(first: $count, after: $cursor) @connection(key: "CustomerPayments_payments") {
      edges {
        node {
          status
        }
      }
    }
  }
\`;

export const subscription = graphql\`
  subscription CustomerPaymentsSubscription($after: String) {
    paymentStatusChanged(after: $after) {
      cursor
      payment {
        id
        status
      }
    }
  }
\`;
`;

it('has a schema that Relay compiles: a refetchable fragment, a connection, a subscription', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-relay-'));
  const sources = join(directory, 'src');
  mkdirSync(sources);
  cpSync('schema/schema.graphql', join(directory, 'schema.graphql'));
  writeFileSync(join(sources, 'CustomerPayments.js'), COMPONENT);
  const config = { src: './src', schema: './schema.graphql', language: 'javascript' };
  writeFileSync(join(directory, 'relay.config.json'), JSON.stringify(config));
  writeFileSync(join(directory, 'package.json'), '{}');
  const compiler = createRequire(import.meta.url).resolve('relay-compiler/cli.js');
  execFileSync(process.execPath, [compiler], { cwd: directory, stdio: 'pipe' });
  expect(readdirSync(join(sources, '__generated__')).sort()).toEqual([
    'CustomerPaymentsQuery.graphql.js',
    'CustomerPaymentsSubscription.graphql.js',
    'CustomerPayments_customer.graphql.js',
  ]);
  rmSync(directory, { recursive: true });
});
