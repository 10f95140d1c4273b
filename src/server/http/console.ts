import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { present } from '../../domain/invariants.ts';
import { PROJECT_ROOT } from '../../store/connection/project-root.ts';
import { type DemoKey, demoKeyFor } from './demo-key.ts';
import { send } from './send.ts';

/** Directory of the built console. */
const DIRECTORY = join(PROJECT_ROOT, 'dist', 'console');
const PAGE = 'index.html';
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Only the files of the console, and only our own API: no foreign host, no inline script. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** The built console, in memory. */
export interface Console extends DemoKey {
  readonly page: string;
  /** By name; each name contains a hash of its content. */
  readonly assets: ReadonlyMap<string, Asset>;
}

/** Reads the built console. */
export function loadConsole(demo: DemoKey): Console {
  const names = readdirSync(DIRECTORY).filter((name) => extname(name) in TYPES);
  const assets = new Map(names.map((name) => [name, readAsset(name)]));
  return { ...demo, page: readFileSync(join(DIRECTORY, PAGE), 'utf8'), assets };
}

function readAsset(name: string): Asset {
  const plain = readFileSync(join(DIRECTORY, name));
  return {
    type: present(TYPES[extname(name)], 'the type of a console file'),
    plain,
    gzipped: gzipSync(plain, { level: 9 }),
  };
}

/** Whether a path belongs to the console. */
export function isConsolePath(path: string): boolean {
  return path === '/' || path === '/console' || path.startsWith('/console/');
}

/** Answers a request for a console path: a file, a redirect from the root, or the page, which shows every other path. */
export function answerConsole(
  console: Console,
  path: string,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): void {
  const asset = console.assets.get(path.slice(path.lastIndexOf('/') + 1));
  if (path === '/' || path === '/console') send(response, 302, { location: '/console/' }, '');
  else if (!asset && extname(path) in TYPES) send(response, 404, {}, '');
  else if (asset) sendAsset(asset, request, response);
  else sendPage(console, request, response);
}

function sendPage(console: Console, request: IncomingMessage, response: ServerResponse): void {
  const headers: OutgoingHttpHeaders = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
  };
  const key = demoKeyFor(request, console) ?? '';
  send(response, 200, headers, console.page.replace('%DEMO_KEY%', key));
}

function sendAsset({ type, plain, gzipped }: Asset, { headers }: IncomingMessage, response: ServerResponse): void {
  const isGzipped = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  const encoding = isGzipped ? { 'content-encoding': 'gzip' } : {};
  const kept = { 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' };
  // The worker is under the policy of its own file.
  const policy = { 'content-security-policy': POLICY };
  send(response, 200, { 'content-type': type, ...kept, ...policy, ...encoding }, isGzipped ? gzipped : plain);
}
