import { BATCH_RECORDS_MAX } from '../../domain/batch.ts';
import {
  type CreateApiKeys,
  createApiKeys,
  KEY_NAME_LENGTH_MAX,
  revokeApiKeys,
} from '../../services/access/api-keys.ts';
import type { Caller, Scope } from '../../services/app.ts';
import { API_KEYS } from '../../store/reading/description.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
import { clientKeyField } from '../batch/record-input.ts';
import { readSelection } from '../batch/selection.ts';
import { builder } from '../builder.ts';
import { ScopeRef } from '../enums/scope.ts';
import { rootConnection } from '../lists/connection.ts';

/**
 * Plain-text keys by id, for the request that created them. Only its response shows them; the gateway stores an HMAC.
 */
const shown = new WeakMap<Caller, Map<string, string>>();

const ApiKeyRef = builder.prismaObject('ApiKey', {
  description: 'An API key that a client of the merchant authenticates with.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', {
      description: 'Unique identifier of the API key, also used as the HTTP Basic user name and in the audit log.',
    }),
    name: t.exposeString('name', { description: 'Name that you gave the key.' }),
    scopes: t.field({
      type: [ScopeRef],
      description: 'Scopes that the key grants.',
      select: { scopes: true },
      resolve: ({ scopes }) => scopes as Scope[],
    }),
    key: t.string({
      nullable: true,
      description:
        'The key itself, only in the response of the call that created it; null everywhere else, also in an idempotent replay.',
      select: { id: true },
      resolve: ({ id }, _args, { caller }) => (caller && shown.get(caller)?.get(id)) ?? null,
    }),
    createdAt: t.expose('createdAt', { description: 'Time of creation: wall-clock time in UTC.', type: 'DateTime' }),
    revokedAt: t.expose('revokedAt', {
      description: 'Time of revocation: wall-clock time in UTC; null while the key is valid.',
      type: 'DateTime',
      nullable: true,
    }),
  }),
});

rootConnection(
  'apiKeys',
  'ApiKey',
  ApiKeyRef,
  { entity: 'apiKey', reading: API_KEYS },
  'Lists the API keys of the merchant.',
  'admin',
);

const API_KEY = { name: 'ApiKey', field: 'apiKey', entity: 'apiKey', ref: ApiKeyRef } as const;

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'An API key to create.',
  fields: (t) => ({
    clientKey: clientKeyField(t),
    name: t.string({ description: `Name of the key. Required, at most ${KEY_NAME_LENGTH_MAX} characters.` }),
    scopes: t.field({
      type: [ScopeRef],
      required: true,
      description: 'Scopes that the key grants: at least one, and only scopes that the calling key holds.',
    }),
  }),
});

batchMutation<BatchInput & Pick<CreateApiKeys, 'records'>>('createApiKeys', {
  description: 'Creates API keys. To rotate a key, create a new one, distribute it and revoke the old one.',
  input: builder.inputType('CreateApiKeysInput', {
    description: 'A batch of API keys to create.',
    fields: (t) => ({ records: recordsField(t, CreateApiKeyInput), ...batchOptions(t) }),
  }),
  object: API_KEY,
  scope: 'admin',
  records: ({ records }) => records,
  run: (app, caller, input) => {
    const made = new Map<string, string>();
    shown.set(caller, made);
    return createApiKeys(app, caller, input, (id, apiKey) => made.set(id, apiKey));
  },
});

interface RevokeInput extends BatchInput {
  readonly ids: readonly string[];
}

batchMutation<RevokeInput>('revokeApiKeys', {
  description:
    'Revokes API keys permanently. WebSocket connections and streams that use them are closed within a second.',
  input: builder.inputType('RevokeApiKeysInput', {
    description: 'A batch of API keys to revoke.',
    fields: (t) => ({
      ids: t.idList({ required: true, description: `Identifiers of the keys to revoke: 1 to ${BATCH_RECORDS_MAX}.` }),
      ...batchOptions(t),
    }),
  }),
  object: API_KEY,
  scope: 'admin',
  records: ({ ids }) => ids,
  run: (app, caller, input) => revokeApiKeys(app, caller, readSelection({ ...input, records: null })),
});
