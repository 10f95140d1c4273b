import { present } from '../domain/invariants.ts';
import { subgraphOf } from '../graphql/federation.ts';
import { schema } from '../graphql/schema.ts';
import type { Log } from '../services/app.ts';
import { makeDemoHistory } from '../services/sandbox/make-demo-history.ts';
import { makeDemoPresent } from '../services/sandbox/make-demo-present.ts';
import { canConnect } from '../store/connection/can-connect.ts';
import { MigrationError, migrate } from '../store/connection/migrate.ts';
import { urlsOf } from '../store/connection/servers.ts';
import type { Secrets } from '../store/secrets.ts';
import { FIRST_OPERATION, printBanner } from './banner.ts';
import type { Config } from './config.ts';
import { type DemoMerchant, ensureDemoMerchant } from './demo-merchant.ts';
import { loadDocuments } from './documents.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres/start.ts';
import { type Node, startNode } from './gateway.ts';
import { loadConsole } from './http/console.ts';
import { createGraphiql } from './http/graphiql.ts';
import { checkSecret, loadSecret } from './identity/load-secret.ts';
import { createTokenVerifier } from './identity/token-verifier.ts';
import { createLog } from './log.ts';
import type { Gather } from './metrics/metrics.ts';
import { StartError } from './start-error.ts';
import { startTracing, type Tracing } from './tracing/start-tracing.ts';
import { startWorkers } from './workers/primary.ts';
import { shareOf } from './workers/share.ts';

/** A started node, with its demo merchant and embedded database where it has them. */
export interface Running {
  readonly node: Node;
  readonly demo: DemoMerchant | null;
  readonly log: ReturnType<typeof createLog>;
  readonly embedded: EmbeddedPostgres | null;
  readonly databaseUrl: string;
  /** From now on `/readyz` answers 503; everything else is still served. */
  announceStop(): void;
  stop(): Promise<void>;
}

/**
 * Starts the database, applies the migrations and starts a node, but opens no port. Stops what it has started when it
 * fails.
 */
export async function startWithDatabase(config: Config): Promise<Running> {
  const log = createLog(config.logLevel);
  const secrets = loadSecret(config);
  const embedded = config.databaseUrl === null ? await startEmbeddedPostgres(config.dataDir, log) : null;
  let node: Node | null = null;
  try {
    const url = present(embedded?.url ?? config.databaseUrl, 'the address of the database');
    await migrateOrExplain(url, config);
    node = await startOnDatabase(config, url, { log, secrets });
    const demo = await ensureDemoMerchant(node.app, config);
    const started = node;
    return {
      node: started,
      demo,
      log,
      embedded,
      databaseUrl: url,
      announceStop: started.announceStop,
      async stop() {
        await started.stop();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await node?.stop();
    await embedded?.stop();
    throw error;
  }
}

/** Starts a node on a database whose migrations are applied. */
export function startOnDatabase(
  config: Config,
  url: string,
  { log, secrets, gather }: { readonly log: Log; readonly secrets: Secrets; readonly gather?: Gather },
): Promise<Node> {
  return startNode({
    url,
    listenUrl: config.listenUrl,
    connectionsMax: config.connectionsMax,
    hasNamedStatements: config.hasNamedStatements,
    retentionDays: config.retentionDays,
    allowsLocalWebhooks: !config.isProduction,
    log,
    tokens: config.tokens && createTokenVerifier(config.tokens, log),
    secrets: async (database) => {
      await checkSecret(database, secrets);
      return secrets;
    },
    gather,
  });
}

/** Applies the migrations. Throws a StartError when one fails or the database at DATABASE_URL cannot be reached. */
async function migrateOrExplain(url: string, config: Config): Promise<void> {
  try {
    await migrate(url);
  } catch (error) {
    if (error instanceof MigrationError) throw new StartError(error.message, { cause: error });
    if (config.databaseUrl === null || (await canConnect(url))) throw error;
    const places = (urlsOf(url) ?? []).map((each) => new URL(each)).map(({ host, pathname }) => `${host}${pathname}`);
    const message = error instanceof Error && error.message ? error.message : 'no answer';
    throw new StartError(
      `cannot connect to the database at DATABASE_URL (${places.join(', ')}): ${message}; start it, or correct DATABASE_URL`,
      {
        cause: error,
      },
    );
  }
}

/** Runs `npm start`: starts the database and a node or workers, opens the port and prints the banner. */
export async function startGateway(config: Config): Promise<Running> {
  const running = await startWithDatabase(shareOf(config));
  let tracing: Tracing | null = null;
  try {
    tracing = await startTracing(config.tracing, running.log);
    const { node, databaseUrl, log } = running;
    const demoKey = running.demo?.apiKey ?? null;
    const workers =
      config.workers > 1
        ? await startWorkers({
            count: config.workers,
            port: config.port,
            databaseUrl,
            demoKey,
            log,
            collectOwn: node.collectMetrics,
          })
        : null;
    const { port } = workers ?? (await openPort(node, demoKey, config));
    const demoData = startDemoData(running, config);
    printBanner(config, {
      port,
      demoKey,
      databaseHome: running.embedded?.home ?? null,
    });
    return {
      ...running,
      announceStop() {
        workers?.announceStop();
        running.announceStop();
      },
      async stop() {
        await workers?.stop();
        await demoData.stop();
        await running.stop();
        await tracing?.stop();
      },
    };
  } catch (error) {
    await running.stop();
    await tracing?.stop();
    throw error;
  }
}

/** Creates the present and the history of the demo merchant in the background, while the merchant can already be used. */
function startDemoData({ node, demo, log }: Running, config: Config): { stop(): Promise<void> } {
  if (!demo || !config.demoHistory) return { stop: async () => {} };
  let isStopped = false;
  const report = (error: unknown): void =>
    log.error(
      { err: error },
      'the demo payments could not be created; restart the gateway to continue it, or set DEMO_HISTORY=false',
    );
  const making = makeDemoPresent(node.app, demo.merchantId)
    .catch(report)
    .then(() => makeDemoHistory(node.withClock, demo.merchantId, () => isStopped))
    .catch(report);
  return {
    async stop() {
      isStopped = true;
      await making;
    },
  };
}

/** Opens the port. Throws a StartError when the port or the host cannot be used. */
export async function openPort(node: Node, demoKey: string | null, config: Config): Promise<{ port: number }> {
  const { port, host } = config;
  try {
    const demo = { demoKey: config.isProduction ? null : demoKey, host };
    const graphiql = config.isProduction ? null : await createGraphiql({ ...demo, firstOperation: FIRST_OPERATION });
    const console = config.hasConsole ? loadConsole(demo) : null;
    const served = config.isSubgraph ? subgraphOf(schema) : schema;
    return await node.serve({
      port,
      host,
      graphiql,
      console,
      schema: served,
      documents: loadDocuments(config.documents, node.app.log, served),
      hasIntrospection: !config.isProduction,
      ...config.listener,
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new StartError(
        `port ${port} of ${host} is already in use; stop the process that uses it, or set PORT to another port`,
      );
    if (code === 'EACCES')
      throw new StartError(`this user may not listen on port ${port} of ${host}; set PORT to a port above 1023`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartError(
        `HOST ${host} is not an address of this machine; set HOST to one of its addresses, such as 127.0.0.1`,
      );
    throw error;
  }
}
