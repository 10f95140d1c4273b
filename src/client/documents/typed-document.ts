import { type DocumentNode, parse, print } from 'graphql';
import type { GatewayClient } from '../gateway-client.ts';

/** A document with the types of its data and its variables, as urql, Apollo Client and other clients read them. */
export interface TypedDocument<Data, Variables> extends DocumentNode {
  /** Only for the types. */
  readonly __apiType?: (variables: Variables) => Data;
}

/** Types a document. */
export function typed<Data, Variables>(text: string): TypedDocument<Data, Variables> {
  return parse(text, { noLocation: true });
}

/** Sends a typed document by a client of the gateway and returns its data. Throws a GatewayError when the response has errors. */
export function send<Data, Variables extends object>(
  client: Pick<GatewayClient, 'request'>,
  document: TypedDocument<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  return client.request<Data>(print(document), variables);
}
