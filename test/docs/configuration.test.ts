import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CONFIG_SCHEMA } from '../../src/server/config.ts';

it('lists in docs/configuration.md every variable with its default', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
  const listed = new Map(
    [...page.matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \|/gm)].map(([, name = '', byDefault = '']) => [
      name,
      byDefault.trim(),
    ]),
  );
  const defaults: Readonly<Record<string, unknown>> = CONFIG_SCHEMA.parse({});
  expect([...listed.keys()].sort()).toEqual(Object.keys(CONFIG_SCHEMA.shape).sort());
  for (const [name, written] of listed) {
    const byDefault = String(defaults[name] ?? '');
    if (byDefault === '') expect([name, written]).toEqual([name, expect.stringMatching(/^(none|generated)/)]);
    else expect([name, written]).toEqual([name, byDefault]);
  }
});
