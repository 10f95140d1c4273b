/** Reads the end of the event log, as the start position of a subscription without a cursor. */
export const STREAM_HEAD = 'query StreamHead { events(first: 0) { streamCursor } }';
