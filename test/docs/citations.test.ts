import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

// Comments cite the rules of the trade by section or item: "DOMAIN §4.3", "DOMAIN §2.14, §0.1.13", "DOMAIN T7".

const DOCUMENT = readFileSync('docs/domain.md', 'utf8');
const HEADINGS = [...DOCUMENT.matchAll(/^#{2,4} (.+)$/gm)].map(([, title = '']) => title);

/** Labels of the document: numbers of its headings, and bold labels at the start of a line or list item. */
const ANCHORS = [
  ...HEADINGS.flatMap((title) => /^(?:\d+(?:\.\d+)*|T\d+[a-z]?)(?= |$)/.exec(title)?.[0] ?? []),
  ...[...DOCUMENT.matchAll(/^(?:- )?\*\*(\d+(?:\.\d+)+|T\d+[a-z]?)\*\*/gm)].map(([, label = '']) => label),
];

/** A section sign after a number of four digits cites an RFC. */
const CITATION = /(?<!\b\d{4} )§(\d+(?:\.\d+)*)|\bDOMAIN (T\d+[a-z]?)/g;

interface Citation {
  readonly label: string;
  readonly at: string;
}

function citationsIn(path: string): Citation[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, index) =>
    [...line.matchAll(CITATION)].map(([, section, item]) => ({
      label: section ?? item ?? '',
      at: `${path}:${index + 1}`,
    })),
  );
}

/** Every TypeScript file below a folder, generated ones and those of packages excluded. */
function sourcesIn(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  return paths.filter((path) => path.endsWith('.ts') && !/generated|node_modules/.test(path));
}

/** Paths and fragments of the links of the document. */
function linksOfDocument(): string[] {
  return [...DOCUMENT.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** Fragment of a heading, as GitHub makes it. */
function fragmentOf(title: string): string {
  const text = title.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '');
  return `#${text.replaceAll(' ', '-')}`;
}

it('has a section or item for each citation in the code, the tests and the data model', () => {
  const citations = [...sourcesIn('src'), ...sourcesIn('test'), 'prisma/schema.prisma'].flatMap(citationsIn);
  expect(citations.length).toBeGreaterThan(100);
  expect(citations.filter(({ label }) => !ANCHORS.includes(label))).toEqual([]);
});

it('gives each section and item its number once', () => {
  expect(ANCHORS.filter((label, index) => ANCHORS.indexOf(label) !== index)).toEqual([]);
});

it('refers within itself to sections and items that it has', () => {
  const cited = [...DOCUMENT.matchAll(/§(\d+(?:\.\d+)*)|\b(0\.1\.\d+|T\d+[a-z]?)\b/g)];
  const labels = cited.map(([, section, item]) => section ?? item ?? '');
  expect(labels.filter((label) => !ANCHORS.includes(label))).toEqual([]);
});

it('links to headings of its own and to files that exist', () => {
  const fragments = HEADINGS.map(fragmentOf);
  const broken = linksOfDocument().filter((target) =>
    target.startsWith('#') ? !fragments.includes(target) : !existsSync(join('docs', target)),
  );
  expect(broken).toEqual([]);
});
