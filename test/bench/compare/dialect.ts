import type { Inputs, WorkloadName } from './inputs.ts';

/** How one workload is asked of a server, and how its answer becomes comparable with that of another. */
export interface Exchange<Input> {
  readonly path: string;
  /** The body of the request, to be written as JSON. */
  body(input: Input): unknown;
  /** The answer in the form that all servers share. Throws when the request was refused. */
  answer(json: unknown): unknown;
}

/** How a server is asked. */
export interface Dialect {
  readonly headers: Readonly<Record<string, string>>;
  readonly exchanges: { readonly [Name in WorkloadName]: Exchange<Inputs[Name]> };
}

/** A page of payments as Relay has it. */
export interface Connection<Node = unknown> {
  readonly totalCount?: number | string;
  readonly edges: ReadonlyArray<{ readonly node: Node }>;
  readonly pageInfo: { readonly hasNextPage: boolean };
}

/** A page in the form that all servers share. */
export function pageOf({ totalCount, edges, pageInfo }: Connection): unknown {
  return {
    ...(totalCount === undefined ? {} : { totalCount: Number(totalCount) }),
    nodes: edges.map(({ node }) => node),
    next: pageInfo.hasNextPage,
  };
}

/** Describes an exchange. `Data` is what the server promises under `data`. */
export function exchange<Input, Data>(
  path: string,
  body: (input: Input) => unknown,
  answer: (data: Data) => unknown,
): Exchange<Input> {
  return {
    path,
    body,
    answer(json) {
      const { data, errors } = json as { data?: Data | null; errors?: unknown };
      if (errors !== undefined || data === undefined || data === null) throw new Error(JSON.stringify(json));
      return answer(data);
    },
  };
}

/** An exchange of GraphQL over HTTP. */
export function graphqlExchange<Input, Data>(
  query: string,
  variables: (input: Input) => unknown,
  answer: (data: Data) => unknown,
): Exchange<Input> {
  return exchange('/graphql', (input: Input) => ({ query, variables: variables(input) }), answer);
}

/** The query that reads nothing, which is the same for every server. */
export const HELLO = graphqlExchange(
  '{ __typename }',
  () => ({}),
  (data: unknown) => data,
);

/** A query of one payment by its id, for a server that names the field `payment`. */
export function pointExchange(query: string): Exchange<Inputs['point']> {
  return graphqlExchange(
    query,
    ({ id }: Inputs['point']) => ({ id }),
    ({ payment }: { payment: unknown }) => payment,
  );
}
