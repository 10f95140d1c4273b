import { type DocumentNode, Kind, visit } from 'graphql';
import { requestError } from './request-error.ts';

/** NUL, which no database text can hold, and halves of surrogate pairs, which are no characters. */
const BROKEN = /\0|\p{Surrogate}/u;
const ASCII = /^\p{ASCII}*$/u;

const DEPTH_MAX = 50;

/** The text of a request as the gateway reads it. */
export interface ReadText {
  readonly document: DocumentNode;
  readonly variableValues: Record<string, unknown> | null | undefined;
}

const readDocuments = new WeakMap<DocumentNode, DocumentNode | null>();

/**
 * The document and its variables with every text in Unicode normalisation form C, so that a value is one value however it was typed.
 * Refuses a request with text that cannot be stored or compared, wherever it stands.
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
  return requestError('BAD_REQUEST', 'Text with a NUL or half a surrogate pair is not accepted.', [path]);
}

/** The document with its literals normalised, the same one where they are; null when one is broken. */
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
 * The value with its texts normalised; the same one where nothing differs. Keys are those of the schema, or of the metadata's owner.
 * `path` is where the value stands, kept in place: a request may have some hundred thousand values.
 */
function readValue(value: unknown, path: string[]): unknown {
  if (typeof value === 'string') {
    if (BROKEN.test(value)) throw broken([...path]);
    return ASCII.test(value) ? value : value.normalize('NFC');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (path.length > DEPTH_MAX) throw requestError('BAD_REQUEST', `Variables are nested at most ${DEPTH_MAX} deep.`);
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
