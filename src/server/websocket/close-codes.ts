import type { ConnectionEnding } from '../intake/connections.ts';

/** A WebSocket close code and its reason, which has at most 123 bytes (RFC 6455 §5.5). */
export type Close = readonly [code: number, words: string];

/** Close codes and reasons of sockets. `docs/guide.md` has the same table for clients. */
export const CLOSE = {
  IDLE: [1001, 'idle for too long without an operation'],
  TOO_LARGE: [1009, 'the message exceeds the limit of bytes, JSON values or JSON keys'],
  SERVICE_RESTART: [1012, 'the node is stopping: reconnect with your last cursor'],
  TRY_AGAIN_LATER: [1013, 'try again later'],
  TOO_MANY_CONNECTIONS: [1013, 'too many connections of this key or to this node'],
  TOO_SLOW: [1013, 'messages are not read fast enough: reconnect with your last cursor'],
  BAD_MESSAGE: [4400, 'not a text message of graphql-transport-ws'],
  NO_INIT: [4401, 'send connection_init first'],
  REVOKED: [4401, 'the API key was revoked'],
  WRONG_CREDENTIALS: [4403, 'UNAUTHENTICATED: the credentials are not valid'],
  EXPIRED: [4403, 'TOKEN_EXPIRED: reconnect with a new token or ticket'],
  INIT_TIMEOUT: [4408, 'connection_init was not received in time'],
  ID_IN_USE: [4409, 'an operation with this id is already in flight'],
  SECOND_INIT: [4429, 'connection_init was already sent'],
  TOO_FAST: [4429, 'too many messages'],
  INTERNAL: [4500, 'internal error of the gateway'],
} as const satisfies Record<string, Close>;

/** The close code and reason for each cause that ends a connection. */
export const CLOSE_OF_ENDING = {
  SHUTTING_DOWN: CLOSE.SERVICE_RESTART,
  CREDENTIALS_REVOKED: CLOSE.REVOKED,
  CREDENTIALS_EXPIRED: CLOSE.EXPIRED,
} as const satisfies Record<ConnectionEnding, Close>;
