import { type ExecutionArgs, type ExecutionResult, type GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Allowances } from '../../../admission/allowances.ts';
import type { Context } from '../../context.ts';
import type { Deprecation } from '../deprecations.ts';
import { requestError } from '../request-error.ts';
import { DocumentChecks } from './check-document.ts';
import type { Cost } from './cost.ts';
import type { Limits } from './limits.ts';

/**
 * The charge of a request, returned in `extensions.cost`: points, rows by the declared page sizes, and the points left.
 */
export interface Charge extends Pick<Cost, 'points' | 'nodes'> {
  /** Points left in the bucket of the key; null for callers without credentials. */
  readonly left: number | null;
}

/**
 * Refuses documents that exceed the limits of size, depth, aliases or directives, before validation, which can be
 * expensive.
 */
export function useDocumentLimits(schema: GraphQLSchema, limits: Limits, hasIntrospection: boolean): Plugin {
  const { textBytesMax, tokensMax } = limits;
  const checks = new DocumentChecks(schema, limits, hasIntrospection);
  return {
    onParse({ params: { source }, setParseFn }) {
      const bytes = Buffer.byteLength(typeof source === 'string' ? source : source.body);
      setParseFn((given, options) => {
        if (bytes > textBytesMax)
          throw requestError('QUERY_TOO_LARGE', `A document can have at most ${textBytesMax} bytes.`);
        return parse(given, { ...options, maxTokens: tokensMax });
      });
      return ({ result, replaceParseResult }) => {
        if (isTokenLimit(result)) {
          replaceParseResult(requestError('QUERY_TOO_LARGE', `A document can have at most ${tokensMax} tokens.`));
        }
      };
    },
    onValidate({ params: { documentAST }, setResult }) {
      const refusal = checks.refusalOf(documentAST);
      if (refusal) setResult([refusal]);
    },
  };
}

function isTokenLimit(result: unknown): result is GraphQLError {
  return result instanceof Error && result.message.startsWith('Syntax Error: Document contains more that');
}

/** Maximum number of fields of one request. The statement that reads them grows with them, whatever the rows. */
const FIELDS_MAX = 2_000;

/**
 * Returns a function that charges a request to its payer before it runs. It throws QUERY_TOO_COSTLY or RATE_LIMITED.
 */
export function createCharging({ nodesMax, costMax }: Limits, allowances: Allowances) {
  return (args: ExecutionArgs, cost: Cost): Charge => {
    if (cost.nodes > nodesMax) {
      throw requestError(
        'QUERY_TOO_COSTLY',
        `The request asks for ${shown(cost.nodes)} rows; at most ${nodesMax} are allowed. Request smaller pages.`,
      );
    }
    if (cost.fields > FIELDS_MAX) {
      throw requestError(
        'QUERY_TOO_COSTLY',
        `The request selects ${shown(cost.fields)} fields, counting a fragment wherever it is spread; at most ${FIELDS_MAX} are allowed.`,
      );
    }
    if (cost.points > costMax) {
      throw requestError(
        'QUERY_TOO_COSTLY',
        `The request costs ${shown(cost.points)} points; at most ${costMax} are allowed. Select fewer fields or smaller pages.`,
      );
    }
    const { payer, inputPoints } = args.contextValue as Context;
    const points = Math.ceil(cost.points);
    const taken = allowances.take(payer, points);
    if ('left' in taken)
      return { points: points + inputPoints, nodes: cost.nodes, left: payer.isKnown ? taken.left : null };
    throw requestError(
      'RATE_LIMITED',
      'Too few cost points are left for this request. Retry after `retryAfterMs`.',
      [],
      taken,
    );
  };
}

const SHOWN_MAX = 1_000_000_000;

/** Formats a number for a message. Nested pages multiply, so numbers above the maximum are shortened. */
function shown(count: number): string {
  return count > SHOWN_MAX ? `over ${SHOWN_MAX}` : String(Math.ceil(count));
}

/** Returns a result with its charge in `extensions.cost`. */
export function withCharge(
  result: ExecutionResult,
  charge: Charge,
  deprecations: readonly Deprecation[],
): ExecutionResult {
  const deprecated = deprecations.length > 0 ? { deprecations } : {};
  return { ...result, extensions: { ...result.extensions, cost: charge, ...deprecated } };
}
