import { QUARANTINED_ANSWERS } from '../store/reading/description.ts';
import { builder } from './builder.ts';
import { rootConnection } from './lists/connection.ts';
import { MandateRef } from './mandates/mandate.ts';
import { TransactionRef } from './transaction.ts';

const QuarantinedAnswerRef = builder.prismaObject('QuarantinedAnswer', {
  description:
    'An answer of the bank that no transition allows. It changed nothing; a later answer that makes it possible applies it and ends the quarantine.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the quarantined answer.' }),
    messageId: t.exposeString('messageId', { description: 'Identifier by which the answer is taken once.' }),
    reference: t.exposeString('reference', { description: 'Reference under which the bank answers.' }),
    event: t.exposeString('event', { description: 'Event that the bank reported, for example PAID.' }),
    code: t.exposeString('code', { nullable: true, description: 'Reason code of the bank; null if it gave none.' }),
    reason: t.exposeString('reason', { description: 'Human-readable reason of the quarantine.' }),
    transaction: t.relation('transaction', {
      type: TransactionRef,
      nullable: true,
      description: 'Transaction sent under the reference; null if there is none.',
    }),
    mandate: t.relation('mandate', {
      type: MandateRef,
      nullable: true,
      description: 'Mandate of the transaction or of the request; null if there is none.',
    }),
    occurredAt: t.expose('occurredAt', {
      type: 'DateTime',
      description: "Time of the event at the bank (UTC, on the merchant's clock).",
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Time of the quarantine (UTC wall clock).' }),
  }),
});

rootConnection(
  'quarantinedAnswers',
  'QuarantinedAnswer',
  QuarantinedAnswerRef,
  { entity: 'quarantinedAnswer', reading: QUARANTINED_ANSWERS },
  'Lists answers of the bank that no transition allows; each needs a person.',
  'admin',
);
