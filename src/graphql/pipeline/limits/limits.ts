/** The limits of one request and the rate limits of one key. */
export interface Limits {
  /** Maximum length of the document text, in bytes of UTF-8. */
  readonly textBytesMax: number;
  readonly tokensMax: number;
  readonly depthMax: number;
  readonly aliasesMax: number;
  readonly directivesMax: number;
  /** Maximum number of rows of one request, by the requested page sizes. */
  readonly nodesMax: number;
  /** Maximum cost of one request, in points. */
  readonly costMax: number;
  /** Capacity of a key's token bucket, in points. */
  readonly bucketPoints: number;
  /** Points that the bucket regains per second. */
  readonly refillPerSecond: number;
}
