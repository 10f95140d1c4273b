import {
  type CreateApiKeys,
  createApiKeys,
  KEY_NAME_LENGTH_MAX,
  revokeApiKeys,
} from '../../services/access/api-keys.ts';
import type { Caller, Scope } from '../../services/app.ts';
import { API_KEYS } from '../../store/reading/description.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
import { readSelection } from '../batch/selection.ts';
import { builder } from '../builder.ts';
import { ScopeRef } from '../enums/scope.ts';
import { rootConnection } from '../lists/connection.ts';

/** The keys that a request has made: its answer shows them, and nothing does afterwards. */
const shown = new WeakMap<Caller, Map<string, string>>();

const ApiKeyRef = builder.prismaObject('ApiKey', {
  description: 'A key by which a client of yours calls.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id: the user of HTTP Basic, and the client in the audit log.' }),
    name: t.exposeString('name', { description: 'Yours.' }),
    scopes: t.field({
      type: [ScopeRef],
      description: 'What it allows.',
      select: { scopes: true },
      resolve: ({ scopes }) => scopes as Scope[],
    }),
    key: t.string({
      nullable: true,
      description:
        'The key itself, in the answer of the call that made it. Nobody can tell it again, a replay neither.',
      select: { id: true },
      resolve: ({ id }, _args, { caller }) => (caller && shown.get(caller)?.get(id)) ?? null,
    }),
    createdAt: t.expose('createdAt', { description: 'When it was made: wall time.', type: 'DateTime' }),
    revokedAt: t.expose('revokedAt', {
      description: 'Since when it is good for nothing: wall time; null while it is good.',
      type: 'DateTime',
      nullable: true,
    }),
  }),
});

rootConnection('apiKeys', 'ApiKey', ApiKeyRef, { entity: 'apiKey', reading: API_KEYS }, 'Your keys.', 'admin');

const API_KEY = { name: 'ApiKey', field: 'apiKey', entity: 'apiKey', ref: ApiKeyRef } as const;

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'A key to be made.',
  fields: (t) => ({
    clientKey: t.string({ description: 'Returned with the result.' }),
    name: t.string({ description: `Required. At most ${KEY_NAME_LENGTH_MAX} characters.` }),
    scopes: t.field({ type: [ScopeRef], required: true, description: 'At least one.' }),
  }),
});

batchMutation<BatchInput & Pick<CreateApiKeys, 'records'>>('createApiKeys', {
  description: 'Makes keys. To rotate one, make another, hand it out, and revoke the old one.',
  input: builder.inputType('CreateApiKeysInput', {
    description: 'A batch of keys.',
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
  description: 'Revokes keys, for good. Their sockets and streams are closed within a second.',
  input: builder.inputType('RevokeApiKeysInput', {
    description: 'Keys to be revoked.',
    fields: (t) => ({ ids: t.idList({ required: true, description: '1 to 1,000 ids.' }), ...batchOptions(t) }),
  }),
  object: API_KEY,
  scope: 'admin',
  records: ({ ids }) => ids,
  run: (app, caller, input) => revokeApiKeys(app, caller, readSelection({ ...input, records: null })),
});
