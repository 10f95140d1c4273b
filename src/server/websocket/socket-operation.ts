import type { ExecutionResult, GraphQLError } from 'graphql';
import { MessageType, type NextMessage } from 'graphql-ws';
import type { OpenSocket } from './open-socket.ts';

/** One operation of a client on a socket, from its `subscribe` to its end. What it sends after that is sent to nobody. */
export class SocketOperation {
  readonly socket: OpenSocket;
  readonly id: string;
  private readonly onEnd: () => void;
  private readonly releases: Array<() => void> = [];
  private isOver = false;

  constructor(socket: OpenSocket, id: string, onEnd: () => void) {
    this.socket = socket;
    this.id = id;
    this.onEnd = onEnd;
  }

  isUnderWay(): boolean {
    return !this.isOver && this.socket.isOpen();
  }

  /** Calls when the operation ends, whoever ends it; at once when it is over already. */
  whenOver(release: () => void): void {
    if (this.isOver) release();
    else this.releases.push(release);
  }

  /** Sends a last result, and ends. */
  complete({ errors, ...result }: ExecutionResult): void {
    const payload = { ...result, ...(errors ? { errors: errors.map((error) => error.toJSON()) } : {}) };
    if (this.isUnderWay()) {
      this.socket.send({ id: this.id, type: MessageType.Next, payload: payload as NextMessage['payload'] });
      this.socket.send({ id: this.id, type: MessageType.Complete });
    }
    this.end();
  }

  /** Says why the operation was not begun, and ends. */
  refuse(errors: readonly GraphQLError[]): void {
    const payload = errors.map((error) => error.toJSON());
    if (this.isUnderWay()) this.socket.send({ id: this.id, type: MessageType.Error, payload });
    this.end();
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.onEnd();
    for (const release of this.releases) release();
  }
}
