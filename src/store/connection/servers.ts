import pg from 'pg';
import { socketOf } from './socket-of.ts';

/** Time for one server of several to accept a connection, in milliseconds. */
const ONE_OF_SEVERAL_MS = 2_000;
const CONNECT_MS = 5_000;

/** Servers of one database, of which one accepts writes. Those who connect share what they learn of it. */
export interface Servers {
  /** Whether there are several. */
  readonly areSeveral: boolean;
  /** The URL of the server that is to be tried now. */
  current(): string;
  /** Says that the server at `url` cannot be used; the next one is current from then on. */
  skip(url: string): void;
}

/** A connection to a server that does not accept writes. It has the code of a statement that fails for this reason. */
class NotPrimary extends Error {
  readonly code = '25006';
}

// The last @ ends the password: others in it are read as a URL of one server reads them.
const PARTS = /^(postgres(?:ql)?:\/\/(?:[^/]*@)?)([^/?]*)([^?]*)(?:\?(.*))?$/;

/**
 * Returns the URLs of the servers that a URL names: `postgresql://user@one:5432,two/name?target_session_attrs=read-write`, in libpq's
 * form. Null for what is no such URL.
 */
export function urlsOf(url: string): readonly string[] | null {
  const [, head, hosts, path, query = ''] = PARTS.exec(url) ?? [];
  if (head === undefined || hosts === undefined) return null;
  const parameters = new URLSearchParams(query);
  const target = parameters.get('target_session_attrs') ?? 'read-write';
  const names = [...new Set(hosts.split(','))];
  // The only server is used whatever it accepts.
  if (names.length > 1 && target !== 'read-write' && target !== 'primary') return null;
  parameters.delete('target_session_attrs');
  const rest = parameters.size > 0 ? `${path}?${parameters}` : path;
  const urls = names.map((host) => `${head}${host}${rest}`);
  return urls.every((each) => URL.canParse(each)) ? urls : null;
}

/** Returns the servers of a URL. Throws for a URL that `urlsOf` does not accept. */
export function serversOf(url: string): Servers {
  const urls = urlsOf(url);
  const [first] = urls ?? [];
  if (!urls || first === undefined) throw new Error('not the URL of a PostgreSQL server');
  let now = first;
  return {
    areSeveral: urls.length > 1,
    current: () => now,
    skip(failed) {
      if (failed === now) now = urls[(urls.indexOf(now) + 1) % urls.length] ?? first;
    },
  };
}

/** Throws when a connection to one of several servers is to one that does not accept writes. */
export async function refuseStandby({ areSeveral }: Servers, client: pg.ClientBase): Promise<void> {
  if (!areSeveral) return;
  const { rows } = await client.query<{ isReadOnly: boolean }>(
    `SELECT current_setting('transaction_read_only') = 'on' AS "isReadOnly"`,
  );
  if (rows[0]?.isReadOnly) throw new NotPrimary('the server accepts no writes');
}

/** Runs the first statements of a connection; cuts it when the server, which has let us in, does not answer them in time. */
export async function answeredWithin<Result>(
  client: pg.ClientBase,
  ms: number,
  work: () => Promise<Result>,
): Promise<Result> {
  // The client's own end would wait for the server.
  const timer = setTimeout(() => socketOf(client).destroy(), ms);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

/** Returns a connection of its own to the server that accepts writes. Rejects with the error of the last server. */
export async function connectClient(url: string, options: pg.ClientConfig = {}): Promise<pg.Client> {
  const servers = serversOf(url);
  const first = servers.current();
  for (;;) {
    const connectionString = servers.current();
    const connectionTimeoutMillis = servers.areSeveral ? ONE_OF_SEVERAL_MS : CONNECT_MS;
    const client = new pg.Client({ ...options, connectionString, connectionTimeoutMillis });
    // A lost connection also rejects the running statement; unhandled, this event would end the process.
    client.on('error', () => {});
    try {
      await client.connect();
      await answeredWithin(client, CONNECT_MS, () => refuseStandby(servers, client));
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      servers.skip(connectionString);
      if (servers.current() === first) throw error;
    }
  }
}
