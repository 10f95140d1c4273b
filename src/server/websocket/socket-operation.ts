import type { ExecutionResult, GraphQLError } from 'graphql';
import { MessageType, type NextMessage } from 'graphql-ws';
import type { OpenSocket } from './open-socket.ts';

/** One operation of a client on a socket, from `subscribe` to its end. Results after its end are not sent. */
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

  /** Whether the operation is in flight and its socket is open. */
  isInFlight(): boolean {
    return !this.isOver && this.socket.isOpen();
  }

  /** Calls `release` when the operation ends, whichever side ends it; at once when it has ended already. */
  afterEnd(release: () => void): void {
    if (this.isOver) release();
    else this.releases.push(release);
  }

  /** Sends a last result and ends the operation. */
  complete({ errors, ...result }: ExecutionResult): void {
    const payload = { ...result, ...(errors ? { errors: errors.map((error) => error.toJSON()) } : {}) };
    if (this.isInFlight()) {
      this.socket.send({ id: this.id, type: MessageType.Next, payload: payload as NextMessage['payload'] });
      this.socket.send({ id: this.id, type: MessageType.Complete });
    }
    this.end();
  }

  /** Sends the errors that prevented the operation from starting, and ends it. */
  refuse(errors: readonly GraphQLError[]): void {
    const payload = errors.map((error) => error.toJSON());
    if (this.isInFlight()) this.socket.send({ id: this.id, type: MessageType.Error, payload });
    this.end();
  }

  /** Ends the operation and calls the registered releases. Has no effect when it has ended already. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.onEnd();
    for (const release of this.releases) release();
  }
}
