import type { Writable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import type { WebSocket } from 'ws';
import type { Frame, Sink } from './frame.ts';
import type { Outlet } from './outlet.ts';

/** A frame of WebSocket: final, text, not masked (RFC 6455 §5.2). */
const TEXT_FRAME = 0x81;
const LENGTH_16_BITS = 126;
const LENGTH_64_BITS = 127;
/** Payloads above this are written from where they are, shared by all sockets, rather than copied into one write. */
const COPIED_BYTES_MAX = 4_096;
const END_OF_MESSAGE = Buffer.from('}');

/**
 * A subscription over a socket. Its frames go straight to the connection: graphql-ws would serialise each result for each socket.
 * For graphql-ws it is an iterator that yields nothing but the error the stream ended with.
 */
export class SocketSink implements Sink {
  private readonly webSocket: WebSocket;
  private readonly connection: Writable;
  private readonly outlet: Outlet;
  private readonly present: (error: unknown) => ExecutionResult;
  /** Every message begins so. */
  private readonly start: Buffer;
  private finish: (result: IteratorResult<ExecutionResult>) => void = () => {};
  private readonly finished = new Promise<IteratorResult<ExecutionResult>>((resolve) => {
    this.finish = resolve;
  });

  constructor(
    socket: { readonly webSocket: WebSocket; readonly connection: Writable; readonly outlet: Outlet },
    id: string,
    present: (error: unknown) => ExecutionResult,
  ) {
    this.webSocket = socket.webSocket;
    this.connection = socket.connection;
    this.outlet = socket.outlet;
    this.present = present;
    this.start = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  }

  write(frames: readonly Frame[]): void {
    if (this.isClosed()) return;
    this.outlet.cork();
    let small: Buffer[] = [];
    for (const { payload } of frames) {
      small.push(frameHeader(this.start.length + payload.length + END_OF_MESSAGE.length), this.start);
      if (payload.length > COPIED_BYTES_MAX) {
        this.connection.write(Buffer.concat(small));
        this.connection.write(payload);
        small = [END_OF_MESSAGE];
      } else small.push(payload, END_OF_MESSAGE);
    }
    this.connection.write(Buffer.concat(small));
  }

  isFull(): boolean {
    return this.outlet.isFull();
  }

  /** A message after the closing frame would break the protocol. */
  isClosed(): boolean {
    return this.webSocket.readyState !== this.webSocket.OPEN || this.outlet.isClosed();
  }

  drained(): Promise<void> {
    return this.outlet.drained();
  }

  fail(error: unknown): void {
    this.finish({ done: false, value: this.present(error) });
  }

  /** What graphql-ws iterates over; `onLeave` when the client has enough, or the stream is over. */
  results(onLeave: () => void): AsyncIterableIterator<ExecutionResult> {
    let isOver = false;
    const end = async (): Promise<IteratorResult<ExecutionResult>> => {
      isOver = true;
      onLeave();
      const done = { done: true, value: undefined } as const;
      this.finish(done);
      return done;
    };
    return {
      next: async () => {
        if (isOver) return { done: true, value: undefined };
        const result = await this.finished;
        isOver = true;
        onLeave();
        return result;
      },
      return: end,
      throw: end,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}

/** The header of a text message of so many bytes. */
function frameHeader(length: number): Buffer {
  if (length < LENGTH_16_BITS) return Buffer.from([TEXT_FRAME, length]);
  if (length < 2 ** 16) {
    const header = Buffer.allocUnsafe(4);
    header.writeUInt16BE((TEXT_FRAME << 8) | LENGTH_16_BITS, 0);
    header.writeUInt16BE(length, 2);
    return header;
  }
  const header = Buffer.allocUnsafe(10);
  header.writeUInt16BE((TEXT_FRAME << 8) | LENGTH_64_BITS, 0);
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
