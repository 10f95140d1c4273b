import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import { STREAM_HEAD } from '../client/stream-head.ts';
import {
  createTrustedDocuments,
  type DocumentMode,
  NO_TRUSTED_DOCUMENTS,
  type TrustedDocuments,
} from '../graphql/pipeline/trusted-documents.ts';
import { schema } from '../graphql/schema.ts';
import type { Log } from '../services/app.ts';
import { PROJECT_ROOT } from '../store/connection/project-root.ts';
import { StartError } from './start-error.ts';

/** The documents of the console, which the build collects. */
const OF_CONSOLE = join(PROJECT_ROOT, 'dist', 'console', 'documents.json');

/** What is trusted, and how strictly. */
export interface DocumentsConfig {
  /** Manifest of trusted documents; null without one. */
  readonly file: string | null;
  readonly mode: DocumentMode;
  readonly hasConsole: boolean;
}

/**
 * Loads the trusted documents: those of the manifest, of the console and of the client. Throws a StartError for a manifest
 * that cannot be read, or a document that is not valid.
 */
export function loadDocuments(
  { file, mode, hasConsole }: DocumentsConfig,
  log: Log,
  served: GraphQLSchema = schema,
): TrustedDocuments {
  if (file === null && mode !== 'OFF')
    throw new StartError(`DOCUMENTS_MODE=${mode} needs a manifest; set DOCUMENTS to its path`);
  if (file === null) return NO_TRUSTED_DOCUMENTS;
  const own = hasConsole ? readManifest(OF_CONSOLE) : new Map<string, string>();
  const texts = new Map([...own, ['stream-head', STREAM_HEAD] as const, ...readManifest(file)]);
  try {
    return createTrustedDocuments(served, texts, mode, (fields, message) => log.warn(fields, message));
  } catch (error) {
    throw new StartError(`${(error as Error).message}; correct ${file}`);
  }
}

/** Reads a manifest: an object of texts by id, or the manifest of Apollo's tools. */
function readManifest(file: string): Map<string, string> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StartError(`the manifest of DOCUMENTS cannot be read: ${(error as Error).message}`);
  }
  const { operations = null } = (manifest ?? {}) as { operations?: unknown };
  const entries = Array.isArray(operations)
    ? operations.map((operation: { id?: unknown; body?: unknown } | null) => [operation?.id, operation?.body])
    : Object.entries(manifest ?? { '': null });
  const wrong = entries.find(([id, text]) => typeof id !== 'string' || typeof text !== 'string');
  if (wrong)
    throw new StartError(`the manifest ${file} must be an object of documents by id, or a manifest of Apollo's tools`);
  return new Map(entries as Array<[string, string]>);
}
