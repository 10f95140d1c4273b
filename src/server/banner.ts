import { invocation } from '../cli/invocation.ts';
import type { Config } from './config.ts';

/** Sample query that the banner prints and GraphiQL opens with. */
export const FIRST_OPERATION = `query FirstLook {
  merchant { name now }
  payments(first: 5, filter: { status: { in: [RUNNING, STOPPED, COMPLETED] } }) {
    totalCount
    nodes {
      transactionReference
      status
      amount
      customer { reference personName personSurname companyName }
      transactions(first: 3) { nodes { status actionDate amount unpaidReason } }
    }
  }
}`;

/** Prints the addresses, the demo key, the data location and a sample query to standard output. */
export function printBanner(
  config: Config,
  facts: { port: number; demoKey: string | null; databaseHome: string | null },
): void {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const address = `${host}:${facts.port}`;
  const data = facts.databaseHome
    ? `embedded PostgreSQL, files in ${facts.databaseHome}`
    : 'PostgreSQL at DATABASE_URL';
  const lines = [
    '',
    'The collections gateway is ready.',
    '',
    ...(config.hasConsole ? [`  Console     http://${address}/console/`] : []),
    ...(config.isProduction ? [] : [`  GraphiQL    http://${address}/graphql`]),
    `  GraphQL     http://${address}/graphql`,
    `  WebSocket   ws://${address}/graphql`,
    `  SSE         http://${address}/graphql/stream`,
    ...(facts.demoKey
      ? [`  Demo key    ${facts.demoKey}`]
      : [`  API key     Create a merchant and its first key with: ${invocation('cli', 'create-merchant <name>')}`]),
    `  Data        ${data}`,
    '',
    'Sample query:',
    '',
    ...FIRST_OPERATION.split('\n').map((line) => `  ${line}`),
    '',
    `Run "${invocation('demo')}" in another terminal to simulate a month of collections. Press Ctrl-C to stop the gateway.`,
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
