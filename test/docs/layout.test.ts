import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const LINES_MAX = 300;
const MEDIAN_MAX = 100;
const FILES_IN_FOLDER_MAX = 45;
const FOLDERS = ['domain', 'store', 'services', 'server', 'bank', 'event-log', 'admission'];

function foldersUnder(directory: string): string[] {
  const inside = readdirSync(directory)
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isDirectory() && !path.endsWith('generated'));
  return [directory, ...inside.flatMap(foldersUnder)];
}

const folders = foldersUnder(join(ROOT, 'src'));
const filesOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
const files = folders.flatMap(filesOf);
const linesOf = (path: string): number => readFileSync(path, 'utf8').split('\n').length - 1;

it(`keeps each source file under ${LINES_MAX} lines, and half of them under ${MEDIAN_MAX}`, () => {
  const sizes = files.map((path) => ({ path: relative(ROOT, path), lines: linesOf(path) }));
  expect(sizes.filter(({ lines }) => lines > LINES_MAX)).toEqual([]);
  const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(MEDIAN_MAX);
});

it(`keeps at most ${FILES_IN_FOLDER_MAX} files in a folder`, () => {
  const full = folders.filter((folder) => filesOf(folder).length > FILES_IN_FOLDER_MAX);
  expect(full.map((folder) => relative(ROOT, folder))).toEqual([]);
});

it('documents every exported function and type below the transports', () => {
  const bare = FOLDERS.flatMap((folder) =>
    files.filter((path) => path.startsWith(join(ROOT, 'src', folder, '/'))),
  ).flatMap((path) => {
    const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
    return source.statements
      .filter((statement) => isExportedDeclaration(statement) && ts.getJSDocCommentsAndTags(statement).length === 0)
      .map((statement) => `${relative(ROOT, path)}: ${statement.getText(source).split('\n', 1)[0]}`);
  });
  expect(bare).toEqual([]);
});

function isExportedDeclaration(statement: ts.Statement): boolean {
  if (
    !ts.isFunctionDeclaration(statement) &&
    !ts.isClassDeclaration(statement) &&
    !ts.isInterfaceDeclaration(statement)
  )
    return false;
  return ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}
