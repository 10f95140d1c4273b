import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import { startNode } from '../../src/server/gateway.ts';
import { newApiKey } from '../../src/services/access/api-key.ts';
import { SCOPES } from '../../src/services/app.ts';
import { createMerchant } from '../../src/services/merchants/create-merchant.ts';
import { deriveSecrets } from '../../src/store/secrets.ts';
import { ATTACKS, body, post, type Target } from '../support/attacks.ts';
import { makeDataDirectory } from '../support/data-directory.ts';
import { freePort, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { pause } from '../torture/random.ts';

// `npm run bench:neighbours`: how long one merchant's submits take beside what another may do to the node, against its own alone. The
// times are of this machine; what to look at is how they compare.
const SCRIPT = join(import.meta.dirname, '../support/attacks.ts');
const SECONDS = Number(process.env['NEIGHBOUR_SECONDS'] ?? 10);

it('measures submits beside each', { timeout: 120_000 + 12 * 3_000 * SECONDS }, async () => {
  const { url: databaseUrl, drop } = await createDatabase();
  const secret = randomBytes(32);
  const other = newApiKey('SANDBOX');
  // Each attack by a merchant of its own, with all its points.
  const attackers = new Map(Object.keys(ATTACKS).map((name) => [name, newApiKey('SANDBOX')]));
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const node = await startNode({
    url: databaseUrl,
    secrets: async () => deriveSecrets(secret),
    connectionsMax: 4,
    retentionDays: 30,
    log,
  });
  for (const apiKey of [other, ...attackers.values()]) {
    const key = { name: 'a key', apiKey, scopes: SCOPES };
    await createMerchant(node.app, { name: 'A merchant', cdvMode: 'WARN', key });
  }
  await node.stop();
  const port = await freePort();
  const gateway = await startGatewayProcess({
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    SECRET: secret.toString('base64'),
    DATA_DIR: makeDataDirectory(),
  });
  const target: Target = { url: gateway.url, apiKey: other };
  await measure(target, 3);
  const rows: object[] = [];
  for (const name of Object.keys(ATTACKS)) {
    const attack = spawn(process.execPath, ['--import', 'tsx', SCRIPT, name, gateway.url, attackers.get(name) ?? '']);
    await pause(3_000);
    const row = { beside: name, ...(await measure(target, SECONDS)), rssMb: memoryMb(gateway.child.pid) };
    console.log(row);
    rows.push(row);
    attack.kill('SIGKILL');
    await pause(2_500);
  }
  console.table(rows);
  await gateway.kill('SIGTERM');
  await drop();
});

/** The most memory that a process has had so far, in megabytes. */
function memoryMb(pid: number | undefined): number {
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);
}

/** Submits one after the other for so long: how many, and how long they took, in milliseconds. */
async function measure(target: Target, seconds: number) {
  const methods = (await post(target, body('{ paymentMethods { nodes { id type } } }', 'null'))) as {
    data: { paymentMethods: { nodes: Array<{ id: string; type: string }> } };
  };
  const method = methods.data.paymentMethods.nodes.find(({ type }) => type === 'DEBIT_ORDER')?.id;
  const date = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  const query = 'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { outcome } } }';
  const took: number[] = [];
  const until = performance.now() + seconds * 1_000;
  while (performance.now() < until) {
    const reference = randomBytes(6).toString('hex');
    const record = {
      paymentMethodId: method,
      customer: { reference, personName: 'A', personSurname: 'B', email: 'a@example.com' },
      bankAccount: { accountHolderName: 'A B', accountNumber: '62001872440', accountType: 'SAVINGS', bank: 'FNB' },
      mandate: { amount: '45.00', oneTime: { processDate: date } },
      transactionReference: reference,
      oneTime: { processDate: date },
    };
    const begunAt = performance.now();
    const { data } = (await post(target, body(query, JSON.stringify({ input: { records: [record] } })))) as {
      data?: unknown;
    };
    if (!data) throw new Error('a submit was refused');
    took.push(performance.now() - begunAt);
  }
  took.sort((one, another) => one - another);
  const at = (share: number) => Math.round(took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0);
  return { submits: took.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
