import type { Writable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import type { SocketOperation } from '../websocket/socket-operation.ts';
import type { Frame, Sink } from './frame.ts';
import type { Outlet } from './outlet.ts';

/** First byte of a WebSocket frame: final, text (RFC 6455 §5.2). */
const TEXT_FRAME = 0x81;
const LENGTH_16_BITS = 126;
const LENGTH_64_BITS = 127;
/** Larger payloads, in bytes, are written from their shared buffer instead of being copied into one write. */
const COPIED_BYTES_MAX = 4_096;
const END_OF_MESSAGE = Buffer.from('}');

/**
 * A subscription over a WebSocket. Frames bypass `ws` and go straight to the connection, sharing payload bytes between
 * sockets.
 */
export class SocketSink implements Sink {
  private readonly operation: SocketOperation;
  private readonly connection: Writable;
  private readonly outlet: Outlet;
  private readonly present: (error: unknown) => ExecutionResult;
  /** Constant beginning of every message. */
  private readonly start: Buffer;

  constructor(operation: SocketOperation, present: (error: unknown) => ExecutionResult) {
    const { connection, outlet } = operation.socket;
    this.operation = operation;
    this.connection = connection;
    this.outlet = outlet;
    this.present = present;
    this.start = Buffer.from(`{"id":${JSON.stringify(operation.id)},"type":"next","payload":`);
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

  /**
   * Whether nothing can be written: a message after the close frame or the end of its operation would violate the
   * protocol.
   */
  isClosed(): boolean {
    return !this.operation.isInFlight() || this.outlet.isClosed();
  }

  drained(): Promise<void> {
    return this.outlet.drained();
  }

  fail(error: unknown): void {
    this.operation.complete(this.present(error));
  }
}

/** Returns the header of an unmasked text message of `length` bytes (RFC 6455 §5.2). */
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
