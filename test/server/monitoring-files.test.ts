import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { startGateway } from '../support/harness.ts';

// The alert rules and the dashboard name metrics and labels that the gateway has.

const FOLDER = join(import.meta.dirname, '../../docs/operations');
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

/** Labels by metric, from what `/metrics` says of each, with its sample names. */
async function metricsOf(url: string): Promise<ReadonlySet<string>> {
  const text = await (await fetch(url.replace('/graphql', '/metrics'))).text();
  const names = new Set<string>();
  for (const [, name = '', kind] of text.matchAll(/^# TYPE (\w+) (\w+)$/gm))
    for (const end of kind === 'histogram' ? ['_bucket', '_count', '_sum'] : ['']) names.add(name + end);
  return names;
}

const namesIn = (expression: string): string[] => expression.match(/gateway_\w+/g) ?? [];

it('alerts by metrics that exist, with a severity and a sentence', async () => {
  const gateway = await startGateway();
  const metrics = await metricsOf(gateway.url);
  const rules: Rule[] = parse(read('alerts.yaml')).groups.flatMap(({ rules: given }: { rules: Rule[] }) => given);
  expect(rules.length).toBeGreaterThan(8);
  expect(rules.flatMap(({ expr }) => namesIn(expr)).filter((name) => !metrics.has(name))).toEqual([]);
  for (const { labels, annotations } of rules) {
    expect(['page', 'ticket']).toContain(labels.severity);
    expect(annotations.summary).toMatch(/\.$/);
  }
});

it('shows metrics that exist', async () => {
  const gateway = await startGateway();
  const metrics = await metricsOf(gateway.url);
  const { panels } = JSON.parse(read('dashboard.json')) as { panels: Array<{ targets: Array<{ expr: string }> }> };
  const names = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => namesIn(expr)));
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !metrics.has(name))).toEqual([]);
});
