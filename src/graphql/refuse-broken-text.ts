import { type DocumentNode, Kind, visit } from 'graphql';
import { requestError } from './request-error.ts';

/** NUL, which no database text can hold, and halves of surrogate pairs, which are no characters. */
const BROKEN = /\0|\p{Surrogate}/u;

const DEPTH_MAX = 50;

const brokenDocuments = new WeakMap<DocumentNode, boolean>();

/** Refuses a request with text that cannot be stored or compared, wherever it stands. */
export function refuseBrokenText(document: DocumentNode, variables: unknown): void {
  const isBroken = brokenDocuments.get(document) ?? hasBrokenLiteral(document);
  brokenDocuments.set(document, isBroken);
  const path = isBroken ? [] : findBroken(variables, []);
  if (path) throw requestError('BAD_REQUEST', 'Text with a NUL or half a surrogate pair is not accepted.', [path]);
}

function hasBrokenLiteral(document: DocumentNode): boolean {
  let isBroken = false;
  visit(document, {
    [Kind.STRING](node) {
      isBroken ||= BROKEN.test(node.value);
    },
  });
  return isBroken;
}

function findBroken(value: unknown, path: readonly string[]): readonly string[] | null {
  if (typeof value === 'string') return BROKEN.test(value) ? path : null;
  if (typeof value !== 'object' || value === null) return null;
  if (path.length > DEPTH_MAX) throw requestError('BAD_REQUEST', `Variables are nested at most ${DEPTH_MAX} deep.`);
  for (const [name, item] of Object.entries(value)) {
    if (BROKEN.test(name)) return path;
    const found = findBroken(item, [...path, name]);
    if (found) return found;
  }
  return null;
}
