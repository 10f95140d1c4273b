import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { CONFIG_SCHEMA } from '../../src/server/config.ts';

// The files with which the gateway is deployed name variables, paths and times as the code has them.

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const VARIABLES = new Set([...Object.keys(CONFIG_SCHEMA.shape), 'NODE_ENV']);
/** The notice and the spread by default, and the time for requests, in seconds. */
const STOP_SECONDS = 35;

interface Container {
  readonly env: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  readonly securityContext: object;
  readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string } };
}

it('gives Kubernetes variables, probes and a grace period that the gateway has', () => {
  const documents = parseAllDocuments(read('docs/operations/kubernetes.yaml')).map((document) => document.toJS());
  expect(documents.map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'PodDisruptionBudget']);
  const { spec } = documents[0].spec.template;
  const [container] = spec.containers as Container[];
  const env = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
  expect(Object.keys(env).filter((name) => !VARIABLES.has(name))).toEqual([]);
  const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;
  expect(probes.map((probe) => container?.[probe]?.httpGet.path)).toEqual(['/livez', '/livez', '/readyz']);
  const notice = Number(env['STOP_NOTICE_SECONDS']) - 5;
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(STOP_SECONDS + notice);
  expect(container?.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
  expect(documents[0].spec.selector.matchLabels).toEqual(documents[0].spec.template.metadata.labels);
});

it('gives compose a database, and the gateway what it needs', () => {
  const { services } = parse(read('compose.yaml'));
  expect(Object.keys(services.gateway.environment).filter((name) => !VARIABLES.has(name))).toEqual([]);
  expect(services.gateway).toMatchObject({ read_only: true, build: { dockerfile: 'Containerfile' } });
  expect(Number.parseInt(services.gateway.stop_grace_period, 10)).toBeGreaterThan(STOP_SECONDS);
});

it('has a unit that systemd accepts', () => {
  const unit = read('docs/operations/collections-gateway.service');
  const [, given = ''] = /^Environment=(.*)$/m.exec(unit) ?? [];
  const variables = given.split(' ').map((pair) => pair.split('=')[0] ?? '');
  expect(variables.filter((name) => !VARIABLES.has(name))).toEqual([]);
  expect(Number(/TimeoutStopSec=(\d+)/.exec(unit)?.[1])).toBeGreaterThan(STOP_SECONDS);
  // Elsewhere than on Linux there is nobody to ask.
  if (!existsSync('/usr/bin/systemd-analyze')) return;
  const directory = mkdtempSync(join(tmpdir(), 'unit-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'collections-gateway.service');
  writeFileSync(file, unit.replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true').replace(/^EnvironmentFile=.*$/m, ''));
  const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
  expect(stderr.split('\n').filter((line) => line.includes('collections-gateway'))).toEqual([]);
});
