import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { createConnector } from '../../src/services/connectors/operator-connectors.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { beginLives, endsOf, LIFE_DAYS, PAY_IN_ACCOUNT, PAY_IN_REFERENCE, reconcile } from '../support/lives.ts';
import { passDays, useConnector } from '../support/served-bank.ts';

const CREDITOR = { name: 'ACME (Pty) Ltd', accountNumber: '62000000000', branchCode: '250655' };
const CONNECTOR = 'files';

/** A gateway whose methods collect by files, and the bank of these files in a process of its own. */
async function startAtFiles() {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const directory = mkdtempSync(join(tmpdir(), 'iso-'));
  for (const name of ['out', 'in']) mkdirSync(join(directory, name));
  const { app } = gateway.node;
  await createConnector(app, {
    id: CONNECTOR,
    kind: 'ISO20022',
    place: directory,
    profile: { collectSeconds: 0, quietSeconds: 0 },
  });
  await useConnector(gateway, CONNECTOR, CREDITOR);
  const script = new URL('../support/iso/process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });
  const order = async (...parts: string[]): Promise<Map<string, number>> => {
    child.stdin.write(`${JSON.stringify(parts)}\n`);
    const { value } = await lines.next();
    const { counts, changed } = JSON.parse(String(value).slice('done '.length)) as {
      counts: Array<[string, number]>;
      changed: string[];
    };
    expect(changed).toEqual([]);
    return new Map(counts);
  };
  return { gateway, directory, order };
}

/** Waits until every instruction is in a file that is written, and every file of the bank is taken. */
async function settle(gateway: TestGateway, directory: string): Promise<void> {
  const waiting = async () => [
    ...(await gateway.sql('SELECT reference FROM bank_instruction WHERE file_id IS NULL')),
    ...(await gateway.sql('SELECT id FROM bank_file WHERE written_at IS NULL')),
    ...readdirSync(join(directory, 'in')),
  ];
  await expect.poll(waiting, { timeout: 60_000 }).toEqual([]);
}

async function endsAtSandbox(): Promise<unknown[]> {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  await beginLives(gateway);
  await passDays(gateway, async () => {}, LIFE_DAYS);
  return endsOf(gateway);
}

const SCHEMAS = [
  'pain.008.001.09',
  'pain.009.001.05',
  'pain.010.001.05',
  'pain.011.001.05',
  'pain.002.001.11',
  'pain.012.001.05',
  'camt.054.001.08',
];

/** Returns what is wrong with files by ISO's schemas. */
async function faultsOf(files: readonly string[]): Promise<unknown[]> {
  const texts = files.map((file) => ({ fileName: file, contents: readFileSync(file, 'utf8') }));
  const faults: unknown[] = [];
  for (const name of SCHEMAS) {
    const xml = texts.filter(({ contents }) => contents.includes(`xsd:${name}"`));
    if (xml.length === 0) continue;
    const schema = readFileSync(new URL(`../support/iso/${name}.xsd`, import.meta.url), 'utf8');
    const { errors } = await validateXML({ xml, schema: [{ fileName: `${name}.xsd`, contents: schema }] });
    faults.push(...errors);
  }
  return faults;
}

it('ends every life at a bank of files, in another process, as at the sandbox bank', async () => {
  const { gateway, directory, order } = await startAtFiles();
  await beginLives(gateway);
  let counts = new Map<string, number>();
  const tellTime = async (now: string) => {
    await settle(gateway, directory);
    counts = await order(now);
    await settle(gateway, directory);
  };
  await passDays(gateway, tellTime, LIFE_DAYS.slice(0, 5));
  await order('2024-09-06T13:00:00+02:00', 'DEP1', PAY_IN_ACCOUNT, PAY_IN_REFERENCE, '150.00');
  await settle(gateway, directory);
  await passDays(gateway, tellTime, LIFE_DAYS.slice(5));
  const ends = await endsOf(gateway);
  const { collected, settled, latest, crooked } = await reconcile(gateway);
  expect(settled).toEqual(collected);
  expect(latest).toEqual({ isWhole: true, isMatched: true });
  expect(crooked).toEqual([]);
  const payIns = (row: unknown) => (row as { transactionReference: string }).transactionReference === 'INV-P';
  expect(ends.filter(payIns)).toMatchObject([{ payment: 'COMPLETED', status: 'PAID' }]);
  expect(readdirSync(join(directory, 'rejected'))).toEqual([]);
  const others = (rows: unknown[]) => rows.filter((row) => !payIns(row));
  expect(others(ends)).toEqual(others(await endsAtSandbox()));
  expect(new Set(counts.values())).toEqual(new Set([1]));
  const files = ['out', 'taken'].flatMap((name) =>
    readdirSync(join(directory, name)).map((file) => join(directory, name, file)),
  );
  expect(files.length).toBeGreaterThan(20);
  expect(await faultsOf(files)).toEqual([]);
});
