import type { EndingReason } from '../stream/item.ts';

export type Close = readonly [code: number, words: string];

/** With which code and words we close a socket; what graphql-transport-ws closes with itself is in the README too. */
export const CLOSE = {
  SERVICE_RESTART: [1012, 'another node goes on: come back with your cursor'],
  TRY_AGAIN_LATER: [1013, 'try again later'],
  TOO_MANY_CONNECTIONS: [1013, 'too many connections of this key, or of this node'],
  IDLE: [1001, 'no operation for a while'],
  NO_MESSAGE: [4400, 'messages are text, not binary'],
  REVOKED: [4401, 'the key was revoked'],
  EXPIRED: [4403, 'the credentials are over: come back with new ones'],
  TOO_FAST: [4429, 'too many messages'],
} as const satisfies Record<string, Close>;

export const CLOSE_OF_ENDING = {
  SHUTTING_DOWN: CLOSE.SERVICE_RESTART,
  CREDENTIALS_REVOKED: CLOSE.REVOKED,
  CREDENTIALS_EXPIRED: CLOSE.EXPIRED,
} as const satisfies Record<EndingReason, Close>;
