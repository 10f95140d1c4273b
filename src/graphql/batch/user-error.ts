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
  description: 'Why a record was refused: something the caller caused and can act on.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeRef, description: 'For programs.' }),
    rule: t.string({
      nullable: true,
      description: 'The rule broken, when `code` is INVALID.',
      resolve: (error) => error.rule ?? null,
    }),
    message: t.exposeString('message', { description: 'For people.' }),
    path: t.stringList({
      description: 'Where, from the input: ["records", "3", "customer", "email"].',
      resolve: (error) => [...error.path],
    }),
  }),
  resolveType: (error) => error.type,
});

builder.objectRef<ValidationError>('ValidationError').implement({
  description: 'Returned when a value is missing, malformed, or breaks a rule.',
  interfaces: [UserErrorRef],
});

builder.objectRef<NotFound>('NotFound').implement({
  description: 'Returned when an id names nothing of yours.',
  interfaces: [UserErrorRef],
});

builder.objectRef<Duplicate>('Duplicate').implement({
  description: 'Returned when a unique value is taken, by another object or another record of the batch.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    existingId: t.exposeID('existingId', {
      nullable: true,
      description: 'The object that has the value; null when it is another record.',
    }),
  }),
});

builder.objectRef<MethodMismatch>('MethodMismatch').implement({
  description: 'Returned when the payment method does not take what was sent, or needs what was not.',
  interfaces: [UserErrorRef],
});

builder.objectRef<StateConflict>('StateConflict').implement({
  description: 'Returned when the status of an object does not allow what was asked.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    currentStatus: t.exposeString('currentStatus', { description: 'Where the object is now.' }),
    allowedTransitions: t.stringList({
      description: 'Where it can go from there by this mutation.',
      resolve: (error) => [...error.allowedTransitions],
    }),
    blockedBy: t.idList({
      description: 'The objects that stand in the way.',
      resolve: (error) => [...error.blockedBy],
    }),
  }),
});

builder.objectRef<VersionConflict>('VersionConflict').implement({
  description: 'Returned when the object has changed since `expectedVersion`.',
  interfaces: [UserErrorRef],
  fields: (t) => ({ currentVersion: t.exposeInt('currentVersion', { description: 'Where the object is now.' }) }),
});

builder.objectRef<LimitExceeded>('LimitExceeded').implement({
  description: 'Returned when there is more than the limit allows.',
  interfaces: [UserErrorRef],
  fields: (t) => ({ limit: t.exposeInt('limit', { description: 'How much is allowed.' }) }),
});

builder.objectRef<ProviderError>('ProviderError').implement({
  description: 'Returned when the bank did not answer. Nothing was written: the same call may be sent again.',
  interfaces: [UserErrorRef],
});

/** An error type of the domain that the schema lacks is a compile error here. */
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
