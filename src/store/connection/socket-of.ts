import type { Socket } from 'node:net';
import type pg from 'pg';

/** Returns the socket of a connection, for which the client has neither type nor method. */
export function socketOf(client: pg.ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}
