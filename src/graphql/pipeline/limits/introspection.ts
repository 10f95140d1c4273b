import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  getIntrospectionQuery,
  Kind,
  parse,
  print,
  visit,
} from 'graphql';
import type { Payer } from '../../../admission/allowances.ts';
import { createPointBuckets } from '../../../admission/point-buckets.ts';
import { requestError } from '../request-error.ts';
import type { Cost } from './cost.ts';

/** Introspection queries per second and address without credentials. */
const PER_SECOND = 1;
/** Points for writing the response, which is about a megabyte. */
const USUAL_POINTS = 500;

/** Admits and answers introspection queries. */
export interface Introspection {
  /**
   * Returns the fixed cost of the standard introspection query, which is answered from memory; null for other
   * documents. Callers without credentials can only send the standard query of GraphiQL and code generators, and at a
   * limited rate. Throws UNAUTHENTICATED or RATE_LIMITED.
   */
  admit(document: DocumentNode, payer: Payer): Cost | null;
  /** Returns the response to the standard introspection query, computed once; null for other documents. */
  answerTo(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> | null;
}

type Kinds = 'NONE' | 'USUAL' | 'OTHER';

export function createIntrospection(): Introspection {
  const buckets = createPointBuckets({ bucketPoints: PER_SECOND, refillPerSecond: PER_SECOND });
  const kinds = new WeakMap<DocumentNode, Kinds>();
  const answers = new Map<string, ExecutionResult | Promise<ExecutionResult>>();

  function kindOf(document: DocumentNode): Kinds {
    const known = kinds.get(document) ?? readKind(document);
    kinds.set(document, known);
    return known;
  }

  return {
    admit(document, payer) {
      const kind = kindOf(document);
      if (kind === 'NONE') return null;
      if (payer.isKnown) return kind === 'USUAL' ? { points: USUAL_POINTS, nodes: 0, fields: 0 } : null;
      if (kind === 'OTHER') {
        const message = 'Without credentials only the standard introspection query is allowed. Send an API key.';
        throw requestError('UNAUTHENTICATED', message);
      }
      const taken = buckets.take(payer.id, 1);
      if (!('retryAfterMs' in taken)) return { points: 1, nodes: 0, fields: 0 };
      throw requestError(
        'RATE_LIMITED',
        `Without credentials, introspection is limited to ${PER_SECOND} request per second. Retry later or send an API key.`,
        [],
        taken,
      );
    },
    answerTo(args) {
      if (kindOf(args.document) !== 'USUAL') return null;
      const text = print(args.document);
      const known = answers.get(text) ?? execute(args);
      answers.set(text, known);
      return known;
    },
  };
}

function readKind(document: DocumentNode): Kinds {
  let asks = false;
  visit(document, {
    [Kind.FIELD]({ name }) {
      asks ||= name.value === '__schema' || name.value === '__type';
    },
  });
  if (!asks) return 'NONE';
  return usualDocuments().has(print(document)) ? 'USUAL' : 'OTHER';
}

let usual: ReadonlySet<string> | null = null;

/** Returns the introspection query of graphql-js, printed with every combination of its options. */
function usualDocuments(): ReadonlySet<string> {
  const options = [
    'descriptions',
    'specifiedByUrl',
    'directiveIsRepeatable',
    'schemaDescription',
    'inputValueDeprecation',
    'oneOf',
  ];
  usual ??= new Set(
    Array.from({ length: 2 ** options.length }, (_, bits) => {
      const chosen = options.map((name, at) => [name, (bits & (2 ** at)) !== 0] as const);
      return print(parse(getIntrospectionQuery(Object.fromEntries(chosen))));
    }),
  );
  return usual;
}
