import { WebSocket } from 'ws';
import type { TestGateway } from './harness.ts';

/** Everything, with what the stream says of itself. */
export const WATCH =
  'subscription ($after: String) { events(after: $after, control: true) { __typename ... on Event { id } ... on StreamEnding { reason } } }';

export interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: { data?: { events: { __typename: string; id?: string; reason?: string } }; errors?: unknown[] };
}

/** A socket as a client library has it under it: what it got, how it was closed. */
export interface RawSocket {
  readonly webSocket: WebSocket;
  readonly messages: Message[];
  readonly closed: Promise<{ code: number; reason: string }>;
  send(message: object): void;
  take(count: number): Promise<Message[]>;
}

export async function openSocket(gateway: TestGateway, authorization: string | null, options = {}): Promise<RawSocket> {
  const webSocket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws', options);
  const messages: Message[] = [];
  let wake = (): void => {};
  webSocket.on('message', (data) => {
    messages.push(JSON.parse(String(data)) as Message);
    wake();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    webSocket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  webSocket.on('error', () => {});
  await new Promise((resolve) => webSocket.once('open', resolve));
  const send = (message: object): void => webSocket.send(JSON.stringify(message));
  send({ type: 'connection_init', ...(authorization === null ? {} : { payload: { authorization } }) });
  const take = async (count: number): Promise<Message[]> => {
    while (messages.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return messages.slice(0, count);
  };
  // A client may speak once it is acknowledged, and not before.
  await Promise.race([take(1), closed]);
  return { webSocket, messages, closed, send, take };
}

export const open = (gateway: TestGateway, options = {}) => openSocket(gateway, `Bearer ${gateway.apiKey}`, options);
export const subscribe = (socket: RawSocket, id: string): void =>
  socket.send({ id, type: 'subscribe', payload: { query: WATCH } });
export const typenames = (messages: readonly Message[]) =>
  messages.map(({ payload }) => payload?.data?.events.__typename);
