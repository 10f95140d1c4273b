/** One result of a subscription, serialised once for all who get it. */
export interface Frame {
  /** The place of its event; null where it is a word of the stream on itself. */
  readonly position: number | null;
  /** The stream cursor that stands after it; null where it has none. */
  readonly cursor: string | null;
  /** The result as JSON. */
  readonly payload: Buffer;
}

/** Where the frames of one reader go. */
export interface Sink {
  /** Sends frames, in this order, at once. */
  write(frames: readonly Frame[]): void;
  /** Whether so much is waiting to be sent that nothing more should be written now. */
  isFull(): boolean;
  /** Whether nothing can be sent any more. */
  isClosed(): boolean;
  /** Resolves when there is room again, or when the reader is gone; not within the same turn of the event loop. */
  drained(): Promise<void>;
  /** The stream is over: an error is its last result. */
  fail(error: unknown): void;
}

const SLICE_BYTES = 64 * 1_024;

/** Frames in pieces of so many bytes, or one frame where it is larger: between two, a reader may turn out to be full. */
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
