import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { encodeCursor } from '../../event-log/cursor.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';
import { recordExport } from '../../services/access/record-export.ts';
import type { App, Identity } from '../../services/app.ts';
import { queryable } from '../../store/connection/database.ts';
import { findLogHead, type LogHead } from '../../store/events/event-log.ts';
import { EVENT_EXPORT_COLUMNS, EXPORTED, type ExportedName } from '../../store/exports/columns.ts';
import { type ExportFormat, separatorOf } from '../../store/exports/lines.ts';
import { type ExportLine, type ExportSource, readExport } from '../../store/exports/read-export.ts';
import type { Identify } from '../identity/credentials.ts';
import type { Connections } from '../intake/connections.ts';
import { type Asked, readParameters, sourceOf } from './export-parameters.ts';
import { urlOf } from './graphql-params.ts';
import { TOKEN_EXPIRED } from './refuse.ts';

const PATH = /^\/export\/(payments|transactions|mandates|customers|events|deposits)$/;
const TYPES = { NDJSON: 'application/x-ndjson; charset=utf-8', CSV: 'text/csv; charset=utf-8; header=present' };
/** Exports that run at the same time in a process: each holds a connection of the database. */
const EXPORTS_MAX = 2;
/** A reader takes something within the first time, and everything within the second, in milliseconds. */
export interface ExportLimits {
  readonly idleMs: number;
  readonly totalMs: number;
}
const LIMITS: ExportLimits = { idleMs: 60_000, totalMs: 3_600_000 };
/** Interval of looking after readers. */
const CHECK_MS = 500;
const RETRY_AFTER_MS = 5_000;
const BYTE_ORDER_MARK = '\uFEFF';

/** What exports need. */
export interface ExportTransport {
  readonly app: App;
  readonly identify: Identify;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly connections: Connections;
  readonly exportLimits?: ExportLimits;
}

/** The name of what a path exports; null for other paths. */
export function exportOf(path: string): ExportedName | 'events' | null {
  return (PATH.exec(path)?.[1] as ExportedName | 'events' | undefined) ?? null;
}

/** Merchants whose exports run in this process: one each. */
const running = new Set<string>();

/** Answers a request for an export, by a stream of lines. Throws request errors before the first of them. */
export async function answerExport(
  transport: ExportTransport,
  name: ExportedName | 'events',
  asked: { request: IncomingMessage; response: ServerResponse; requestId: string },
): Promise<void> {
  const { app, identify, addressOf } = transport;
  const identity = await identifyExporter(identify, asked.request, addressOf(asked.request));
  const { merchantId } = identity;
  // An export holds a connection, of which everybody needs some.
  const max = Math.max(1, Math.min(EXPORTS_MAX, Math.floor(app.database.pool.options.max / 3)));
  if (running.has(merchantId) || running.size >= max)
    throw requestError('RATE_LIMITED', 'An export is running already; try again when it has ended.', [], {
      retryAfterMs: RETRY_AFTER_MS,
    });
  running.add(merchantId);
  try {
    await sendExport(transport, name, asked, identity);
  } finally {
    running.delete(merchantId);
  }
}

async function sendExport(
  { app, connections, exportLimits: { idleMs, totalMs } = LIMITS }: ExportTransport,
  name: ExportedName | 'events',
  { request, response, requestId }: { request: IncomingMessage; response: ServerResponse; requestId: string },
  identity: Identity,
): Promise<void> {
  const { searchParams } = urlOf(request);
  const asked = readParameters(searchParams);
  const head = await findLogHead(queryable(app.database), identity.merchantId);
  const source = sourceOf(app, name, searchParams, head);
  const leaving = new AbortController();
  const watch = watchReader(response, leaving, idleMs, totalMs);
  const lines = textOf(app, head, source, asked, { taken: watch.taken, signal: leaving.signal });
  // Over HTTP/1.0 only a reset connection says that something is missing; nothing that is cut may look complete.
  const cut = (): void => void response.socket?.resetAndDestroy();
  // An export ends when its key is revoked, its token expires or the node stops. The reader continues it by `after`.
  const leave = connections.add({ identity, end: async () => cut() });
  try {
    if (leave === null) throw requestError('RATE_LIMITED', 'Too many open connections of this key or of this node.');
    await recordExport(app, { ...identity, requestId }, name);
    response.once('close', () => leaving.abort());
    // What the database refuses is refused as any request is: nothing has been sent yet.
    const first = await lines.next();
    watch.taken();
    writeHead(request, response, name, asked, encodeCursor(app.secrets, cursorPlace(head, head.lastPosition)));
    const text = Readable.from(joined(first, lines, cut), { objectMode: false });
    if (takesGzip(request)) await pipeline(text, createGzip({ level: constants.Z_BEST_SPEED }), response);
    else await pipeline(text, response);
  } catch (error) {
    // The reader has left, or takes too long; nobody is to be told.
    if (!leaving.signal.aborted && (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  } finally {
    leave?.();
    watch.stop();
    leaving.abort();
    // It has ended once the connection is given back.
    await lines.return(undefined).catch(() => {});
  }
}

/** Cuts a response whose reader takes nothing for a time, or that takes too long as a whole. */
function watchReader(response: ServerResponse, leaving: AbortController, idleMs: number, totalMs: number) {
  const begunAt = Date.now();
  let takenAt = begunAt;
  const timer = setInterval(() => {
    const now = Date.now();
    // Until the first rows are there, it is the database that takes its time.
    if (!response.headersSent || (now - takenAt < idleMs && now - begunAt < totalMs)) return;
    leaving.abort();
    response.socket?.resetAndDestroy();
  }, CHECK_MS);
  return {
    taken: () => {
      takenAt = Date.now();
    },
    stop: () => clearInterval(timer),
  };
}

function writeHead(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  { format }: Asked,
  streamCursor: string,
): void {
  response.appendHeader('vary', 'accept-encoding');
  response.writeHead(200, {
    'content-type': format === 'NDJSON' ? TYPES.NDJSON : TYPES.CSV,
    'content-disposition': `attachment; filename="${name}.${format === 'NDJSON' ? 'ndjson' : 'csv'}"`,
    // Everything up to it is in the export; what happens later can be followed from it.
    'x-stream-cursor': streamCursor,
    ...(takesGzip(request) ? { 'content-encoding': 'gzip' } : {}),
  });
}

function takesGzip({ headers }: IncomingMessage): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(String(headers['accept-encoding'] ?? ''));
}

/** The first text and the others. `cut` is called when they break off. */
async function* joined(
  first: IteratorResult<string, void>,
  others: AsyncGenerator<string, void, void>,
  cut: () => void,
): AsyncGenerator<string> {
  if (first.done) return;
  yield first.value;
  try {
    yield* others;
  } catch (error) {
    cut();
    throw error;
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

/** The text of an export, some rows at a time. `taken` is called when some were taken. */
async function* textOf(
  app: App,
  head: LogHead,
  source: ExportSource,
  { format, hasHeader }: Asked,
  { taken, signal }: { readonly taken: () => void; readonly signal: AbortSignal },
): AsyncGenerator<string, void, void> {
  const end = format === 'NDJSON' ? '\n' : '\r\n';
  const complete = completerOf(app, head, source, format);
  const names = `${BYTE_ORDER_MARK}${namesOf(source).join(separatorOf(format))}${end}`;
  let text = format !== 'NDJSON' && hasHeader ? names : '';
  for await (const rows of readExport(app.database, head.merchantId, source, format, signal)) {
    for (const row of rows) text += complete(row) + end;
    yield text;
    taken();
    text = '';
  }
  if (text) yield text;
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
