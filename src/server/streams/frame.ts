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
  /** Resolves when there is room again, or when the reader is gone. */
  drained(): Promise<void>;
  /** The stream is over: an error is its last result. */
  fail(error: unknown): void;
}
