import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type * as Spans from '../../../src/tracing/spans.ts';
import * as noSpans from './no-spans.ts';

const ROOT = join(import.meta.dirname, '../../..');
const COPIED = ['src', 'prisma', 'schema', 'package.json', 'package-lock.json', 'tsconfig.json'];

// What stands in for the spans has all of their functions, or the types do not fit.
noSpans satisfies Readonly<Record<keyof typeof Spans, unknown>>;

/** Copies the sources of the gateway to a directory and takes all spans out of them. Returns the directory. */
export function makeSpanlessRoot(directory: string): string {
  mkdirSync(directory, { recursive: true });
  for (const name of COPIED) cpSync(join(ROOT, name), join(directory, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  cpSync(join(import.meta.dirname, 'no-spans.ts'), join(directory, 'src/tracing/spans.ts'));
  return directory;
}
