import { Kind, parse } from 'graphql';
import {
  createStreamTicket,
  STREAM_TICKET_LIFETIME_MS,
  type StreamTicket,
} from '../../services/access/stream-ticket.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { requestError } from '../pipeline/request-error.ts';

const HOUR_MS = 60 * 60 * 1_000;
/** Maximum length of the document of a ticket in characters, so that it fits in a URL. */
const QUERY_LENGTH_MAX = 8_000;

const CreateStreamTicketInput = builder.inputType('CreateStreamTicketInput', {
  description: 'The subscription that a ticket authorizes.',
  fields: (t) => ({
    query: t.string({
      required: true,
      description: `Subscription document, exactly as it will appear in the URL: at most ${QUERY_LENGTH_MAX} characters. Other operations are refused with BAD_REQUEST.`,
    }),
  }),
});

const CreateStreamTicketPayload = builder.objectRef<StreamTicket>('CreateStreamTicketPayload').implement({
  description: 'A ticket that authorizes one subscription at `GET /graphql/stream?query=&variables=&ticket=`.',
  fields: (t) => ({
    ticket: t.exposeString('ticket', {
      description:
        'Value to pass as `ticket`. It authorizes this document only and becomes invalid when the API key is revoked.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: `Expiry of the ticket in UTC: ${STREAM_TICKET_LIFETIME_MS / HOUR_MS} hours after creation, or earlier if your token expires first. Streams opened with the ticket end then.`,
    }),
  }),
});

builder.mutationField('createStreamTicket', (t) =>
  t.field({
    type: CreateStreamTicketPayload,
    description:
      'Creates a ticket for clients such as EventSource that cannot send an API key in a header. API keys never belong in a URL.',
    args: {
      input: t.arg({ description: 'The subscription to authorize.', type: CreateStreamTicketInput, required: true }),
    },
    ...scoped('read'),
    resolve: (_root, { input: { query } }, context) => {
      if (query.length > QUERY_LENGTH_MAX)
        throw requestError(
          'BAD_REQUEST',
          `Shorten the document to ${QUERY_LENGTH_MAX} characters: it must fit in a URL.`,
          [['query']],
        );
      if (!isSubscription(query))
        throw requestError('BAD_REQUEST', 'Pass a document that contains only subscriptions.', [['query']]);
      return createStreamTicket(context.app, callerOf(context), query);
    },
  }),
);

/**
 * Whether all operations of a document are subscriptions. URLs end up in logs and histories, so a ticket must not allow
 * writes.
 */
function isSubscription(query: string): boolean {
  try {
    const operations = parse(query).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    return operations.length > 0 && operations.every(({ operation }) => operation === 'subscription');
  } catch {
    return false;
  }
}
