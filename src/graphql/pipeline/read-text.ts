import { type DocumentNode, Kind, visit } from 'graphql';
import { requestError } from './request-error.ts';

/** NUL, which PostgreSQL text cannot hold, and unpaired surrogates, which are not characters. */
const BROKEN = /\0|\p{Surrogate}/u;
const ASCII = /^\p{ASCII}*$/u;

const DEPTH_MAX = 50;

/** The document and variables of a request with normalised text. */
export interface ReadText {
  readonly document: DocumentNode;
  readonly variableValues: Record<string, unknown> | null | undefined;
}

const readDocuments = new WeakMap<DocumentNode, DocumentNode | null>();

/**
 * Returns the document and its variables with all text in Unicode normalisation form C, so that equal text compares as
 * equal. Throws BAD_REQUEST for text that cannot be stored or compared.
 */
export function readText(document: DocumentNode, variables: Record<string, unknown> | null | undefined): ReadText {
  let read = readDocuments.get(document);
  if (read === undefined) {
    read = readLiterals(document);
    readDocuments.set(document, read);
  }
  if (read === null) throw broken([]);
  return { document: read, variableValues: readValue(variables, []) as ReadText['variableValues'] };
}

function broken(path: readonly string[]) {
  return requestError('BAD_REQUEST', 'Text must not contain NUL characters or unpaired surrogates.', [path]);
}

/**
 * Returns the document with normalised literals, or the same document when none changes; null when a literal is
 * invalid.
 */
function readLiterals(document: DocumentNode): DocumentNode | null {
  let isBroken = false;
  const read = visit(document, {
    [Kind.STRING](node) {
      isBroken ||= BROKEN.test(node.value);
      const value = node.value.normalize('NFC');
      return value === node.value ? undefined : { ...node, value };
    },
  });
  return isBroken ? null : read;
}

/**
 * Returns the value with normalised text, or the same value when nothing changes. Object keys are not normalised.
 * `path` is mutated in place, because a request can hold several hundred thousand values.
 */
function readValue(value: unknown, path: string[]): unknown {
  if (typeof value === 'string') {
    if (BROKEN.test(value)) throw broken([...path]);
    return ASCII.test(value) ? value : value.normalize('NFC');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (path.length > DEPTH_MAX)
    throw requestError('BAD_REQUEST', `Variables can be nested at most ${DEPTH_MAX} levels deep.`);
  return Array.isArray(value) ? readList(value, path) : readObject(value as Record<string, unknown>, path);
}

function readList(value: unknown[], path: string[]): unknown[] {
  let copy: unknown[] | null = null;
  for (let index = 0; index < value.length; index += 1) {
    const item = value[index];
    if (typeof item !== 'string' && typeof item !== 'object') continue;
    path.push(String(index));
    const read = readValue(item, path);
    path.pop();
    if (read === item) continue;
    copy ??= [...value];
    copy[index] = read;
  }
  return copy ?? value;
}

function readObject(value: Record<string, unknown>, path: string[]): Record<string, unknown> {
  let copy: Record<string, unknown> | null = null;
  for (const name in value) {
    if (!Object.hasOwn(value, name)) continue;
    if (BROKEN.test(name)) throw broken([...path]);
    path.push(name);
    const read = readValue(value[name], path);
    path.pop();
    if (read === value[name]) continue;
    copy ??= { ...value };
    copy[name] = read;
  }
  return copy ?? value;
}
