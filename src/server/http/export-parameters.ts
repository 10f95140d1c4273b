import { coerceInputValue, type GraphQLError, type GraphQLInputType, parse } from 'graphql';
import { decodeCursor } from '../../event-log/cursor.ts';
import { conditionsOf, type EventFilter } from '../../graphql/events/event-filter.ts';
import { readText } from '../../graphql/pipeline/read-text.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';
import { schema } from '../../graphql/schema.ts';
import type { App } from '../../services/app.ts';
import type { LogHead } from '../../store/events/event-log.ts';
import { EXPORTED, type ExportedName } from '../../store/exports/columns.ts';
import type { ExportFormat } from '../../store/exports/lines.ts';
import type { ExportSource } from '../../store/exports/read-export.ts';
import { type Filter, InvalidFilter, whereOf } from '../../store/reading/where.ts';

/** Input types of the filters, those of the lists. */
const FILTERS: Readonly<Record<ExportedName | 'events', string>> = {
  payments: 'PaymentFilter',
  transactions: 'TransactionFilter',
  mandates: 'MandateFilter',
  customers: 'CustomerFilter',
  deposits: 'DepositFilter',
  events: 'EventFilter',
};
const FORMATS: Readonly<Record<string, ExportFormat>> = { ndjson: 'NDJSON', csv: 'CSV' };
const PLACE = /^[a-z]{3}_\w{1,64}$/;
const NO_DOCUMENT = parse('{ __typename }');

/** How an export is written. */
export interface Asked {
  readonly format: ExportFormat;
  /** Whether the names of the columns are the first line of CSV. */
  readonly hasHeader: boolean;
}

/** Reads how an export is written. Throws request errors. */
export function readParameters(parameters: URLSearchParams): Asked {
  const known = new Set(['format', 'filter', 'after', 'header', 'separator']);
  const unknown = [...parameters.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) throw requestError('BAD_REQUEST', `There is no parameter ${unknown}.`);
  const format = FORMATS[parameters.get('format') ?? 'ndjson'];
  if (!format) throw requestError('BAD_REQUEST', 'The format must be ndjson or csv.');
  const separator = parameters.get('separator') ?? ',';
  if (separator !== ',' && separator !== ';')
    throw requestError('BAD_REQUEST', 'The separator must be a comma or a semicolon.');
  const hasHeader = parameters.get('header') !== 'false';
  return { format: format === 'CSV' && separator === ';' ? 'CSV_SEMICOLON' : format, hasHeader };
}

/** Reads what is exported: the filter, and where to go on. Throws request errors. */
export function sourceOf(
  app: App,
  name: ExportedName | 'events',
  parameters: URLSearchParams,
  head: LogHead,
): ExportSource {
  const filter = readFilter(name, parameters.get('filter'));
  const after = parameters.get('after');
  if (name === 'events') {
    const place = after === null ? null : decodeCursor(app.secrets, after, head);
    if (typeof place === 'string') throw requestError(place, 'The cursor cannot be used; export from the start.');
    const from = place?.position ?? head.floorPosition;
    return { name, conditions: conditionsOf(filter as EventFilter), after: from, upTo: head.lastPosition };
  }
  if (after !== null && !PLACE.test(after))
    throw requestError('BAD_REQUEST', 'Pass as after the id of the last row that you have.');
  return { name, where: whereFor(name, filter), after };
}

/** Reads a filter as the list of the API reads it. */
function readFilter(name: ExportedName | 'events', text: string | null): Filter {
  if (text === null) return {};
  const type = schema.getType(FILTERS[name]) as GraphQLInputType;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw requestError('BAD_REQUEST', 'The filter must be JSON, as the variable of a list.');
  }
  if (value === null) return {};
  // Text is compared in one form, as everywhere.
  const { variableValues } = readText(NO_DOCUMENT, { filter: value });
  return coerceInputValue(variableValues?.['filter'], type, (path, _value, error: GraphQLError) => {
    throw requestError('BAD_REQUEST', `The filter is wrong: ${error.message}`, [['filter', ...path.map(String)]]);
  }) as Filter;
}

function whereFor(name: ExportedName, filter: Filter) {
  try {
    return whereOf(
      EXPORTED[name].reading,
      filter,
      () => {
        throw requestError('BAD_REQUEST', 'An export cannot be filtered by personal numbers.', [['filter']]);
      },
      ['filter'],
    );
  } catch (error) {
    if (error instanceof InvalidFilter) throw requestError('BAD_REQUEST', error.message, [[...error.inputPath]]);
    throw error;
  }
}
