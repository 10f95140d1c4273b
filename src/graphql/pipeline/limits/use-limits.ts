import { type ExecutionArgs, type ExecutionResult, type GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Allowances } from '../../../admission/allowances.ts';
import type { Context, Incoming } from '../../context.ts';
import { requestError } from '../request-error.ts';
import { DocumentChecks } from './check-document.ts';
import type { Cost } from './cost.ts';
import type { Limits } from './limits.ts';

/** What a request cost, beside its data: so many points, rows by the page sizes it declared, and what its key has left. */
interface Charge extends Cost {
  readonly left: number | null;
}

/** Refuses documents that are too large, deep or manifold before they are validated: that may be dear. */
export function useDocumentLimits(schema: GraphQLSchema, limits: Limits, hasIntrospection: boolean): Plugin {
  const { textBytesMax, tokensMax } = limits;
  const checks = new DocumentChecks(schema, limits, hasIntrospection);
  return {
    onParse({ params: { source }, setParseFn }) {
      const bytes = Buffer.byteLength(typeof source === 'string' ? source : source.body);
      setParseFn((given, options) => {
        if (bytes > textBytesMax)
          throw requestError('QUERY_TOO_LARGE', `A document has at most ${textBytesMax} bytes.`);
        return parse(given, { ...options, maxTokens: tokensMax });
      });
      return ({ result, replaceParseResult }) => {
        if (isTokenLimit(result)) {
          replaceParseResult(requestError('QUERY_TOO_LARGE', `A document has at most ${tokensMax} tokens.`));
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

/** Charges a request to its payer before anything of it runs. Throws QUERY_TOO_COSTLY or RATE_LIMITED. */
export function createCharging({ nodesMax, costMax }: Limits, allowances: Allowances) {
  return (args: ExecutionArgs, cost: Cost): Charge => {
    if (cost.nodes > nodesMax) {
      throw requestError(
        'QUERY_TOO_COSTLY',
        `This asks for ${shown(cost.nodes)} rows, ${nodesMax} are allowed: smaller pages.`,
      );
    }
    if (cost.points > costMax) {
      throw requestError('QUERY_TOO_COSTLY', `This costs ${shown(cost.points)} points, ${costMax} are allowed.`);
    }
    // Yoga hands on what the transport knew beside what the context was made of.
    const { payer, inputPoints } = args.contextValue as Context & Incoming;
    const points = Math.ceil(cost.points);
    const taken = allowances.take(payer, points);
    if ('left' in taken)
      return { points: points + inputPoints, nodes: cost.nodes, left: payer.isKnown ? taken.left : null };
    throw requestError('RATE_LIMITED', 'No points are left for this; they come back.', [], taken);
  };
}

const SHOWN_MAX = 1_000_000_000;

/** A number as people read it: pages in pages multiply beyond what has a name. */
function shown(count: number): string {
  return count > SHOWN_MAX ? `over ${SHOWN_MAX}` : String(Math.ceil(count));
}

export function withCharge(result: ExecutionResult, charge: Charge): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, cost: charge } };
}
