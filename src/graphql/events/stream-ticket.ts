import { Kind, parse } from 'graphql';
import { createStreamTicket, type StreamTicket } from '../../services/access/stream-ticket.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { requestError } from '../pipeline/request-error.ts';

/** What is longer fits into no URL. */
const QUERY_LENGTH_MAX = 8_000;

const CreateStreamTicketInput = builder.inputType('CreateStreamTicketInput', {
  description: 'What the ticket is for.',
  fields: (t) => ({
    query: t.string({
      required: true,
      description: `The subscription, to the letter as the URL will have it: at most ${QUERY_LENGTH_MAX} characters. BAD_REQUEST for any other operation.`,
    }),
  }),
});

const CreateStreamTicketPayload = builder.objectRef<StreamTicket>('CreateStreamTicketPayload').implement({
  description: 'A ticket for `GET /graphql/stream?query=&variables=&ticket=`.',
  fields: (t) => ({
    ticket: t.exposeString('ticket', {
      description: 'Stands for your key, for this document alone. It is void once the key is revoked.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'Wall time: 12 hours on, or when your token ends. A stream opened with it ends then too.',
    }),
  }),
});

builder.mutationField('createStreamTicket', (t) =>
  t.field({
    type: CreateStreamTicketPayload,
    description: 'For an EventSource, which cannot send a key in a header: no key ever stands in a URL.',
    args: { input: t.arg({ description: 'What it is for.', type: CreateStreamTicketInput, required: true }) },
    ...scoped('read'),
    resolve: (_root, { input: { query } }, context) => {
      if (query.length > QUERY_LENGTH_MAX)
        throw requestError('BAD_REQUEST', `At most ${QUERY_LENGTH_MAX} characters: it must fit into a URL.`, [
          ['query'],
        ]);
      if (!isSubscription(query)) throw requestError('BAD_REQUEST', 'Not a subscription.', [['query']]);
      return createStreamTicket(context.app, callerOf(context), query);
    },
  }),
);

/** Whether nothing but subscriptions stands in a document: what stands in a URL is seen by many, and must do nothing. */
function isSubscription(query: string): boolean {
  try {
    const operations = parse(query).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    return operations.length > 0 && operations.every(({ operation }) => operation === 'subscription');
  } catch {
    return false;
  }
}
