import { createHash } from 'node:crypto';
import { type GraphQLSchema, parse, validate } from 'graphql';
import type { Incoming, PreparedDocument } from '../context.ts';
import { requestError } from './request-error.ts';

/** What becomes of documents that are not trusted: they run, they run and are logged, or they are refused. */
export const DOCUMENT_MODES = ['OFF', 'LOG', 'ENFORCE'] as const;
/** One of the modes. */
export type DocumentMode = (typeof DOCUMENT_MODES)[number];

/** A document as a request names it: by its text, by its id, or by both. */
export interface NamedDocument {
  readonly query: string | null;
  readonly documentId: string | null;
}

/** The documents that the operator trusts: they were parsed and validated at start, and no limits of their form apply. */
export interface TrustedDocuments {
  /** Returns the trusted document of a request; null for one that is not trusted and may run. Throws for what may not run. */
  find(named: NamedDocument, incoming: Pick<Incoming, 'requestId' | 'identity'>): PreparedDocument | null;
  /** Returns the text of a trusted document by its id; null when there is none. */
  textOf(documentId: string): string | null;
}

/** Untrusted documents that are logged, each once. */
const LOGGED_MAX = 1_000;
const SHA256 = /^sha256:/;

/** No trusted documents: every text runs, and ids are refused. */
export const NO_TRUSTED_DOCUMENTS: TrustedDocuments = {
  find({ query }) {
    if (query === null) throw requestError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
    return null;
  },
  textOf: () => null,
};

/**
 * Prepares trusted documents: texts by id. A document is found by its id, by the SHA-256 of its text, and by its text.
 * Throws an Error that names a document which is not valid.
 */
export function createTrustedDocuments(
  schema: GraphQLSchema,
  texts: ReadonlyMap<string, string>,
  mode: DocumentMode,
  warn: (fields: object, message: string) => void,
): TrustedDocuments {
  const byText = new Map<string, PreparedDocument>();
  const textById = new Map<string, string>();
  for (const [id, text] of texts) {
    byText.set(text, prepareTrusted(schema, id, text));
    for (const name of [id.replace(SHA256, ''), hashOf(text)]) textById.set(name, text);
  }
  const logged = new Set<string>();
  const log = (text: string, { requestId, identity }: Pick<Incoming, 'requestId' | 'identity'>): void => {
    const sha256 = hashOf(text);
    if (logged.has(sha256) || logged.size >= LOGGED_MAX) return;
    logged.add(sha256);
    warn(
      { sha256, requestId, clientId: identity?.clientId },
      'a document is not trusted; with DOCUMENTS_MODE=ENFORCE it would be refused',
    );
  };
  const textOf = (documentId: string): string | null => textById.get(documentId.replace(SHA256, '')) ?? null;
  return {
    textOf,
    find({ query, documentId }, incoming) {
      const text = query ?? (documentId === null ? null : textOf(documentId));
      const known = text === null ? undefined : byText.get(text);
      if (known) return known;
      // Apollo Client sends the text then, and it is judged by itself.
      if (query === null) throw requestError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
      if (mode === 'ENFORCE')
        throw requestError('DOCUMENT_NOT_TRUSTED', 'Only documents that the operator of the gateway trusts may run.');
      if (mode === 'LOG') log(query, incoming);
      return null;
    },
  };
}

function prepareTrusted(schema: GraphQLSchema, id: string, text: string): PreparedDocument {
  try {
    const document = parse(text);
    const [error] = validate(schema, document);
    if (error) throw error;
    return { document, errors: [] };
  } catch (error) {
    throw new Error(`the trusted document ${id} is not valid: ${(error as Error).message}`);
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
