import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Frame, Sink } from './frame.ts';
import { Outlet } from './outlet.ts';

const END_OF_EVENT = Buffer.from('\n\n');
/** Encoded lists of frames: all readers of a group get the same bytes. */
const encoded = new WeakMap<readonly Frame[], Buffer>();

/**
 * A subscription over SSE, in the "distinct connections mode" of the GraphQL over SSE protocol, with cursors as `id:`.
 */
export class ResponseSink implements Sink {
  private readonly response: ServerResponse;
  private readonly outlet: Outlet;
  private readonly present: (error: unknown) => ExecutionResult;

  constructor(response: ServerResponse, present: (error: unknown) => ExecutionResult) {
    this.response = response;
    this.outlet = new Outlet(response);
    this.present = present;
  }

  write(frames: readonly Frame[]): void {
    if (this.isClosed()) return;
    const known = encoded.get(frames) ?? encode(frames);
    encoded.set(frames, known);
    this.response.write(known);
  }

  isFull(): boolean {
    return this.outlet.isFull();
  }

  isClosed(): boolean {
    return this.outlet.isClosed();
  }

  drained(): Promise<void> {
    return this.outlet.drained();
  }

  /** Ends the stream with an error and `complete`, so that the client does not reconnect. */
  fail(error: unknown): void {
    this.complete(this.present(error));
  }

  /** Writes the last result and completes the stream. */
  complete(result: ExecutionResult): void {
    this.response.end(`event: next\ndata: ${JSON.stringify(result)}\n\nevent: complete\ndata:\n\n`);
  }
}

function encode(frames: readonly Frame[]): Buffer {
  return Buffer.concat(
    frames.flatMap(({ cursor, payload }) => {
      const id = cursor === null ? '' : `id: ${cursor}\n`;
      return [Buffer.from(`${id}event: next\ndata: `), payload, END_OF_EVENT];
    }),
  );
}
