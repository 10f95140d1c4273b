import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { coerceInputValue, type GraphQLError, type GraphQLInputType } from 'graphql';
import { decodeCursor, encodeCursor } from '../../event-log/cursor.ts';
import { conditionsOf, type EventFilter } from '../../graphql/events/event-filter.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';
import { schema } from '../../graphql/schema.ts';
import { recordExport } from '../../services/access/record-export.ts';
import type { App, Identity } from '../../services/app.ts';
import { queryable } from '../../store/connection/database.ts';
import { findLogHead, type LogHead } from '../../store/events/event-log.ts';
import { EVENT_EXPORT_COLUMNS, EXPORTED, type ExportedName } from '../../store/exports/columns.ts';
import { type ExportFormat, separatorOf } from '../../store/exports/lines.ts';
import { type ExportLine, type ExportSource, readExport } from '../../store/exports/read-export.ts';
import { type Filter, InvalidFilter, whereOf } from '../../store/reading/where.ts';
import type { Identify } from '../identity/credentials.ts';
import { urlOf } from './graphql-params.ts';
import { TOKEN_EXPIRED } from './refuse.ts';

const PATH = /^\/export\/(payments|transactions|mandates|customers|events|deposits)$/;
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
const TYPES = { NDJSON: 'application/x-ndjson; charset=utf-8', CSV: 'text/csv; charset=utf-8; header=present' };
/** Exports that run at the same time on a node: each holds a connection of the database. */
const EXPORTS_MAX = 2;
const RETRY_AFTER_MS = 5_000;
const PLACE = /^[a-z]{3}_\w{1,64}$/;
const BYTE_ORDER_MARK = '\uFEFF';

/** What exports need. */
export interface ExportTransport {
  readonly app: App;
  readonly identify: Identify;
  readonly addressOf: (request: IncomingMessage) => string;
}

/** The name of what a path exports; null for other paths. */
export function exportOf(path: string): ExportedName | 'events' | null {
  return (PATH.exec(path)?.[1] as ExportedName | 'events' | undefined) ?? null;
}

/** Merchants whose exports run on this node: one each. */
const running = new Set<string>();

/** Answers a request for an export, by a stream of lines. Throws request errors before the first of them. */
export async function answerExport(
  { app, identify, addressOf }: ExportTransport,
  name: ExportedName | 'events',
  { request, response, requestId }: { request: IncomingMessage; response: ServerResponse; requestId: string },
): Promise<void> {
  const identity = await identifyExporter(identify, request, addressOf(request));
  const { searchParams } = urlOf(request);
  const asked = readParameters(searchParams);
  const head = await findLogHead(queryable(app.database), identity.merchantId);
  const source = sourceOf(app, name, searchParams, head);
  if (running.has(identity.merchantId) || running.size >= EXPORTS_MAX)
    throw requestError('RATE_LIMITED', 'An export is running already; try again when it has ended.', [], {
      retryAfterMs: RETRY_AFTER_MS,
    });
  running.add(identity.merchantId);
  try {
    await recordExport(app, { ...identity, requestId }, name);
    const isGzipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const extension = asked.format === 'NDJSON' ? 'ndjson' : 'csv';
    response.writeHead(200, {
      'content-type': asked.format === 'NDJSON' ? TYPES.NDJSON : TYPES.CSV,
      'content-disposition': `attachment; filename="${name}.${extension}"`,
      // Everything up to it is in the export; what happens later can be followed from it.
      'x-stream-cursor': encodeCursor(app.secrets, cursorPlace(head, head.lastPosition)),
      vary: 'accept-encoding',
      ...(isGzipped ? { 'content-encoding': 'gzip' } : {}),
    });
    const lines = Readable.from(textOf(app, identity.merchantId, head, source, asked), { objectMode: false });
    if (isGzipped) await pipeline(lines, createGzip({ level: constants.Z_BEST_SPEED }), response);
    else await pipeline(lines, response);
  } catch (error) {
    // The reader has left; nobody is to be told.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  } finally {
    running.delete(identity.merchantId);
  }
}

async function identifyExporter(identify: Identify, request: IncomingMessage, address: string): Promise<Identity> {
  const identity = await identify.byHeader(request.headers.authorization, address);
  if (identity === 'EXPIRED') throw requestError('TOKEN_EXPIRED', TOKEN_EXPIRED);
  if (identity === null || identity === 'INVALID')
    throw requestError('UNAUTHENTICATED', 'The API key or token is not valid.');
  if (!identity.scopes.has('export')) throw requestError('FORBIDDEN', 'The scope export is required.');
  return identity;
}

interface Asked {
  readonly format: ExportFormat;
  /** Whether the names of the columns are the first line of CSV. */
  readonly hasHeader: boolean;
}

function readParameters(parameters: URLSearchParams): Asked {
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

function sourceOf(app: App, name: ExportedName | 'events', parameters: URLSearchParams, head: LogHead): ExportSource {
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
  return coerceInputValue(value, type, (path, _value, error: GraphQLError) => {
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

/** The text of an export, some rows at a time. */
async function* textOf(
  app: App,
  merchantId: string,
  head: LogHead,
  source: ExportSource,
  { format, hasHeader }: Asked,
): AsyncGenerator<string> {
  const end = format === 'NDJSON' ? '\n' : '\r\n';
  if (format !== 'NDJSON' && hasHeader) yield `${BYTE_ORDER_MARK}${namesOf(source).join(separatorOf(format))}${end}`;
  const complete = completerOf(app, head, source, format);
  for await (const rows of readExport(app.database, merchantId, source, format)) {
    let text = '';
    for (const row of rows) text += complete(row) + end;
    yield text;
  }
}

function namesOf(source: ExportSource): string[] {
  if (source.name === 'events') return ['cursor', ...EVENT_EXPORT_COLUMNS.map(({ name }) => name)];
  return EXPORTED[source.name].columns.map(({ name }) => name);
}

/** Returns what makes a line of a row: the line itself, but an event gets its cursor, which the database cannot sign. */
function completerOf(app: App, head: LogHead, source: ExportSource, format: ExportFormat): (row: ExportLine) => string {
  if (source.name !== 'events') return ({ line }) => line;
  return ({ place, line }) => {
    const cursor = encodeCursor(app.secrets, cursorPlace(head, Number(place)));
    return format === 'NDJSON' ? `{"cursor":"${cursor}",${line.slice(1)}` : `${cursor}${separatorOf(format)}${line}`;
  };
}

function cursorPlace({ merchantId, epoch }: LogHead, position: number) {
  return { merchantId, epoch, position };
}
