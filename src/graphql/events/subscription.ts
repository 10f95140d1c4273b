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
import { type Context, callerOf, type Incoming } from '../context.ts';
import { scopesOf } from '../pipeline/authorize.ts';
import { costOf } from '../pipeline/limits/cost.ts';
import { presentResult } from '../pipeline/present-errors.ts';
import { CURSOR_ERRORS, requestError } from '../pipeline/request-error.ts';

/** A subscription that was accepted: which events it wants, from where on, and how one of them is shown to it. */
export interface Stream {
  readonly place: LogPlace;
  readonly conditions: EventConditions;
  /** Whether it wants to hear of the stream itself. */
  readonly hasControl: boolean;
  /** Equal for streams that show the same event the same way: it is then resolved once for all of them. */
  readonly group: string;
  /** Points that showing one event costs. */
  readonly points: number;
  /** Who pays for its part of that. */
  readonly payer: Payer;
  /** The result for an item, as JSON. Throws when it cannot be resolved. */
  render(item: StreamItem): Promise<string>;
}

/** What the resolver of a subscription field answers: graphql-js asks for something to iterate over, but nobody does. */
export class EventSelection implements AsyncIterable<never> {
  readonly place: LogPlace;
  readonly conditions: EventConditions;
  readonly hasControl: boolean;

  constructor(place: LogPlace, conditions: EventConditions, hasControl = false) {
    this.place = place;
    this.conditions = conditions;
    this.hasControl = hasControl;
  }

  [Symbol.asyncIterator](): never {
    throw new Error('a selection of events is read by the groups of the server');
  }
}

/** What every subscription says of its argument `after`. */
export const AFTER =
  'A stream cursor; from now on, when absent. CURSOR_INVALID for what is none of yours, CURSOR_EXPIRED when what followed it is no longer kept, CURSOR_RESET when the log was begun anew since.';

/** Selects events of the caller after a cursor, or from now on. Throws when the cursor is none. */
export async function selectEvents(
  after: string | null | undefined,
  conditions: EventConditions,
  context: Context,
  hasControl = false,
): Promise<EventSelection> {
  const { database, secrets } = context.app;
  const head = await findLogHead(queryable(database), callerOf(context).merchantId);
  const cursor = context.resumeAfter ?? after ?? null;
  const place =
    cursor === null
      ? { merchantId: head.merchantId, epoch: head.epoch, position: head.lastPosition }
      : decodeCursor(secrets, cursor, head);
  if (typeof place === 'string') throw requestError(place, CURSOR_ERRORS[place], [['after']]);
  return new EventSelection(place, conditions, hasControl);
}

/** Subscribes: the stream, or why there is none. Stands where graphql-js' `subscribe` would. */
export async function openStream(args: ExecutionArgs): Promise<Stream | ExecutionResult> {
  const selection = await createSourceEventStream(args);
  if (!(selection instanceof EventSelection)) return selection as ExecutionResult;
  const { app, requestId } = args.contextValue as Context;
  return {
    place: selection.place,
    conditions: selection.conditions,
    hasControl: selection.hasControl,
    group: groupOf(args),
    points: costOf(args).points,
    payer: (args.contextValue as Context & Incoming).payer,
    async render(item) {
      app.meter.step({ requestId, step: 'render event' });
      // A context of its own: in one for the whole subscription the loaders would show the second event what they read for the first.
      const contextValue = (args.contextValue as Context).refresh();
      const result = await execute({ ...args, rootValue: item, contextValue });
      await contextValue.numberSearches?.account();
      const errors = (result.errors ?? []).map((error) => error.originalError ?? error);
      // A field that failed is shown as in a query. What could not be read now is read again; without data, going on would step
      // over the event: its reader comes back with the cursor before.
      const reason = errors.find(isUnavailable) ?? (result.data ? null : errors[0]);
      if (reason !== null) throw reason ?? new Error('an event was resolved to nothing');
      return JSON.stringify(presentResult(result, requestId, app));
    },
  };
}

export function isStream(result: Stream | ExecutionResult): result is Stream {
  return 'place' in result;
}

/**
 * The same document and variables, but for where it starts, of the same merchant with the same scopes. Readers of personal numbers, and
 * those whose filters may compare with some, share with nobody: each reading is noted under its reader.
 */
function groupOf({ schema, document, variableValues, operationName, contextValue }: ExecutionArgs): string {
  const { merchantId, clientId, scopes } = callerOf(contextValue as Context);
  const start = startVariable(document, operationName);
  const variables = Object.fromEntries(Object.entries(variableValues ?? {}).filter(([name]) => name !== start));
  const reader = scopesOf(schema, document).has('pii:read') || hasInnerFilter(document) ? clientId : null;
  const key = [merchantId, [...scopes].sort(), reader, operationName ?? null, textOf(document), variables];
  return createHash('sha256').update(canonicalJson(key)).digest('base64');
}

/** Whether a field below the subscription itself has a filter. */
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

/** The variable that is given to the subscription itself as `after`, if it is used for nothing else. */
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
