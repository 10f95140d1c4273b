import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { print } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { elementsAt, readDocument, requiredAt } from '../../src/bank/iso20022/read-xml.ts';
import { addDays, type CivilDate } from '../../src/domain/dates.ts';
import { newApiKey } from '../../src/services/access/api-key.ts';
import { SCOPES } from '../../src/services/app.ts';
import { allowMerchant, createConnector } from '../../src/services/connectors/operator-connectors.ts';
import { createMerchant } from '../../src/services/merchants/create-merchant.ts';
import { newSigningSecret, signedHeaders } from '../../src/signing/signature.ts';
import { openDatabase, queryable } from '../../src/store/connection/database.ts';
import { createApp } from '../support/app.ts';
import { SubmitPayments } from '../support/documents.ts';
import { oneTimeDebitOrder } from '../support/examples.ts';
import { freePort, type GatewayProcess, spawnGateway, startGatewayProcess, until } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { createRandom, pause } from './random.ts';

// Debits are sent to a bank in another process, by HTTP and by files, while the gateway or the bank is killed at any moment. Each debit
// arrives once. What would be sent twice without a recorded submission is in test/bank/bank-protocol.test.ts. Small by default; `npm run torture -- banks` kills a hundred times each.
const KILLS = Number(process.env['BANK_KILLS'] ?? 3);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const CONNECTOR = 'bank';
const DEBITS_A_DAY = 20;
const CLOCK_START = new Date('2024-09-02T08:00:00+02:00');

/** A bank that can be killed. */
interface KillableBank {
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Does what is due by an instant. Rejects when it is killed meanwhile. */
  tellTime(now: string): Promise<void>;
  /** How often each reference was taken, and what came again after it was taken. */
  received(): Promise<{ readonly counts: ReadonlyMap<string, number>; readonly again: readonly string[] }>;
}

it(
  `sends each debit by HTTP once while gateway and bank are killed ${KILLS} times (seed ${seed})`,
  {
    timeout: 2_400_000,
  },
  () => collect(KILLS, 'HTTP'),
);

it(
  `sends each debit by files once while gateway and bank are killed ${KILLS} times (seed ${seed})`,
  {
    timeout: 2_400_000,
  },
  () => collect(KILLS, 'ISO20022'),
);

async function collect(kills: number, kind: 'HTTP' | 'ISO20022'): Promise<void> {
  const random = createRandom(seed);
  const { url, drop } = await createDatabase();
  const secret = randomBytes(32);
  const database = openDatabase(url, { connectionsMax: 5, onError: () => {} });
  const sql = queryable(database);
  const directory = mkdtempSync(join(tmpdir(), 'bank-'));
  const gatewayPort = await freePort();
  const app = createApp(database, secret);
  const signing = newSigningSecret();
  const bankPort = await freePort();
  const bank = kind === 'HTTP' ? httpBank(gatewayPort, bankPort, signing, directory) : fileBank(directory);
  const place = kind === 'HTTP' ? `http://127.0.0.1:${bankPort}` : directory;
  const profile = kind === 'HTTP' ? {} : { collectSeconds: 0, quietSeconds: 0 };
  await createConnector(app, { id: CONNECTOR, kind, place, profile, ...(kind === 'HTTP' ? { secret: signing } : {}) });
  const apiKey = newApiKey('SANDBOX');
  const key = { name: 'a key', apiKey, scopes: SCOPES };
  const merchantId = await createMerchant(app, { name: 'M', cdvMode: 'WARN', clockStart: CLOCK_START, key });
  await allowMerchant(app, CONNECTOR, merchantId, { name: 'M', accountNumber: '62000000000', branchCode: '250655' });
  await sql.query('UPDATE payment_method SET connector_id = $1', [CONNECTOR]);
  const [method] = await sql.query<{ id: string }>("SELECT id FROM payment_method WHERE type = 'DEBIT_ORDER'");
  const startNode = (): Promise<GatewayProcess> =>
    startGatewayProcess({
      PORT: String(gatewayPort),
      DATABASE_URL: url,
      DATABASE_CONNECTIONS_MAX: '8',
      SECRET: secret.toString('base64'),
      LOG_LEVEL: 'error',
    });
  let node = await startNode();
  await bank.start();

  /** Repeats a request until a node answers it. */
  const ask = async (query: string, variables: object): Promise<Record<string, unknown>> => {
    for (;;) {
      try {
        const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` };
        const response = await fetch(`http://127.0.0.1:${gatewayPort}/graphql`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ query, variables }),
        });
        const { data } = (await response.json()) as { data?: Record<string, unknown> | null };
        if (data) return data;
      } catch {
        // The node is killed or starts.
      }
      await pause(200);
    }
  };
  const release = "UPDATE due_work SET leased_until = NULL WHERE leased_until > now() + interval '35 seconds'";
  const releasing = setInterval(() => void sql.query(release).catch(() => {}), 500);
  const advance = async (to: string): Promise<void> => {
    for (;;) {
      const query = 'mutation ($to: DateTime!) { advanceClock(input: { to: $to }) { done } }';
      const { advanceClock } = (await ask(query, { to })) as { advanceClock: { done: boolean } };
      if (advanceClock.done) return;
    }
  };

  let killed = 0;
  let isOver = false;
  const killing = (async () => {
    while (killed < kills && !isOver) {
      await pause(200 + random.below(2_500));
      killed += 1;
      if (random.chance(0.5)) {
        await node.kill('SIGKILL');
        node = await startNode();
      } else {
        await bank.kill();
        await bank.start();
      }
    }
  })();
  let submitted = 0;
  let day = '2024-09-03' as CivilDate;
  while (killed < kills) {
    const records = Array.from({ length: DEBITS_A_DAY }, (_, nth) =>
      oneTimeDebitOrder(method?.id ?? '', `${day}-${nth}`, addDays(day, 7)),
    );
    await ask(print(SubmitPayments), { input: { records, idempotencyKey: `day-${day}` } });
    submitted += DEBITS_A_DAY;
    day = addDays(day, 1);
    const noon = `${day}T12:00:00+02:00`;
    await advance(noon);
    await bank.tellTime(noon).catch(() => {});
  }
  isOver = true;
  await killing;
  for (let nth = 0; nth < 20; nth += 1) {
    day = addDays(day, 1);
    const noon = `${day}T12:00:00+02:00`;
    await advance(noon);
    await bank.tellTime(noon);
    if (kind === 'ISO20022') await pause(2_500);
  }
  clearInterval(releasing);
  const { counts, again } = await bank.received();
  const sent = await sql.query<{ reference: string; status: string }>(
    'SELECT submission.reference, transaction.status FROM transaction LEFT JOIN submission ON submission.transaction_id = transaction.id',
  );
  const statuses = new Map<string, number>();
  for (const { status } of sent) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  console.log({ kind, kills: killed, submitted, received: counts.size, again: again.length, statuses });
  expect(again).toEqual([]);
  expect(new Set(counts.values())).toEqual(new Set([1]));
  expect([...counts.keys()].sort()).toEqual(sent.map(({ reference }) => reference).sort());
  expect(sent).toHaveLength(submitted);
  await node.kill('SIGTERM');
  await bank.kill();
  await database.close();
  await drop();
  rmSync(directory, { recursive: true });
}

function httpBank(gatewayPort: number, port: number, secret: string, directory: string): KillableBank {
  const journal = join(directory, 'journal');
  const args = ['bank', '--connector', CONNECTOR, '--port', String(port), '--journal', journal, '--clock'];
  const outputs: string[] = [];
  let child: GatewayProcess | null = null;
  return {
    async start() {
      const started = spawnGateway({ PORT: String(gatewayPort), CONNECTOR_SECRET: secret }, undefined, args);
      child = started;
      await until(() => started.output().includes('serves connector'));
    },
    async kill() {
      await child?.kill('SIGKILL');
      outputs.push(child?.output() ?? '');
    },
    async tellTime(now) {
      const body = JSON.stringify({ now });
      const headers = signedHeaders([secret], randomBytes(8).toString('hex'), new Date(), body);
      const response = await fetch(`http://127.0.0.1:${port}/clock`, { method: 'POST', headers, body });
      if (!response.ok) throw new Error(await response.text());
    },
    async received() {
      const lines = readFileSync(journal, 'utf8').split('\n').filter(Boolean);
      const references = lines.flatMap((line) => {
        const { received } = JSON.parse(line) as { received?: { reference: string } };
        return received ? [received.reference] : [];
      });
      const counts = new Map<string, number>();
      for (const reference of references) counts.set(reference, (counts.get(reference) ?? 0) + 1);
      const text = [...outputs, child?.output() ?? ''].join('\n');
      return { counts, again: [...text.matchAll(/(\S+) came again/g)].map(([, reference]) => reference ?? '') };
    },
  };
}

function fileBank(directory: string): KillableBank {
  for (const name of ['out', 'in']) mkdirSync(join(directory, name), { recursive: true });
  const script = new URL('../support/iso/process.ts', import.meta.url).pathname;
  let child: ChildProcess | null = null;
  let lines: AsyncIterator<string> | null = null;
  onTestFinished(() => void child?.kill('SIGKILL'));
  return {
    async start() {
      child = spawn(process.execPath, ['--import', 'tsx', script, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdin?.on('error', () => {});
      if (child.stdout) lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    },
    async kill() {
      const exited = new Promise((resolve) => child?.once('exit', resolve));
      child?.kill('SIGKILL');
      await exited;
    },
    async tellTime(now) {
      child?.stdin?.write(`${JSON.stringify([now])}\n`);
      const answer = await lines?.next();
      if (answer?.done !== false) throw new Error('the bank was killed');
    },
    async received() {
      const counts = new Map<string, number>();
      for (const name of readdirSync(join(directory, 'out')).filter((file) => !file.startsWith('.'))) {
        const { root } = await readDocument(readFileSync(join(directory, 'out', name)));
        for (const item of elementsAt(root, 'CstmrDrctDbtInitn/PmtInf/DrctDbtTxInf')) {
          const reference = requiredAt(item, 'PmtId/EndToEndId');
          counts.set(reference, (counts.get(reference) ?? 0) + 1);
        }
      }
      return { counts, again: [] };
    },
  };
}
