import type { Config } from './config.ts';

/** Something to paste into GraphiQL. */
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

/** Says on the standard output what a person needs to begin. */
export function printBanner(
  config: Config,
  facts: { port: number; demoKey: string | null; databaseHome: string | null },
): void {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const address = `${host}:${facts.port}`;
  const data = facts.databaseHome ? `PostgreSQL embedded, in ${facts.databaseHome}` : 'PostgreSQL at DATABASE_URL';
  const lines = [
    '',
    'The collections gateway is ready.',
    '',
    ...(config.isProduction ? [] : [`  GraphiQL    http://${address}/graphql`]),
    `  GraphQL     http://${address}/graphql`,
    `  WebSocket   ws://${address}/graphql`,
    `  SSE         http://${address}/graphql/stream`,
    ...(facts.demoKey
      ? [`  Demo key    ${facts.demoKey}`]
      : ['  Make a merchant and its key with: npm run cli -- create-merchant <name>']),
    `  Data        ${data}`,
    '',
    'A first operation to paste:',
    '',
    ...FIRST_OPERATION.split('\n').map((line) => `  ${line}`),
    '',
    'In another terminal, "npm run demo" plays a month of collections. Ctrl-C stops the gateway.',
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
