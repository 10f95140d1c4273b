import { connect, type Socket } from 'node:net';

// A closed-loop client of HTTP/1.1 on raw sockets: it shares the processors with what is measured, and costs a fraction of what fetch
// costs per request.

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');
const OPENING_BRACKETS = [0x7b, 0x5b];

export interface Response {
  readonly status: number;
  /** As received; may be in chunks. */
  readonly body: Buffer;
}

/** Called once for a request: with what went wrong, or with the response. */
type Done = (error: Error | null, response: Response | null) => void;

interface Head {
  readonly status: number;
  /** Where the body begins. */
  readonly bodyAt: number;
  /** Null: the body comes in chunks. */
  readonly length: number | null;
}

/** Returns a POST request with a JSON body, as bytes. */
export function encodeRequest(
  url: string,
  { path, body, headers }: { path: string; body: string; headers: Readonly<Record<string, string>> },
): Buffer {
  const payload = Buffer.from(body);
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    'Content-Type: application/json',
    'Accept: application/json',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${payload.length}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}${HEAD_END}`, 'latin1'), payload]);
}

/** A connection that carries one request at a time. */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer | null = null;
  #head: Head | null = null;
  #done: Done | null = null;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#socket.on('error', (error) => this.#finish(error, null));
    this.#socket.on('close', () => this.#finish(new Error('the connection was closed'), null));
  }

  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once('connect', resolve);
      this.#socket.once('error', reject);
    });
  }

  send(request: Buffer, done: Done): void {
    this.#done = done;
    this.#socket.write(request);
  }

  close(): void {
    this.#done = null;
    this.#socket.destroy();
  }

  #finish(error: Error | null, response: Response | null): void {
    const done = this.#done;
    this.#done = null;
    done?.(error, response);
  }

  #take(chunk: Buffer): void {
    const received = this.#received ? Buffer.concat([this.#received, chunk]) : chunk;
    this.#received = received;
    this.#head ??= readHead(received);
    if (!this.#head || !isComplete(received, this.#head)) return;
    const { status, bodyAt } = this.#head;
    this.#received = null;
    this.#head = null;
    this.#finish(null, { status, body: received.subarray(bodyAt) });
  }
}

function readHead(received: Buffer): Head | null {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return null;
  const text = received.toString('latin1', 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  return {
    status: Number(text.slice(9, 12)),
    bodyAt: end + HEAD_END.length,
    length: length === undefined ? null : Number(length),
  };
}

function isComplete(received: Buffer, { bodyAt, length }: Head): boolean {
  if (length !== null) return received.length >= bodyAt + length;
  return received.length >= bodyAt + LAST_CHUNK.length - 2 && received.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
}

/** Returns the text of a body; JSON begins with a bracket, and chunks with a length. */
export function textOf(body: Buffer): string {
  return (OPENING_BRACKETS.includes(body[0] ?? 0) ? body : joinChunks(body)).toString();
}

function joinChunks(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const length = end < 0 ? 0 : Number.parseInt(body.toString('latin1', at, end), 16);
    if (!(length > 0)) return Buffer.concat(chunks);
    chunks.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}

/** Sends one request on a connection of its own. */
export async function post(
  url: string,
  request: { path: string; body: string; headers: Readonly<Record<string, string>> },
): Promise<{ status: number; text: string }> {
  const connection = new Connection(url);
  try {
    await connection.ready();
    return await new Promise((resolve, reject) => {
      connection.send(encodeRequest(url, request), (error, response) => {
        if (response) resolve({ status: response.status, text: textOf(response.body) });
        else reject(error);
      });
    });
  } finally {
    connection.close();
  }
}
