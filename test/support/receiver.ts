import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { onTestFinished } from 'vitest';

/** A message as a receiver got it. */
export interface Message {
  readonly id: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The body as JSON. */
  readonly body: {
    readonly id: string;
    readonly type: string;
    readonly version: number;
    readonly cursor: string;
    readonly aggregate: { readonly type: string; readonly id: string };
  };
  readonly at: number;
}

/** How a receiver answers a message. */
export type Behaviour = (message: Message, response: ServerResponse, socket: Socket) => void;

export const ok: Behaviour = (_message, response) => void response.writeHead(200).end('thanks');
export const fails: Behaviour = (_message, response) => void response.writeHead(500).end('broken');
export const hangs: Behaviour = () => {};
export const redirects: Behaviour = (_message, response) =>
  void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
export const resets: Behaviour = (_message, _response, socket) => void socket.resetAndDestroy();
export const drips: Behaviour = (_message, response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write('.'), 200);
  response.once('close', () => clearInterval(timer));
};
export const gone: Behaviour = (_message, response) => void response.writeHead(410).end();

/** A receiver of webhooks on this machine. */
export interface Receiver {
  readonly url: string;
  readonly messages: Message[];
  behave: Behaviour;
  close(): Promise<void>;
}

/** Starts a receiver, on a port of its own or on a given one. */
export async function startReceiver(behave: Behaviour = ok, port = 0): Promise<Receiver> {
  const messages: Message[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { headers } = request;
      const message = { id: String(headers['webhook-id']), headers, text, body: JSON.parse(text), at: Date.now() };
      messages.push(message);
      receiver.behave(message, response, request.socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    messages,
    behave,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  onTestFinished(receiver.close);
  return receiver;
}

/** Returns whether the signature of a message is one of the secret. */
export function isSignedBy(secret: string, { text, headers }: Message): boolean {
  try {
    new Webhook(secret).verify(text, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
