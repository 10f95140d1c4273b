import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeDataDirectory } from '../support/data-directory.ts';
import { freePort, startGatewayProcess, until } from '../support/gateway-process.ts';

// Every script of the guide, as its reader runs it: in a folder of the clone, against a gateway that runs.

const ROOT = join(import.meta.dirname, '../..');
const GUIDE = readFileSync(join(ROOT, 'docs/guide.md'), 'utf8');
const KEY = 'guide_test_key_guide_test_key_guide_1';
/** How curl ends when its time is over, as the guide wants it to. */
const TIME_OVER = 28;

const blocksOf = (language: string): string[] =>
  [...GUIDE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block);
const SHELL = blocksOf('sh');
const SCRIPTS = blocksOf('js');
const nameOf = (script: string): string | undefined => /^\/\/ ([\w-]+\.mjs): /.exec(script)?.[1];

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs, and what it has printed. */
class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';

  constructor(command: string, args: readonly string[], cwd: string) {
    this.child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void this.child.kill('SIGKILL'));
    this.child.stdout?.on('data', (chunk) => {
      this.stdout += String(chunk);
    });
    this.child.stderr?.on('data', (chunk) => {
      this.stderr += String(chunk);
    });
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr })),
    );
  }
}

/** A folder of the clone with the scripts of the guide, for a gateway of its own. */
async function follow(): Promise<string> {
  const port = await freePort();
  await startGatewayProcess({ PORT: String(port), DATA_DIR: makeDataDirectory(), DEMO_API_KEY: KEY });
  mkdirSync(join(ROOT, '.data'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.data/guide-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, '.data'));
  writeFileSync(join(folder, '.data/demo-key'), `${KEY}\n`);
  const here = (text: string): string => text.replaceAll('http://127.0.0.1:4000', `http://127.0.0.1:${port}`);
  const [page = ''] = SCRIPTS.filter((script) => nameOf(script) === undefined);
  for (const script of SCRIPTS) {
    const name = nameOf(script);
    if (name) writeFileSync(join(folder, name), here(name === 'page.mjs' ? script + page : script));
  }
  writeFileSync(
    join(folder, 'all.sh'),
    SHELL.map((block, nth) => `${here(block)}\nprintf '\\n= ${nth} %s\\n' $?\n`).join(''),
  );
  return folder;
}

it('runs every shell block in its order, and none has an error or a failed record', async () => {
  const folder = await follow();
  const { stdout, stderr } = await new Program('sh', ['all.sh'], folder).ended;
  expect(stderr.replaceAll(/^curl: \(28\).*$/gm, '').trim()).toBe('');
  const ends = [...stdout.matchAll(/^= \d+ (\d+)$/gm)].map(([, code]) => Number(code));
  const expected = SHELL.map((block) => (block.includes('--max-time') ? TIME_OVER : 0));
  expect(ends).toEqual(expected);
  const answers = stdout.split('\n').filter((line) => line.startsWith('{'));
  expect(answers.length).toBeGreaterThan(10);
  for (const answer of answers) {
    expect(Object.keys(JSON.parse(answer) as object)).not.toContain('errors');
    expect(answer).not.toContain('"outcome":"FAILED"');
  }
});

describe('scripts', () => {
  const RUN = ['list-stopped.mjs', 'submit.mjs', 'dashboard.mjs', 'apollo-and-urql.mjs', 'watch.mjs', 'page.mjs'];

  beforeAll(() => {
    expect(SCRIPTS.flatMap((script) => nameOf(script) ?? []).sort()).toEqual([...RUN, 'gateway.mjs'].sort());
  });

  it('run to their ends, or show what happens until they are ended', async () => {
    const folder = await follow();
    const run = (name: string) => new Program(process.execPath, [name], folder);
    const watching = [run('watch.mjs'), run('page.mjs')];
    await until(() => watching[0]?.stdout.includes('-- StreamReady') === true);
    const submitted = await run('submit.mjs').ended;
    expect(submitted).toMatchObject({ code: 0, stderr: '' });
    expect(submitted.stdout).toContain('written before: 2 failed now: 0');
    const listed = await run('list-stopped.mjs').ended;
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    const dashboard = await run('dashboard.mjs').ended;
    expect(dashboard).toMatchObject({ code: 0, stderr: '' });
    expect(dashboard.stdout).toMatch(/^[A-Z_]+ \d+ \d+\.\d\d$/m);

    // These do not say when they are connected: what they missed is sent again.
    const both = run('apollo-and-urql.mjs');
    while (both.child.exitCode === null || !watching.every(({ stdout }) => stdout.includes('payment.created')))
      await run('submit.mjs').ended;
    expect(await both.ended).toMatchObject({ code: 0, stderr: '' });
    expect((await both.ended).stdout).toContain('transactionReference');
    for (const { child } of watching) child.kill('SIGINT');
    for (const { ended } of watching) expect(await ended).toMatchObject({ code: null, stderr: '' });
  });
});
