import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { expect, it, onTestFinished } from 'vitest';
import { present } from '../../src/domain/invariants.ts';
import { writeEvents } from '../support/events.ts';
import { freePort } from '../support/gateway-process.ts';
import { startGateway } from '../support/harness.ts';
import { createEndpoint, Deliveries } from '../support/webhooks.ts';

// The receivers of docs/webhooks.md, run as they are printed: in TypeScript, Python and PHP. `npm run torture -- receivers` needs the
// interpreters of Debian (python3, php-cli).

const ROOT = join(import.meta.dirname, '../..');
const guide = readFileSync(join(ROOT, 'docs/webhooks.md'), 'utf8');

/** The code of a language in the guide. */
function codeIn(language: string): string {
  const [, code] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(guide) ?? [];
  return present(code, `the receiver in ${language}`);
}

const RECEIVERS = {
  ts: (file: string) => [process.execPath, '--import', 'tsx', file],
  python: (file: string) => ['python3', file],
  php: (file: string, port: number) => ['php', '-S', `127.0.0.1:${port}`, file],
} as const;

it.each(Object.keys(RECEIVERS) as Array<keyof typeof RECEIVERS>)(
  'the receiver in %s accepts what the gateway sends, and nothing else',
  async (language) => {
    const gateway = await startGateway();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const { id, secret } = await createEndpoint(gateway, { url, filter: { about: ['PAYMENT'] } });
    const output = runReceiver(language, port, secret);
    const post = (body: string, headers: Record<string, string>) =>
      fetch(url, { method: 'POST', body, headers }).then(({ status }) => status);
    await expect.poll(() => post('{}', sign(secret, '{"id":"other"}')).catch(() => null)).toBe(400);
    const own = '{"id":"evt_own"}';
    expect(await post(own, sign(secret, own))).toBe(204);
    expect(await post(own, sign('whsec_c29tZSBvdGhlciBzZWNyZXQ=', own))).toBe(400);
    expect(await post(own, sign(secret, own, new Date(Date.now() - 6 * 60_000)))).toBe(400);
    expect(await post(own, { ...sign(secret, own), 'webhook-id': 'evt_another' })).toBe(400);

    await writeEvents(gateway, 3);
    await expect
      .poll(async () => {
        const { webhookDeliveries } = await gateway.data(Deliveries, { filter: { endpointId: { eq: id } } });
        return webhookDeliveries.nodes.map(({ status }) => status);
      })
      .toEqual(['DELIVERED', 'DELIVERED', 'DELIVERED']);
    await expect
      .poll(() =>
        output()
          .match(/received evt_\S+/g)
          ?.sort(),
      )
      .toEqual(['received evt_own', 'received evt_pay_1', 'received evt_pay_2', 'received evt_pay_3']);
  },
);

function sign(secret: string, body: string, at = new Date()): Record<string, string> {
  const signature = new Webhook(secret).sign('evt_own', at, body);
  return {
    'webhook-id': 'evt_own',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': `v1,bm90aGluZw== ${signature}`,
  };
}

/** Runs the receiver of a language; returns what it has printed so far. */
function runReceiver(language: keyof typeof RECEIVERS, port: number, secret: string): () => string {
  // Inside the project, so that the package is found.
  const directory = mkdtempSync(join(language === 'ts' ? join(ROOT, 'test') : tmpdir(), 'receiver-'));
  const file = join(directory, `receiver.${language === 'python' ? 'py' : language}`);
  writeFileSync(file, codeIn(language));
  const [command = '', ...args] = RECEIVERS[language](file, port);
  const child: ChildProcess = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), WEBHOOK_SECRET: secret },
  });
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    output += String(chunk);
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });
  return () => output;
}
