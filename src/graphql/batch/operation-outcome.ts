import { IDEMPOTENCY_KEY_KEPT_DAYS } from '../../domain/batch.ts';
import { type OPERATION_OUTCOMES, type OperationOutcome, outcomeOf } from '../../domain/operation.ts';
import { readOperations } from '../../services/batch/operations.ts';
import type { RecordedOperation } from '../../store/operations.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { describe } from '../enums/describe.ts';

const OutcomeRef = builder.enumType('OperationOutcomeStatus', {
  description: 'What became of a request with mutations.',
  values: describe({
    COMMITTED: 'It was written, by this request or by an earlier one with its idempotency key.',
    REFUSED: 'Nothing was written, because of errors that the caller can correct.',
    FAILED: 'It ended with an internal error, a timeout or an outage, and nothing of it is known to be written.',
    UNKNOWN: `No outcome is known: it is in flight, was refused before it ran, was a query or a dry run, or is older than ${IDEMPOTENCY_KEY_KEPT_DAYS} days.`,
  } satisfies Record<(typeof OPERATION_OUTCOMES)[number], string>),
});

const MutationOutcomeRef = builder.objectRef<RecordedOperation>('MutationOutcome').implement({
  description: 'What became of one mutation of a request.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the mutation, for example "submitPayments".' }),
    outcome: t.field({
      type: OutcomeRef,
      description: 'What became of the mutation.',
      resolve: ({ outcome }) => outcome as OperationOutcome,
    }),
    errorCodes: t.exposeStringList('errorCodes', {
      description: 'Distinct codes of its errors, also of records that failed beside written ones.',
    }),
    objectIds: t.field({
      type: ['ID'],
      description: 'Identifiers of the objects that it wrote, in the order of its records; `nodes` returns them.',
      resolve: ({ objectIds }) => [...objectIds],
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Time of the mutation (UTC wall clock).' }),
  }),
});

interface Asked {
  readonly requestId: string;
  readonly operations: readonly RecordedOperation[];
}

const OperationOutcomeRef = builder.objectRef<Asked>('OperationOutcome').implement({
  description: 'What became of a request with mutations.',
  fields: (t) => ({
    requestId: t.id({
      description: 'Identifier that the gateway gave to the request, or the one asked for if it is unknown.',
      resolve: ({ requestId, operations: [first] }) => first?.requestId ?? requestId,
    }),
    clientRequestId: t.id({
      nullable: true,
      description: 'Identifier that the client sent in `x-request-id`; null if it sent none.',
      resolve: ({ operations: [first] }) => first?.clientRequestId ?? null,
    }),
    actor: t.string({
      nullable: true,
      description: 'Client that made the request, as in the audit log; null if the request is unknown.',
      resolve: ({ operations: [first] }) => first?.clientId ?? null,
    }),
    outcome: t.field({
      type: OutcomeRef,
      description: 'COMMITTED if any of its mutations was, otherwise FAILED if any did, otherwise REFUSED.',
      resolve: ({ operations }) => outcomeOf(operations),
    }),
    mutations: t.field({
      type: [MutationOutcomeRef],
      description: 'Its mutations that ended, in their order; empty if the request is unknown.',
      resolve: ({ operations }) => operations,
    }),
  }),
});

builder.queryField('operationOutcome', (t) =>
  t.field({
    type: OperationOutcomeRef,
    description: `Returns what became of a request with mutations, for ${IDEMPOTENCY_KEY_KEPT_DAYS} days: for a caller that lost the response, and for support.`,
    args: {
      requestId: t.arg.id({
        required: true,
        description:
          'Identifier of the request: `requestId` of a payload or an error, or what the client sent in `x-request-id`, of which the latest request counts.',
      }),
    },
    ...scoped('read'),
    resolve: async (_root, { requestId }, context) => {
      return { requestId, operations: await readOperations(context.app, callerOf(context), requestId) };
    },
  }),
);
