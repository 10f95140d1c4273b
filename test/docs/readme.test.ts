import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startGateway, type TestGateway } from '../support/harness.ts';

// "The first five things" of the README, as a newcomer does them: each block in its order.

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const [, STEPS = ''] = /^## The first five things$([\s\S]*?)^## /m.exec(README) ?? [];
const blocksOf = (language: string): string[] =>
  [...STEPS.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block);

type Answer = { data?: Record<string, never>; errors?: object[] };

async function post(gateway: TestGateway, query: string): Promise<Answer> {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Answer;
}

it('does what it says, block by block', async () => {
  const gateway = await startGateway({ clockStart: new Date('2026-12-01T08:00:00+02:00') });
  const [methods = '', submit = '', watch = '', advance = '', result = ''] = blocksOf('graphql');
  const found = (await post(gateway, methods)).data as unknown as {
    paymentMethods: { nodes: Array<{ id: string; type: string }> };
  };
  const eft = found.paymentMethods.nodes.find(({ type }) => type === 'DEBIT_ORDER')?.id ?? '';
  const submitted = await post(gateway, submit.replace('pam_…', eft));
  expect(submitted).toMatchObject({ data: { submitPayments: { results: [{ outcome: 'CREATED', errors: [] }] } } });
  const { streamCursor } = (submitted.data as unknown as { submitPayments: { streamCursor: string } }).submitPayments;
  const socket = gateway.socket();
  onTestFinished(() => void socket.dispose());
  const changes = socket.iterate({ query: watch.replace('<streamCursor>', streamCursor) });
  expect((await changes.next()).value).toMatchObject({ data: { paymentStatusChanged: { to: 'RUNNING' } } });
  for (let isDone = false; !isDone; ) {
    const { data, errors } = await post(gateway, advance);
    expect(errors).toBeUndefined();
    isDone = (data as unknown as { advanceClock: { done: boolean } }).advanceClock.done;
  }
  const { data, errors } = await post(gateway, result);
  expect(errors).toBeUndefined();
  expect(JSON.stringify(data)).toContain('PAID');
});

it('asks by curl as it says', async () => {
  const gateway = await startGateway();
  const [script = ''] = blocksOf('sh');
  const directory = mkdtempSync(join(tmpdir(), 'readme-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, '.data'));
  writeFileSync(join(directory, '.data/demo-key'), `${gateway.apiKey}\n`);
  const text = script.replaceAll('http://127.0.0.1:4000/graphql', gateway.url);
  expect(text).toContain(gateway.url);
  // The gateway answers in this process, which must not wait for curl.
  const printed = await new Promise<string>((resolve, reject) => {
    execFile('bash', ['-ec', text], { cwd: directory }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
  expect(JSON.parse(printed)).toMatchObject({ data: { payments: { totalCount: 0, nodes: [] } } });
});
