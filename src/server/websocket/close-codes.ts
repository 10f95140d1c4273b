import type { ConnectionEnding } from '../intake/connections.ts';

export type Close = readonly [code: number, words: string];

/** Each code and reason with which a socket is closed; the README has the same table for clients. */
export const CLOSE = {
  IDLE: [1001, 'no operation for a while'],
  TOO_LARGE: [1009, 'the message has more bytes, values or keys than one may have'],
  SERVICE_RESTART: [1012, 'another node goes on: come back with your cursor'],
  TRY_AGAIN_LATER: [1013, 'try again later'],
  TOO_MANY_CONNECTIONS: [1013, 'too many connections of this key, or of this node'],
  TOO_SLOW: [1013, 'what was sent is not read: come back with your cursor'],
  BAD_MESSAGE: [4400, 'not a message of graphql-transport-ws, as text'],
  NO_INIT: [4401, 'connection_init comes first'],
  REVOKED: [4401, 'the key was revoked'],
  WRONG_CREDENTIALS: [4403, 'UNAUTHENTICATED: the credentials are not valid'],
  EXPIRED: [4403, 'TOKEN_EXPIRED: come back with a new token or ticket'],
  INIT_TIMEOUT: [4408, 'connection_init did not come in time'],
  ID_IN_USE: [4409, 'an operation with this id is under way'],
  SECOND_INIT: [4429, 'connection_init was sent already'],
  TOO_FAST: [4429, 'too many messages'],
  INTERNAL: [4500, 'a fault of the gateway'],
} as const satisfies Record<string, Close>;

export const CLOSE_OF_ENDING = {
  SHUTTING_DOWN: CLOSE.SERVICE_RESTART,
  CREDENTIALS_REVOKED: CLOSE.REVOKED,
  CREDENTIALS_EXPIRED: CLOSE.EXPIRED,
} as const satisfies Record<ConnectionEnding, Close>;
