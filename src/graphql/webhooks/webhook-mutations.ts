import type { Target } from '../../domain/decide-each.ts';
import type { EndpointRecord, UpdateEndpointRecord } from '../../domain/webhook/endpoint.ts';
import type { Caller } from '../../services/app.ts';
import { createWebhookEndpoints, ENDPOINTS_MAX, updateWebhookEndpoints } from '../../services/webhooks/endpoints.ts';
import { rotateWebhookSecret } from '../../services/webhooks/rotate-secret.ts';
import { OVERLAP_HOURS } from '../../services/webhooks/secret.ts';
import { testWebhookEndpoints } from '../../services/webhooks/test-endpoints.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
import type { BatchObject } from '../batch/batch-payload.ts';
import { clientKeyField, targetFields } from '../batch/record-input.ts';
import { readSelection, type SelectionInput, selectedOf, selectionFields } from '../batch/selection.ts';
import { builder } from '../builder.ts';
import { requestError } from '../pipeline/request-error.ts';
import { type EndpointInput, endpointFields, readEndpoint } from './endpoint-input.ts';
import { faultOf } from './selection.ts';
import { WebhookEndpointRef } from './webhook-endpoint.ts';

/** Secrets by endpoint, for the request that made them. Only its response shows them. */
const shown = new WeakMap<Caller, Map<string, string>>();

/** Returns a function that keeps the secrets that a call makes, for its response. */
function showTo(caller: Caller): (id: string, secret: string) => void {
  const secrets = new Map<string, string>();
  shown.set(caller, secrets);
  return (id, secret) => secrets.set(id, secret);
}

const ENDPOINT: BatchObject = {
  name: 'WebhookEndpoint',
  field: 'webhookEndpoint',
  entity: 'webhookEndpoint',
  ref: WebhookEndpointRef,
  resultFields: (t) => ({
    secret: t.string({
      nullable: true,
      description:
        'Secret that messages are signed with, in the format `whsec_…` of Standard Webhooks. Only in the response of the call that created or rotated it; null everywhere else, also in an idempotent replay.',
      resolve: ({ result: { objectId } }, _args, { caller }) =>
        (caller && objectId !== null && shown.get(caller)?.get(objectId)) || null,
    }),
  }),
};

const CreateWebhookEndpointInput = builder.inputType('CreateWebhookEndpointInput', {
  description: 'A webhook endpoint to create.',
  fields: (t) => ({ clientKey: clientKeyField(t), ...endpointFields(t, true) }),
});

interface CreateInput extends BatchInput {
  readonly records: ReadonlyArray<EndpointInput & Pick<EndpointRecord, 'clientKey' | 'status'>>;
}

batchMutation<CreateInput>('createWebhookEndpoints', {
  description: `Creates webhook endpoints, at most ${ENDPOINTS_MAX.toLocaleString('en')} of a merchant. Each gets the events from then on.`,
  input: builder.inputType('CreateWebhookEndpointsInput', {
    description: 'A batch of webhook endpoints to create.',
    fields: (t) => ({ records: recordsField(t, CreateWebhookEndpointInput), ...batchOptions(t) }),
  }),
  object: ENDPOINT,
  scope: 'admin',
  records: ({ records }) => records,
  run: (app, caller, { records, ...input }, context, { schema }) => {
    const endpoints = records.map((record) => readEndpoint(record, schema, context));
    return createWebhookEndpoints(app, caller, { ...input, records: endpoints }, showTo(caller));
  },
});

const UpdateWebhookEndpointInput = builder.inputType('UpdateWebhookEndpointInput', {
  description: 'Changes of a webhook endpoint. Absent fields keep their values.',
  fields: (t) => ({ ...targetFields(t, 'webhook endpoint'), ...endpointFields(t, false) }),
});

interface UpdateInput extends BatchInput {
  readonly records: ReadonlyArray<EndpointInput & Pick<UpdateEndpointRecord, keyof Target | 'status'>>;
}

batchMutation<UpdateInput>('updateWebhookEndpoints', {
  description:
    'Updates webhook endpoints. Their selections are resolved with the scopes of the calling key from then on, and they are disabled when that key is revoked.',
  input: builder.inputType('UpdateWebhookEndpointsInput', {
    description: 'A batch of changes of webhook endpoints.',
    fields: (t) => ({ records: recordsField(t, UpdateWebhookEndpointInput), ...batchOptions(t) }),
  }),
  object: ENDPOINT,
  scope: 'admin',
  records: ({ records }) => records,
  run: (app, caller, { records, ...input }, context, { schema }) => {
    const endpoints = records.map((record) => readEndpoint(record, schema, context));
    const faultOfStored = (selection: string) => faultOf(selection, schema, context);
    return updateWebhookEndpoints(app, caller, { ...input, records: endpoints }, faultOfStored);
  },
});

interface RotateInput extends SelectionInput {
  readonly overlapHours: number;
}

batchMutation<RotateInput>('rotateWebhookSecret', {
  description:
    'Gives webhook endpoints new secrets. Messages are signed with both secrets for a while, so that receivers can change over.',
  input: builder.inputType('RotateWebhookSecretInput', {
    description: 'The endpoints whose secrets are rotated.',
    fields: (t) => ({
      ...selectionFields(t),
      overlapHours: t.int({
        required: true,
        defaultValue: OVERLAP_HOURS.default,
        description: `Hours for which messages are signed with the previous secret too: 0 to ${OVERLAP_HOURS.max}.`,
      }),
    }),
  }),
  object: ENDPOINT,
  scope: 'admin',
  records: selectedOf,
  run: (app, caller, { overlapHours, ...input }) => {
    if (overlapHours < 0 || overlapHours > OVERLAP_HOURS.max)
      throw requestError('BAD_REQUEST', `Pass 0 to ${OVERLAP_HOURS.max} hours.`, [['overlapHours']]);
    return rotateWebhookSecret(app, caller, { ...readSelection(input), overlapHours }, showTo(caller));
  },
});

batchMutation<SelectionInput>('testWebhookEndpoints', {
  description:
    'Sends one message with the type WEBHOOK_TEST to each endpoint, enabled or not. It is attempted once; `webhookDeliveries` shows the answer.',
  input: builder.inputType('TestWebhookEndpointsInput', {
    description: 'The endpoints to test.',
    fields: (t) => selectionFields(t),
  }),
  object: ENDPOINT,
  scope: 'admin',
  records: selectedOf,
  run: (app, caller, input) => testWebhookEndpoints(app, caller, readSelection(input)),
});
