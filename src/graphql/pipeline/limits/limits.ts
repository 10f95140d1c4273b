/** What one request may ask for, and one key in a while. */
export interface Limits {
  /** Of the document's text, in bytes of UTF-8. */
  readonly textBytesMax: number;
  readonly tokensMax: number;
  readonly depthMax: number;
  readonly aliasesMax: number;
  readonly directivesMax: number;
  /** Rows, by the page sizes that are asked for. */
  readonly nodesMax: number;
  /** Points of one request. */
  readonly costMax: number;
  /** Points that a key may spend at once. */
  readonly bucketPoints: number;
  /** Points that come back to it. */
  readonly refillPerSecond: number;
}
