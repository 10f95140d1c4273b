import { MessageType, validateMessage } from 'graphql-ws';
import { markInexactNumbers } from '../http/exact-json.ts';
import { isObject } from '../http/graphql-params.ts';
import { CLOSE } from './close-codes.ts';
import type { OpenSocket } from './open-socket.ts';
import { SocketOperation } from './socket-operation.ts';

/** Maximum time from opening a socket to `connection_init`, in milliseconds. */
const INIT_MS = 3_000;

/** The actions that the protocol triggers. */
export interface ProtocolActions {
  /** Authenticates the parameters of `connection_init`. Returns false when the socket was refused. */
  letIn(params: Readonly<Record<string, unknown>>): Promise<boolean>;
  /** Runs an operation to its end. Never throws. */
  run(operation: SocketOperation, payload: Readonly<Record<string, unknown>>): Promise<void>;
}

/**
 * The protocol graphql-transport-ws on one socket: the order of messages and the operations in flight. Each operation
 * is an object of its own, so an id that is reused at once belongs to a new operation. The server of graphql-ws knows
 * operations by id only and would confuse the two.
 */
export class SocketProtocol {
  private readonly socket: OpenSocket;
  private readonly actions: ProtocolActions;
  private readonly operations = new Map<string, SocketOperation>();
  private readonly initTimer: NodeJS.Timeout;
  private state: 'NEW' | 'GREETED' | 'ACKNOWLEDGED' = 'NEW';

  constructor(socket: OpenSocket, actions: ProtocolActions) {
    this.socket = socket;
    this.actions = actions;
    this.initTimer = setTimeout(() => this.state === 'NEW' && socket.cut(CLOSE.INIT_TIMEOUT), INIT_MS);
    socket.webSocket.once('close', () => this.end());
  }

  /** Processes a message of the client. Numbers that cannot be represented exactly are marked before parsing. */
  take(text: string): void {
    const message = parseMessage(text);
    if (message === null) {
      this.socket.cut(CLOSE.BAD_MESSAGE);
      return;
    }
    const id = String(message['id']);
    switch (message['type']) {
      case MessageType.ConnectionInit:
        this.greet(message['payload']).catch(() => this.socket.cut(CLOSE.INTERNAL));
        break;
      case MessageType.Ping:
        this.socket.pong();
        break;
      case MessageType.Subscribe:
        this.begin(id, message['payload']);
        break;
      case MessageType.Complete:
        this.operations.get(id)?.end();
        break;
      case MessageType.Pong:
        break;
      default: // a message that only a server may send
        this.socket.cut(CLOSE.BAD_MESSAGE);
    }
  }

  private async greet(params: unknown): Promise<void> {
    if (this.state !== 'NEW') return this.socket.cut(CLOSE.SECOND_INIT);
    this.state = 'GREETED';
    clearTimeout(this.initTimer);
    if (!(await this.actions.letIn(isObject(params) ? params : {}))) return;
    this.state = 'ACKNOWLEDGED';
    this.socket.send({ type: MessageType.ConnectionAck });
  }

  private begin(id: string, payload: unknown): void {
    if (this.state !== 'ACKNOWLEDGED' || this.operations.has(id)) {
      this.socket.cut(this.state === 'ACKNOWLEDGED' ? CLOSE.ID_IN_USE : CLOSE.NO_INIT);
      return;
    }
    const operation = new SocketOperation(this.socket, id, () => this.operations.delete(id));
    this.operations.set(id, operation);
    void this.actions.run(operation, isObject(payload) ? payload : {});
  }

  private end(): void {
    clearTimeout(this.initTimer);
    for (const operation of this.operations.values()) operation.end();
  }
}

/**
 * Returns a protocol message, or null when it is malformed. A document that is named by its id alone passes, as over
 * HTTP.
 */
function parseMessage(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = JSON.parse(markInexactNumbers(text));
    if (!isObject(parsed)) return null;
    return { ...validateMessage(isIdAlone(parsed) ? { ...parsed, payload: { query: '' } } : parsed), ...parsed };
  } catch {
    return null;
  }
}

function isIdAlone({ type, payload }: Readonly<Record<string, unknown>>): boolean {
  if (type !== MessageType.Subscribe || !isObject(payload) || payload['query'] !== undefined) return false;
  const { documentId, extensions } = payload;
  return typeof documentId === 'string' || (isObject(extensions) && isObject(extensions['persistedQuery']));
}
