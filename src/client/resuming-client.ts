import type { Client, ClientOptions } from 'graphql-ws';
import { createClientThatResumes } from './resume.ts';
import { findResumePlace } from './resume-place.ts';

/**
 * Creates a graphql-ws client that resumes subscriptions after a lost connection. A stock client repeats its initial
 * variables when it reconnects; this one updates the variable passed as `after` with each `cursor` received, so no
 * event is missed or repeated. It reconnects for as long as it is subscribed, and detects silent networks by ping. It
 * takes the options of graphql-ws and can be used wherever a graphql-ws client can: urql's `subscriptionExchange`,
 * Apollo's `GraphQLWsLink`.
 *
 * A subscription must take `after` from a variable and select `cursor`, otherwise it ends with a TypeError. Mutations
 * also end with a TypeError, because one in flight when the connection breaks would be sent again; send them by POST.
 */
export function createResumingClient(options: ClientOptions): Client {
  return createClientThatResumes(options, findResumePlace);
}
