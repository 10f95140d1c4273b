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
/** Longest wait that an answer can ask for. */
const RETRY_AFTER_MS_MAX = 24 * 60 * 60 * 1_000;

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
    refuseForbidden(url, allowsLocal);
    const request = open(url, { ...headers, 'content-length': String(body.length) });
    const timer = setTimeout(
      () => request.destroy(new Error(`No complete answer within ${answerMsMax / 1_000} s.`)),
      Math.max(0, endsAt - performance.now()),
    );
    try {
      return await receive(request, body);
    } catch (error) {
      // The endpoint has closed a kept connection while it was idle: nothing was processed.
      if (request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET')
        return await attempt(url, headers, body, endsAt);
      throw error;
    } finally {
      clearTimeout(timer);
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
        const { message } = error as Error;
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

function receive(request: ClientRequest, body: Buffer): Promise<Received> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
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
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX);
}
