/** One result of a subscription, serialised once for all readers. */
export interface Frame {
  /** Log position of its event; null for a control message. */
  readonly position: number | null;
  /** Stream cursor to resume after this frame; null when it carries none. */
  readonly cursor: string | null;
  /** The result as JSON. */
  readonly payload: Buffer;
}

/** The output of one reader. */
export interface Sink {
  /** Writes frames in this order, immediately. */
  write(frames: readonly Frame[]): void;
  /** Whether the pending output has reached its limit; nothing more is written until it drains. */
  isFull(): boolean;
  /** Whether nothing can be written any more. */
  isClosed(): boolean;
  /** Resolves when there is room again or the reader is gone, never within the same turn of the event loop. */
  drained(): Promise<void>;
  /** Ends the stream with an error as its last result. */
  fail(error: unknown): void;
}

/** Target size of a slice in bytes. */
const SLICE_BYTES = 64 * 1_024;

/**
 * Splits frames into slices of at most SLICE_BYTES, or of one larger frame. A reader may become full between two
 * slices.
 */
export function slicesOf(frames: readonly Frame[]): Array<readonly Frame[]> {
  const slices: Frame[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const frame of frames) {
    bytes += frame.payload.length;
    if (bytes > SLICE_BYTES) {
      slices.push([frame]);
      bytes = frame.payload.length;
    } else slices.at(-1)?.push(frame);
  }
  return slices;
}
