import { createHash } from 'node:crypto';
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  getOperationAST,
  Kind,
  print,
  visit,
} from 'graphql';
import type { Payer } from '../../admission/allowances.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { decodeCursor, type LogPlace } from '../../event-log/cursor.ts';
import type { StreamItem } from '../../event-log/item.ts';
import { isUnavailable, queryable } from '../../store/connection/database.ts';
import type { EventConditions } from '../../store/events/event-conditions.ts';
import { findLogHead } from '../../store/events/event-log.ts';
import { type Context, callerOf } from '../context.ts';
import { readLogHead } from '../lists/log-head.ts';
import { scopesOf } from '../pipeline/authorize.ts';
import { costOf } from '../pipeline/limits/cost.ts';
import { presentResult } from '../pipeline/present-errors.ts';
import { CURSOR_ERRORS, requestError } from '../pipeline/request-error.ts';

/** An accepted subscription: the events it selects, its start position and how it renders an event. */
export interface Stream {
  readonly place: LogPlace;
  readonly conditions: EventConditions;
  /** Whether the stream carries control messages. */
  readonly hasControl: boolean;
  /** Whether the stream shows a state: of several events only the last is rendered. */
  readonly isState: boolean;
  /** Equal for streams that render every event identically: an event is resolved once for all of them. */
  readonly group: string;
  /** Cost of rendering one event, in points. */
  readonly points: number;
  /** The payer charged for this stream's share of that cost. */
  readonly payer: Payer;
  /** Returns the result for an item as JSON. Throws when the item cannot be resolved. */
  render(item: StreamItem): Promise<string>;
}

/** What a stream carries: events, and control messages if wanted, or states. */
interface Carried {
  readonly hasControl?: boolean;
  readonly isState?: boolean;
}

/** Result of a subscription resolver. graphql-js requires an async iterable, but this one is never iterated. */
export class EventSelection implements AsyncIterable<never> {
  readonly place: LogPlace;
  readonly conditions: EventConditions;
  readonly hasControl: boolean;
  readonly isState: boolean;

  constructor(place: LogPlace, conditions: EventConditions, { hasControl = false, isState = false }: Carried = {}) {
    this.place = place;
    this.conditions = conditions;
    this.hasControl = hasControl;
    this.isState = isState;
  }

  [Symbol.asyncIterator](): never {
    throw new Error('an event selection cannot be iterated: the fan-out groups of the server read it');
  }
}

/** Description of the argument `after` of every subscription. */
export const AFTER =
  'Stream cursor to resume after; the stream starts from now when absent. Refused with CURSOR_INVALID when the cursor is not one of yours, CURSOR_EXPIRED when events after it are no longer retained, and CURSOR_RESET when the log was reset since.';

/**
 * Selects events of the caller's merchant after a cursor, or from now on. Throws CURSOR_INVALID, _EXPIRED or _RESET.
 */
export async function selectEvents(
  after: string | null | undefined,
  conditions: EventConditions,
  context: Context,
  carried: Carried = {},
): Promise<EventSelection> {
  const { database, secrets } = context.app;
  const head = await findLogHead(queryable(database), callerOf(context).merchantId);
  const cursor = context.resumeAfter ?? after ?? null;
  const place =
    cursor === null
      ? { merchantId: head.merchantId, epoch: head.epoch, position: head.lastPosition }
      : decodeCursor(secrets, cursor, head);
  if (typeof place === 'string') throw requestError(place, CURSOR_ERRORS[place], [['after']]);
  return new EventSelection(place, conditions, carried);
}

/** Opens a subscription and returns its stream, or the result that refuses it. Replaces `subscribe` of graphql-js. */
export async function openStream(args: ExecutionArgs): Promise<Stream | ExecutionResult> {
  const selection = await createSourceEventStream(args);
  if (!(selection instanceof EventSelection)) return selection as ExecutionResult;
  const { app, requestId } = args.contextValue as Context;
  return {
    place: selection.place,
    conditions: selection.conditions,
    hasControl: selection.hasControl,
    isState: selection.isState,
    group: groupOf(args),
    points: costOf(args).points,
    payer: (args.contextValue as Context).payer,
    async render(item) {
      app.meter.step({ requestId, step: 'render event' });
      // Each event gets its own context: loaders shared by all events would answer later ones with cached, outdated
      // rows.
      const contextValue = (args.contextValue as Context).refresh();
      await readLogHead(args.document, contextValue);
      const result = await execute({ ...args, rootValue: item, contextValue });
      await contextValue.numberSearches?.account();
      const errors = (result.errors ?? []).map((error) => error.originalError ?? error);
      // A failed field is reported as in a query. This throws when the database is unavailable, so that the event is
      // rendered again, and when there is no data: continuing would skip the event, whereas the reader can resume from
      // the cursor before it.
      const reason = errors.find(isUnavailable) ?? (result.data ? null : errors[0]);
      if (reason !== null) throw reason ?? new Error('rendering an event returned neither data nor errors');
      return JSON.stringify(presentResult(result, requestId, app));
    },
  };
}

/** Whether a subscription was accepted. */
export function isStream(result: Stream | ExecutionResult): result is Stream {
  return 'place' in result;
}

/**
 * Returns the group key of a subscription: equal for the same merchant, scopes, document, operation and variables,
 * ignoring the start cursor. Documents that read personal numbers, or have nested filters that may compare them, are
 * grouped per client, because each read is audited under its reader.
 */
function groupOf({ schema, document, variableValues, operationName, contextValue }: ExecutionArgs): string {
  const { merchantId, clientId, scopes } = callerOf(contextValue as Context);
  const start = startVariable(document, operationName);
  const variables = Object.fromEntries(Object.entries(variableValues ?? {}).filter(([name]) => name !== start));
  const reader = scopesOf(schema, document).has('pii:read') || hasInnerFilter(document) ? clientId : null;
  const key = [merchantId, [...scopes].sort(), reader, operationName ?? null, textOf(document), variables];
  return createHash('sha256').update(canonicalJson(key)).digest('base64');
}

/** Whether a field below the subscription field has an argument `filter`. */
function hasInnerFilter(document: DocumentNode): boolean {
  let filters = 0;
  let rootFilters = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const node of definition.selectionSet.selections)
      if (node.kind === Kind.FIELD && node.arguments?.some(({ name }) => name.value === 'filter')) rootFilters += 1;
  }
  visit(document, {
    [Kind.ARGUMENT]({ name }) {
      if (name.value === 'filter') filters += 1;
    },
  });
  return filters > rootFilters;
}

function textOf(document: DocumentNode): string {
  return document.loc?.source.body ?? print(document);
}

/**
 * Returns the variable passed as `after` to the subscription field, or null when there is none or it is used elsewhere
 * too.
 */
function startVariable(document: DocumentNode, operationName: string | null | undefined): string | null {
  const [field] = getOperationAST(document, operationName)?.selectionSet.selections ?? [];
  if (field?.kind !== Kind.FIELD) return null;
  const after = field.arguments?.find(({ name }) => name.value === 'after')?.value;
  if (after?.kind !== Kind.VARIABLE) return null;
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      if (name.value === after.name.value) uses += 1;
    },
  });
  return uses === 1 ? after.name.value : null;
}
