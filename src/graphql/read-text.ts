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

/** The value with its texts normalised; the same one where nothing differs. Keys are those of the schema, or of the metadata's owner. */
function readValue(value: unknown, path: readonly string[]): unknown {
  if (typeof value === 'string') {
    if (BROKEN.test(value)) throw broken(path);
    return ASCII.test(value) ? value : value.normalize('NFC');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (path.length > DEPTH_MAX) throw requestError('BAD_REQUEST', `Variables are nested at most ${DEPTH_MAX} deep.`);
  let copy: Record<string, unknown> | unknown[] | null = null;
  for (const [name, item] of Object.entries(value)) {
    if (BROKEN.test(name)) throw broken(path);
    const read = readValue(item, [...path, name]);
    if (read === item) continue;
    copy ??= Array.isArray(value) ? [...value] : { ...value };
    (copy as Record<string, unknown>)[name] = read;
  }
  return copy ?? value;
}
