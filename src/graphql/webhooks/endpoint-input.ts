import { GraphQLError, type GraphQLSchema } from 'graphql';
import {
  ENDPOINT_NAME_LENGTH_MAX,
  ENDPOINT_URL_LENGTH_MAX,
  type RecordFault,
  SELECTION_LENGTH_MAX,
} from '../../domain/webhook/endpoint.ts';
import type { InputFieldBuilder } from '../batch/record-input.ts';
import type { Context } from '../context.ts';
import { WebhookStatusRef } from '../enums/webhook.ts';
import { EventFilterInput } from '../events/event.ts';
import { conditionsOf, type EventFilter } from '../events/event-filter.ts';
import { faultOf, SELECTION_POINTS_MAX } from './selection.ts';

/** Returns the fields of an endpoint to create, or of its changes. */
export function endpointFields(t: InputFieldBuilder, isNew: boolean) {
  const keeps = ' Absent keeps the value.';
  return {
    name: t.string({
      description: `Name of the endpoint: at most ${ENDPOINT_NAME_LENGTH_MAX} characters.${isNew ? ' Required.' : keeps}`,
    }),
    url: t.string({
      description: `Address to which events are sent: an https URL of a public host, at most ${ENDPOINT_URL_LENGTH_MAX} characters. In development http and this machine are allowed too.${isNew ? ' Required.' : keeps}`,
    }),
    status: t.field({
      type: WebhookStatusRef,
      description: `Whether events are delivered.${isNew ? ' Defaults to ENABLED.' : ` Enabled again, the endpoint gets the events from then on.${keeps}`}`,
    }),
    filter: t.field({
      type: EventFilterInput,
      description: `Conditions that an event must satisfy to be delivered.${isNew ? ' Defaults to none: every event.' : ` null clears them.${keeps}`}`,
    }),
    selection: t.string({
      description: `GraphQL selection on \`Event\` that is sent as the body, for example "{ id type payment { id status } }": at most ${SELECTION_LENGTH_MAX} characters and ${SELECTION_POINTS_MAX} points, without fragments. It is resolved with your scopes.${isNew ? ' By default the event is sent as the log has it.' : ` null clears it.${keeps}`}`,
    }),
  };
}

/** An endpoint as a caller writes it. */
export interface EndpointInput {
  readonly filter?: EventFilter | null | undefined;
  readonly selection?: string | null | undefined;
}

/** Returns the record of a written endpoint, with its faults that only the schema shows. */
export function readEndpoint<Input extends EndpointInput>(input: Input, schema: GraphQLSchema, context: Context) {
  const { filter, ...record } = input;
  const { selection } = input;
  const read = filter ? readConditions(filter) : { conditions: filter, faults: [] };
  const fault = selection ? faultOf(selection, schema, context) : null;
  return { ...record, conditions: read.conditions, faults: [...read.faults, ...(fault ? [fault] : [])] };
}

interface ReadConditions {
  readonly conditions: object;
  readonly faults: readonly RecordFault[];
}

function readConditions(filter: EventFilter): ReadConditions {
  try {
    // Through JSON, because absent conditions are stored as absent.
    return { conditions: JSON.parse(JSON.stringify(conditionsOf(filter))) as object, faults: [] };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { conditions: {}, faults: [{ field: 'filter', rule: 'conditions', message: error.message }] };
  }
}
