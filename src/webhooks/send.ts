import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { guardedLookup, type Resolve, refuseForbidden } from './connect.ts';

/** Time for an attempt, from the first look-up to the end of the answer, in milliseconds. */
const ANSWER_MS_MAX = 10_000;
/** Number of bytes of an answer that are read; what follows is not waited for. */
const ANSWER_BYTES_MAX = 64 * 1_024;
/** Number of bytes of an answer that are kept. */
const KEPT_BYTES_MAX = 2 * 1_024;
/** Time for which an idle connection is kept, in milliseconds. */
const IDLE_MS = 30_000;
/** Shortest and longest wait that an answer can ask for. */
const RETRY_AFTER_MS_MIN = 5_000;
const RETRY_AFTER_MS_MAX = 24 * 60 * 60 * 1_000;
/** Length of the reason of a failure that is kept, in characters. */
const ERROR_LENGTH_MAX = 500;

/** The answer to a request. `status` and `body` are null when none came, and `error` says why the attempt failed. */
export interface Answer {
  readonly status: number | null;
  readonly ms: number;
  readonly body: string | null;
  readonly error: string | null;
  /** Milliseconds to wait before the next request, if the answer asks for it. */
  readonly retryAfterMs: number | null;
  /** Whether the sender itself has cut the connection: the endpoint is not at fault. */
  readonly isCut: boolean;
}

/** Sends requests to endpoints. Redirects are not followed. */
export interface Sender {
  /** Posts a body; never rejects. */
  post(url: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Answer>;
  /** Cuts all connections, for good. */
  close(): void;
}

/** What differs between senders. */
export interface SenderOptions {
  /** Whether this machine is allowed, for development. */
  readonly allowsLocal: boolean;
  readonly answerMsMax?: number;
  readonly resolve?: Resolve;
}

/** Creates a sender that connects to public hosts only. */
export function createSender({ allowsLocal, answerMsMax = ANSWER_MS_MAX, resolve }: SenderOptions): Sender {
  const options = { keepAlive: true, timeout: IDLE_MS, lookup: guardedLookup(allowsLocal, resolve) };
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  const open = (url: URL, headers: Readonly<Record<string, string>>): ClientRequest =>
    url.protocol === 'https:'
      ? httpsRequest(url, { method: 'POST', headers, agent: agents.https })
      : httpRequest(url, { method: 'POST', headers, agent: agents.http });

  let isClosed = false;

  async function attempt(
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
    endsAt: number,
  ): Promise<Received> {
    if (isClosed) throw new Error('The sender is closed.');
    refuseForbidden(url, allowsLocal);
    const request = open(url, { ...headers, 'content-length': String(body.length) });
    const deadline = startDeadline(endsAt, answerMsMax);
    try {
      return await Promise.race([receive(request, body), deadline.over]);
    } catch (error) {
      request.destroy();
      // The endpoint has closed a kept connection, most likely while it was idle.
      if (!isClosed && request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET')
        return await attempt(url, headers, body, endsAt);
      throw error;
    } finally {
      deadline.end();
    }
  }

  return {
    async post(url, headers, body) {
      const begunAt = performance.now();
      const took = () => Math.round(performance.now() - begunAt);
      try {
        const { status, text, retryAfter } = await attempt(new URL(url), headers, body, begunAt + answerMsMax);
        const error = status >= 200 && status < 300 ? null : `The endpoint answered ${status}.`;
        const retryAfterMs = error ? readRetryAfter(retryAfter) : null;
        return { status, ms: took(), body: text, error, retryAfterMs, isCut: false };
      } catch (error) {
        const message = (error as Error).message.slice(0, ERROR_LENGTH_MAX);
        return { status: null, ms: took(), body: null, error: message, retryAfterMs: null, isCut: isClosed };
      }
    },
    close() {
      isClosed = true;
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Received {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

/** Returns a promise that rejects at a time, whatever becomes of the request. */
function startDeadline(endsAt: number, answerMsMax: number): { readonly over: Promise<never>; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    const error = new Error(`No complete answer within ${answerMsMax / 1_000} s.`);
    timer = setTimeout(() => reject(error), Math.max(0, endsAt - performance.now()));
  });
  return { over, end: () => clearTimeout(timer) };
}

function receive(request: ClientRequest, body: Buffer): Promise<Received> {
  return new Promise((resolve, reject) => {
    // Stays, because a request that is cut emits errors later too.
    request.on('error', reject);
    const onClose = (): void => reject(new Error('The connection was closed before an answer came.'));
    request.once('close', onClose);
    request.once('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      reject(new Error(`The endpoint answered ${statusCode}.`));
    });
    request.once('response', (response) => {
      request.off('close', onClose);
      const { statusCode: status = 0, headers } = response;
      readText(response).then((text) => resolve({ status, text, retryAfter: headers['retry-after'] }), reject);
    });
    request.end(body);
  });
}

/** Returns the beginning of an answer, once it has ended or is longer than what is read. */
function readText(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const kept: Buffer[] = [];
    let bytes = 0;
    // NUL cannot be stored in text of the database.
    const done = (): void =>
      resolve(Buffer.concat(kept).subarray(0, KEPT_BYTES_MAX).toString('utf8').replaceAll('\0', '\uFFFD'));
    response.on('data', (chunk: Buffer) => {
      if (bytes < KEPT_BYTES_MAX) kept.push(chunk);
      bytes += chunk.length;
      if (bytes <= ANSWER_BYTES_MAX) return;
      done();
      response.destroy();
    });
    response.once('end', done);
    response.once('error', reject);
    response.once('close', () => reject(new Error('The answer was cut off.')));
  });
}

/** Returns the milliseconds that the header asks to wait: seconds or a date of HTTP. */
function readRetryAfter(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, RETRY_AFTER_MS_MIN), RETRY_AFTER_MS_MAX);
}
