import pg from 'pg';
import { answeredWithin, refuseStandby, type Servers } from './servers.ts';

const TOO_MANY_CONNECTIONS = '53300';
const RETRY_MS = 50;
const IN_USE = 'timeout exceeded when trying to connect';

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/** Options of a pool, with what is run on each new connection. */
export interface PoolOptions extends pg.PoolConfig {
  /** A statement that is run on each new connection before it is used. */
  readonly settings: string;
}

/**
 * A pool that retries while PostgreSQL has no free connections (SQLSTATE 53300), instead of failing at once, and of several servers
 * finds the one that accepts writes. The wait is limited by `connectionTimeoutMillis`.
 */
export class PatientPool extends pg.Pool {
  private readonly servers: Servers;
  private readonly waitMs: number;

  constructor(servers: Servers, { settings, ...options }: PoolOptions) {
    const { connectionTimeoutMillis = 0 } = options;
    super({
      ...options,
      // Each of several servers gets its share of the time.
      connectionTimeoutMillis: servers.areSeveral ? connectionTimeoutMillis / 2 : connectionTimeoutMillis,
      Client: clientOf(servers),
      onConnect: async (client: pg.ClientBase): Promise<void> => {
        await answeredWithin(client, connectionTimeoutMillis, async () => {
          await refuseStandby(servers, client);
          await client.query(settings);
        });
      },
    });
    this.servers = servers;
    this.waitMs = connectionTimeoutMillis;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    const connecting = this.connectPatiently();
    if (!callback) return connecting;
    connecting.then(
      (client) => callback(undefined, client, client.release as (release?: unknown) => void),
      (error: Error) => callback(error, undefined, () => {}),
    );
    return undefined;
  }

  private async connectPatiently(): Promise<pg.PoolClient> {
    const until = performance.now() + this.waitMs;
    for (;;) {
      const url = this.servers.current();
      try {
        return await super.connect();
      } catch (error) {
        const isFull = (error as { code?: unknown }).code === TOO_MANY_CONNECTIONS;
        // All connections of the pool are in use: no server is at fault.
        const isInUse = (error as Error).message === IN_USE;
        if (!isFull && !isInUse) this.servers.skip(url);
        if (!(isFull || this.servers.areSeveral) || performance.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}

/** The clients of a pool: each is for the server that is current when it is made. */
function clientOf(servers: Servers): typeof pg.Client {
  return class extends pg.Client {
    constructor(options: pg.ClientConfig) {
      super({ ...options, connectionString: servers.current() });
    }
  };
}
