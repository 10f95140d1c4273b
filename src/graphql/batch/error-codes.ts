import { RECORD_ERROR_CODES } from '../../domain/errors.ts';
import { builder, scoped } from '../builder.ts';
import { describe, descriptionsOf } from '../enums/describe.ts';
import { REQUEST_ERRORS, type RequestErrorCode } from '../pipeline/request-error.ts';

// No field returns this type: it documents `extensions.code` for code generators.
builder.enumType('RequestErrorCode', {
  description:
    'Stable, machine-readable code of a GraphQL error that refuses a whole request, returned as `extensions.code`. The query `errorCodes` lists all codes.',
  values: describe<RequestErrorCode>(descriptionsOf(REQUEST_ERRORS)),
});

const ErrorKindRef = builder.enumType('ErrorKind', {
  description: 'Whether an error code applies to a whole request or to one record.',
  values: describe({
    REQUEST: 'Code of a GraphQL error that refuses a whole request: `extensions.code`, a value of `RequestErrorCode`.',
    RECORD: 'Code of an error in one record, returned as data: `UserError.code`, a value of `ErrorCode`.',
  }),
});

interface ErrorCodeInfo {
  readonly code: string;
  readonly kind: 'REQUEST' | 'RECORD';
  readonly httpStatus: number | null;
  readonly retryable: boolean;
  readonly description: string;
}

/** All error codes, from the tables that errors are created from. */
const CATALOGUE: readonly ErrorCodeInfo[] = [
  ...Object.entries(REQUEST_ERRORS).map(([code, { status, retryable, description }]): ErrorCodeInfo => {
    return { code, kind: 'REQUEST', httpStatus: status, retryable, description };
  }),
  ...Object.entries(RECORD_ERROR_CODES).map(([code, description]): ErrorCodeInfo => {
    return { code, kind: 'RECORD', httpStatus: null, retryable: code === 'PROVIDER_ERROR', description };
  }),
];

const ErrorCodeInfoRef = builder.objectRef<ErrorCodeInfo>('ErrorCodeInfo').implement({
  description: 'An error code and its meaning.',
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'The code: a value of `RequestErrorCode` or `ErrorCode`, depending on `kind`.',
    }),
    kind: t.expose('kind', {
      type: ErrorKindRef,
      description: 'Whether the code applies to a whole request or to one record.',
    }),
    httpStatus: t.exposeInt('httpStatus', {
      nullable: true,
      description:
        'HTTP status of a response that consists of this error only, with media type `application/graphql-response+json`; null for RECORD codes.',
    }),
    retryable: t.exposeBoolean('retryable', {
      description: 'Whether the same request may succeed when sent again later.',
    }),
    description: t.exposeString('description', { description: 'Human-readable meaning of the code, in English.' }),
  }),
});

builder.queryField('errorCodes', (t) =>
  t.field({
    type: [ErrorCodeInfoRef],
    description: 'Lists all error codes: request codes first, then record codes.',
    ...scoped('read'),
    resolve: () => [...CATALOGUE],
  }),
);
