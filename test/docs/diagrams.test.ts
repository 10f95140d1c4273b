import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LIFECYCLE_TYPES, type LifecycleTransition, lifecycleOf } from '../../src/domain/lifecycle.ts';

// `npm run docs` writes the files anew.

const TITLES = {
  CUSTOMER: 'Customer',
  BANK_ACCOUNT: 'Bank account',
  MANDATE: 'Mandate',
  MANDATE_AMENDMENT: 'Amendment of a mandate',
  PAYMENT: 'Payment',
  TRANSACTION: 'Transaction',
} as const;

it('draws in docs/state-machines.md the transitions by which objects move', async () => {
  const sections = LIFECYCLE_TYPES.map((type) => {
    const { states, transitions } = lifecycleOf(type);
    const first = states.filter(({ isFirst }) => isFirst).map(({ name }) => `    [*] --> ${name}`);
    const final = states.filter(({ isFinal }) => isFinal).map(({ name }) => `    ${name} --> [*]`);
    const diagram = ['stateDiagram-v2', ...first, ...merged(transitions), ...final].join('\n');
    return `## ${TITLES[type]}\n\n\`\`\`mermaid\n${diagram}\n\`\`\`\n\n${tableOf(transitions)}`;
  });
  const contents = LIFECYCLE_TYPES.map(
    (type) => `- [${TITLES[type]}](#${TITLES[type].toLowerCase().replaceAll(' ', '-')})`,
  );
  const page = [
    '# State machines',
    'Generated from the transition tables in `src/domain` by `npm run docs`. The API answers the same tables as `lifecycle(type)`.',
    contents.join('\n'),
    ...sections,
  ];
  await expect(`${page.join('\n\n')}\n`).toMatchFileSnapshot('../../docs/state-machines.md');
});

/** One arrow for two statuses, with every event that leads from one to the other. */
function merged(transitions: readonly LifecycleTransition[]): string[] {
  const arrows = new Map<string, Set<string>>();
  for (const { from, to, event } of transitions) {
    const arrow = `${from} --> ${to}`;
    arrows.set(arrow, (arrows.get(arrow) ?? new Set()).add(event));
  }
  return [...arrows].map(([arrow, events]) => `    ${arrow}: ${[...events].join(', ')}`);
}

function tableOf(transitions: readonly LifecycleTransition[]): string {
  const rows = transitions.map(({ from, event, to, by, methods, effect }) =>
    [from, event, to, by.join(', ') || '—', methods.join(', ') || 'all', effect ?? '—'].join(' | '),
  );
  const head = '| from | event | to | caused by | methods | effect on payments |\n|---|---|---|---|---|---|';
  return [head, ...new Set(rows.map((row) => `| ${row} |`))].join('\n');
}

it('draws in docs/data-model.md the tables and relations of the Prisma schema', async () => {
  const schema = readFileSync(join(import.meta.dirname, '../../prisma/schema.prisma'), 'utf8');
  const models = [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name = '', body = '']) => {
    return { name, body, table: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name };
  });
  const tables = new Map(models.map(({ name, table }) => [name, table]));
  const relations = models.flatMap(({ table, body }) =>
    [...body.matchAll(/^ {2}(\w+)\s+(\w+)(\??)\s+@relation\(.*fields:/gm)].map(
      ([, role = '', target = '', optional]) => {
        return `    ${tables.get(target)} ${optional ? '|o' : '||'}--o{ ${table} : ${role}`;
      },
    ),
  );
  const columns = models.map(({ table, body }) => {
    const rows = [...body.matchAll(/^ {2}(\w+)\s+([A-Z]\w*)(\[\]|\?)?(.*)$/gm)]
      .filter(([, , type = '', , rest = '']) => !tables.has(type) && !rest.includes('@relation'))
      .map(([, name = '', type, modifier = '', rest = '']) => {
        const column = /@map\("(\w+)"\)/.exec(rest)?.[1] ?? name;
        return `| \`${column}\` | ${type}${modifier === '[]' ? ' list' : ''} | ${modifier === '?' ? 'yes' : 'no'} |`;
      });
    return [`### ${table}`, ['| column | type | null |', '|---|---|---|', ...rows].join('\n')].join('\n\n');
  });
  const page = [
    '# Data model',
    'Generated from `prisma/schema.prisma` by `npm run docs`. Every key and foreign key starts with the merchant, which the diagram leaves out.',
    `\`\`\`mermaid\nerDiagram\n${relations.join('\n')}\n\`\`\``,
    '## Columns',
    ...columns,
  ];
  await expect(`${page.join('\n\n')}\n`).toMatchFileSnapshot('../../docs/data-model.md');
});
