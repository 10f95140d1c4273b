import type {
  Duplicate,
  LimitExceeded,
  MethodMismatch,
  NotFound,
  ProviderError,
  StateConflict,
  UserError,
  ValidationError,
  VersionConflict,
} from '../../domain/errors.ts';
import { builder } from '../builder.ts';
import { ErrorCodeRef } from '../enums/call.ts';

export const UserErrorRef = builder.interfaceRef<UserError>('UserError').implement({
  description: 'An error in one record of the input, which the caller can correct.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeRef, description: 'Stable code for programs.' }),
    rule: t.string({
      nullable: true,
      description: 'Name of the violated rule when `code` is INVALID; otherwise null.',
      resolve: (error) => error.rule ?? null,
    }),
    message: t.exposeString('message', { description: 'Human-readable explanation, in English. Do not parse it.' }),
    path: t.stringList({
      description: 'Path of the value in the input, for example ["records", "3", "customer", "email"].',
      resolve: (error) => [...error.path],
    }),
  }),
  resolveType: (error) => error.type,
});

builder.objectRef<ValidationError>('ValidationError').implement({
  description: 'Returned when a value is missing or malformed, or violates a rule.',
  interfaces: [UserErrorRef],
});

builder.objectRef<NotFound>('NotFound').implement({
  description: 'Returned when the merchant has no object with the given id.',
  interfaces: [UserErrorRef],
});

builder.objectRef<Duplicate>('Duplicate').implement({
  description: 'Returned when a unique value is already used by another object or by another record of the batch.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    existingId: t.exposeID('existingId', {
      nullable: true,
      description: 'Id of the object that has the value; null when another record of the batch has it.',
    }),
  }),
});

builder.objectRef<MethodMismatch>('MethodMismatch').implement({
  description: 'Returned when the payment method does not allow a given value or requires a missing one.',
  interfaces: [UserErrorRef],
});

builder.objectRef<StateConflict>('StateConflict').implement({
  description: 'Returned when the status of an object does not allow the requested change.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    currentStatus: t.exposeString('currentStatus', { description: 'Current status of the object.' }),
    allowedTransitions: t.stringList({
      description: 'Statuses that this mutation can move the object to.',
      resolve: (error) => [...error.allowedTransitions],
    }),
    blockedBy: t.idList({
      description: 'Ids of the objects that prevent the change.',
      resolve: (error) => [...error.blockedBy],
    }),
  }),
});

builder.objectRef<VersionConflict>('VersionConflict').implement({
  description: 'Returned when the object has changed since `expectedVersion`.',
  interfaces: [UserErrorRef],
  fields: (t) => ({ currentVersion: t.exposeInt('currentVersion', { description: 'Current version of the object.' }) }),
});

builder.objectRef<LimitExceeded>('LimitExceeded').implement({
  description: 'Returned when a limit is exceeded.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    limit: t.exposeInt('limit', {
      description:
        'Largest value that is allowed: a number of items, characters or bytes, or an amount in whole rand, as the message says.',
    }),
  }),
});

builder.objectRef<ProviderError>('ProviderError').implement({
  description: 'Returned when the bank did not answer. Nothing was written; the same call can be sent again.',
  interfaces: [UserErrorRef],
});

/** All error types of the schema. A domain error type that is missing here causes a compile error below. */
export type SchemaErrors =
  | ValidationError
  | NotFound
  | Duplicate
  | MethodMismatch
  | StateConflict
  | VersionConflict
  | LimitExceeded
  | ProviderError;
true satisfies UserError extends SchemaErrors ? true : false;
