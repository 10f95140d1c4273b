import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { allowMerchant, changeConnector, createConnector } from '../../src/services/connectors/operator-connectors.ts';
import { newSigningSecret, signedHeaders } from '../../src/signing/signature.ts';
import { AdvanceClock } from './documents.ts';
import type { TestGateway } from './harness.ts';

/** A bank in a process of its own (`npm run bank`), whose time the test tells, and the connector of a gateway to it. */
export interface ServedBank {
  readonly connectorId: string;
  readonly secret: string;
  /** Sets the time of the bank, which delivers what is due by then. */
  tellTime(now: string): Promise<void>;
  /** Has the bank report a deposit. */
  deposit(deposit: {
    readonly id: string;
    readonly accountNumber: string;
    readonly eftReference: string;
    readonly amount: string;
    readonly receivedAt: string;
  }): Promise<void>;
  /** Kills the bank and starts it again on the same port. */
  restart(): Promise<void>;
}

/** Starts a bank beside a gateway. */
export async function startServedBank(gateway: TestGateway): Promise<ServedBank> {
  const connectorId = `bank-${randomBytes(4).toString('hex')}`;
  const secret = newSigningSecret();
  const directory = mkdtempSync(join(tmpdir(), 'bank-'));
  const journal = join(directory, 'journal');
  const { app } = gateway.node;
  const record = { id: connectorId, kind: 'HTTP', profile: {} } as const;
  await createConnector(app, { ...record, place: 'http://127.0.0.1:1', secret });
  let bank = await spawnBank(gateway, connectorId, secret, journal, 0);
  await changeConnector(app, { ...record, place: `http://127.0.0.1:${bank.port}` });
  onTestFinished(async () => {
    await bank.kill();
    rmSync(directory, { recursive: true });
  });
  const post = async (path: string, message: object) => {
    const body = JSON.stringify(message);
    const headers = signedHeaders([secret], randomUUID(), new Date(), body);
    const response = await fetch(`http://127.0.0.1:${bank.port}${path}`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`the bank answered ${response.status}: ${await response.text()}`);
  };
  return {
    connectorId,
    secret,
    tellTime: (now) => post('/clock', { now }),
    deposit: (deposit) => post('/deposits', deposit),
    async restart() {
      await bank.kill();
      bank = await spawnBank(gateway, connectorId, secret, journal, bank.port);
    },
  };
}

async function spawnBank(gateway: TestGateway, connectorId: string, secret: string, journal: string, port: number) {
  const { hostname, port: gatewayPort } = new URL(gateway.url);
  const args = [
    'src/launch.mjs',
    'bank',
    '--connector',
    connectorId,
    '--port',
    String(port),
    '--journal',
    journal,
    '--clock',
  ];
  const env = { ...process.env, NODE_ENV: 'test', HOST: hostname, PORT: gatewayPort, CONNECTOR_SECRET: secret };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  const listening = new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /serves connector \S+ at http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
      if (found) resolve(Number(found[1]));
    });
    exited.then(() => reject(new Error(`the bank ended: ${said}`)), reject);
  });
  return {
    port: await listening,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Allows the gateway's merchant the connector, and has its payment methods collect through it. */
export async function useConnector(gateway: TestGateway, connectorId: string, creditor: object | null = null) {
  await allowMerchant(gateway.node.app, connectorId, gateway.merchantId, creditor);
  await gateway.sql('UPDATE payment_method SET connector_id = $2 WHERE merchant_id = $1', [
    gateway.merchantId,
    connectorId,
  ]);
}

/** Advances the clock to noon of each day, and the bank's beside it, so that both do what is due in the order of days. */
export async function passDays(
  gateway: TestGateway,
  tellTime: (now: string) => Promise<void>,
  days: readonly string[],
): Promise<void> {
  for (const day of days) {
    const noon = `${day}T12:00:00+02:00`;
    await gateway.data(AdvanceClock, { to: noon });
    await tellTime(noon);
  }
}
