import { RECORD_ERROR_CODES } from '../../domain/errors.ts';
import { builder, scoped } from '../builder.ts';
import { describe, descriptionsOf } from '../enums/describe.ts';
import { REQUEST_ERRORS, type RequestErrorCode } from '../pipeline/request-error.ts';

// No field has it: it is the type of `extensions.code`, for those who generate code from the schema.
builder.enumType('RequestErrorCode', {
  description:
    'Why a whole request was refused: `extensions.code` of its GraphQL error. For programs, and stable; `errorCodes` lists them.',
  values: describe<RequestErrorCode>(descriptionsOf(REQUEST_ERRORS)),
});

const ErrorKindRef = builder.enumType('ErrorKind', {
  description: 'Where an error code stands.',
  values: describe({
    REQUEST: 'A GraphQL error: the whole request was refused. `extensions.code`, of `RequestErrorCode`.',
    RECORD: 'An error of one record: data. `UserError.code`, of `ErrorCode`.',
  }),
});

interface ErrorCodeInfo {
  readonly code: string;
  readonly kind: 'REQUEST' | 'RECORD';
  readonly httpStatus: number | null;
  readonly retryable: boolean;
  readonly description: string;
}

/** Every code there is, from the tables by which errors are made. */
const CATALOGUE: readonly ErrorCodeInfo[] = [
  ...Object.entries(REQUEST_ERRORS).map(([code, { status, retryable, description }]): ErrorCodeInfo => {
    return { code, kind: 'REQUEST', httpStatus: status, retryable, description };
  }),
  ...Object.entries(RECORD_ERROR_CODES).map(([code, description]): ErrorCodeInfo => {
    return { code, kind: 'RECORD', httpStatus: null, retryable: code === 'PROVIDER_ERROR', description };
  }),
];

const ErrorCodeInfoRef = builder.objectRef<ErrorCodeInfo>('ErrorCodeInfo').implement({
  description: 'An error code with what it means.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'A value of `RequestErrorCode` or `ErrorCode`, by `kind`.' }),
    kind: t.expose('kind', {
      type: ErrorKindRef,
      description: 'Whether the code refuses a whole request or one record.',
    }),
    httpStatus: t.exposeInt('httpStatus', {
      nullable: true,
      description:
        'The HTTP status of an answer that is this error alone, by `application/graphql-response+json`; null for RECORD.',
    }),
    retryable: t.exposeBoolean('retryable', { description: 'Whether the same call, sent again later, may succeed.' }),
    description: t.exposeString('description', { description: 'The meaning of the code, in English, for people.' }),
  }),
});

builder.queryField('errorCodes', (t) =>
  t.field({
    type: [ErrorCodeInfoRef],
    description: 'Every error code there is: of requests first, then of records.',
    ...scoped('read'),
    resolve: () => [...CATALOGUE],
  }),
);
