import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { serveBank } from '../cli/bank-server.ts';
import { CommandError } from '../cli/command.ts';
import { commandsUsage, findCommand, runCommand } from '../cli/commands.ts';
import { runDemo } from '../cli/demo.ts';
import { IMPORT_USAGE, importCsv } from '../cli/import-csv.ts';
import { invocation } from '../cli/invocation.ts';
import { receiveWebhooks } from '../cli/webhook-receiver.ts';
import { createGatewayClient, GatewayError } from '../client/gateway-client.ts';
import { isSigningSecret } from '../signing/signature.ts';
import { PROJECT_ROOT } from '../store/connection/project-root.ts';
import { type Config, readConfig } from './config.ts';
import { startEmbeddedPostgres } from './embedded-postgres/start.ts';
import { createLog } from './log.ts';
import { type Running, startGateway, startWithDatabase } from './start.ts';
import { StartError } from './start-error.ts';

/**
 * Entry point of `npm start`, `npm run demo`, `npm run webhooks`, `npm run bank` and `npm run cli`. A StartError is printed as one message
 * and sets exit code 1.
 */
export async function main(command: string | undefined, args: readonly string[], parent: number): Promise<void> {
  try {
    await run(command, args, parent);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`collections-gateway: ${error.message}\n`);
    process.exitCode = 1;
  }
}

async function run(command: string | undefined, args: readonly string[], parent: number): Promise<void> {
  const config = readConfig(process.env);
  switch (command) {
    case 'start':
      return stopOnSignals(await startGateway(config), config, parent);
    case 'demo':
      return demo(config);
    case 'webhooks':
      return webhooks(config, args);
    case 'bank':
      return bank(config, args);
    case 'cli':
      return cli(config, args);
    default:
      throw new StartError(`unknown command: ${command}; use start, demo, webhooks, bank or cli`);
  }
}

/** Time for a stop, in addition to the notice and the spread of streams; then the process exits with code 1. */
const STOP_MS = 25_000;

/** Interval at which the parent process is checked. */
const PARENT_POLL_MS = 200;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs the demo against the gateway that was started with the same configuration. */
async function demo(config: Config): Promise<void> {
  await withGateway(config, ({ url, apiKey }) => runDemo({ url, apiKey, webSocketImpl: WebSocket, print }));
}

const RECEIVER_PORT = 4100;

/** Receives the webhooks of the gateway that was started with the same configuration, until SIGINT or SIGTERM. */
async function webhooks(config: Config, args: readonly string[]): Promise<void> {
  const values = readReceiverOptions(args);
  const answering = values.fail ? 'FAIL' : values.slow ? 'SLOW' : 'OK';
  await withGateway(config, async ({ url, apiKey }) => {
    const end = await receiveWebhooks({ url, apiKey, port: Number(values.port), answering, print });
    await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => new Promise((resolve) => process.once(signal, resolve))));
    await end();
  });
}

function readReceiverOptions(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const options = { fail: flag, slow: flag, port: { type: 'string', default: String(RECEIVER_PORT) } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const usage = `usage: ${invocation('webhooks', '[--fail | --slow] [--port <port>]')}`;
    throw new StartError(`${(error as Error).message}\n${usage}`);
  }
}

const BANK_PORT = 4200;

/** Serves the sandbox bank to an HTTP connector of the gateway that was started with the same configuration, until SIGINT or SIGTERM. */
async function bank(config: Config, args: readonly string[]): Promise<void> {
  const { connector, port, journal, clock } = readBankOptions(args);
  const secret = process.env['CONNECTOR_SECRET'] ?? '';
  if (connector === undefined || !isSigningSecret(secret))
    throw new StartError(`set CONNECTOR_SECRET to the secret of the connector\n${BANK_USAGE}`);
  const answersUrl = `http://${config.host}:${config.port}/bank/${connector}/answers`;
  const journalFile = journal ?? join(config.dataDir, `bank-${connector}.jsonl`);
  mkdirSync(dirname(journalFile), { recursive: true });
  const server = await serveBank({ port: Number(port), answersUrl, secret, journalFile, isClockTold: clock, print });
  print(`The sandbox bank serves connector ${connector} at http://127.0.0.1:${server.port}. Ctrl-C ends it.`);
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => new Promise((resolve) => process.once(signal, resolve))));
  await server.close();
}

const BANK_USAGE = `usage: ${invocation('bank', '--connector <id> [--port <port>] [--journal <file>] [--clock]')}`;

function readBankOptions(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    connector: text,
    journal: text,
    port: { ...text, default: String(BANK_PORT) },
    clock: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${BANK_USAGE}`);
  }
}

/** Runs a client of the gateway that was started with the same configuration, with the demo key. */
async function withGateway(
  config: Config,
  run: (gateway: { readonly url: string; readonly apiKey: string }) => Promise<void>,
): Promise<void> {
  const file = join(config.dataDir, 'demo-key');
  const apiKey = config.demoApiKey ?? (existsSync(file) ? readFileSync(file, 'utf8').trim() : null);
  const url = `http://${config.host}:${config.port}/graphql`;
  if (apiKey === null)
    throw new StartError(`there is no demo key in ${file}; start the gateway first with "${invocation('start')}"`);
  try {
    await run({ url, apiKey });
  } catch (error) {
    if (codeOfCause(error) === 'ECONNREFUSED')
      throw new StartError(`no gateway answers at ${url}; start it with "${invocation('start')}" in another terminal`);
    if (error instanceof GatewayError)
      throw new StartError(`the gateway refused a request: ${error.extensions.code}: ${error.message}`);
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new StartError('the port of the receiver is already in use; choose another one with --port');
    throw error;
  }
}

/** The code of the error of the network at the end of the causes. */
function codeOfCause(error: unknown): string | undefined {
  const { cause, code } = error as { cause?: unknown; code?: string };
  return cause ? codeOfCause(cause) : code;
}

/** Sends a file to the gateway at GATEWAY_URL with the key in API_KEY, else to the local one with the demo key. Exit code 1: a row failed. */
async function importFile(config: Config, args: readonly string[]): Promise<void> {
  const schemaText = readFileSync(join(PROJECT_ROOT, 'schema', 'schema.graphql'), 'utf8');
  const send = async ({ url, apiKey }: { url: string; apiKey: string }): Promise<void> => {
    const client = createGatewayClient({ url, apiKey, findPlace: () => null });
    const isDone = await importCsv(client, schemaText, args, print).catch((error: unknown) => {
      throw error instanceof CommandError ? new StartError(error.message) : error;
    });
    if (!isDone) process.exitCode = 1;
  };
  const { GATEWAY_URL: url, API_KEY: apiKey } = process.env;
  if (apiKey) await send({ url: url ?? `http://${config.host}:${config.port}/graphql`, apiKey });
  else await withGateway(config, send);
}

/** Command that runs only the embedded database until SIGINT or SIGTERM, for pg_dump and psql. */
const SERVE_DATABASE = 'serve-database';

/**
 * Runs an administrative command on the database at DATABASE_URL, or on the embedded one while no gateway runs on it.
 */
async function cli(config: Config, [name, ...args]: readonly string[]): Promise<void> {
  if (name === SERVE_DATABASE && config.databaseUrl === null) return serveDatabase(config);
  if (name === 'import') return importFile(config, args);
  const command = findCommand(name);
  if (!command) {
    const own = `  ${invocation('cli', SERVE_DATABASE)}\n      runs only the embedded database until Ctrl-C and prints its URL, for pg_dump and psql`;
    const sends = `  ${invocation('cli', IMPORT_USAGE)}\n      sends the rows of a file as records of a batch mutation, by the key in API_KEY, else the demo key, to the running gateway`;
    throw new StartError(
      `usage: ${invocation('cli', '<command> [<argument> ...]')}\n${commandsUsage()}\n${own}\n${sends}`,
    );
  }
  const running = await startWithDatabase(config);
  try {
    await runCommand(running.node.app, command, args, print);
  } catch (error) {
    if (error instanceof CommandError) throw new StartError(error.message);
    throw error;
  } finally {
    await running.stop();
  }
}

async function serveDatabase({ dataDir, logLevel }: Config): Promise<void> {
  const embedded = await startEmbeddedPostgres(dataDir, createLog(logLevel));
  print(embedded.url);
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => new Promise((resolve) => process.once(signal, resolve))));
  await embedded.stop();
}

/**
 * The first signal stops the gateway in order, a second one at once; an embedded PostgreSQL ends in both cases.
 * SIGTERM, which orchestrators send, waits for the notice, so that load balancers see `/readyz` fail. SIGINT (Ctrl-C)
 * does not wait.
 */
function stopOnSignals(running: Running, { noticeMs, listener: { spreadMs } }: Config, parent: number): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    running.log.info({ signal }, 'stopping; a second signal exits at once');
    running.announceStop();
    const notice = signal === 'SIGTERM' ? setTimeout(noticeMs) : Promise.resolve();
    setTimeout(noticeMs + spreadMs + STOP_MS, undefined, { ref: false }).then(() => {
      running.log.error({}, 'the stop took too long; exiting while requests or background work are still running');
      process.exit(1);
    });
    const stopped = notice.then(() => running.stop());
    stopped.then(
      () => process.exit(0),
      (error: unknown) => {
        running.log.error({ err: error }, 'the stop failed; exiting');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  if (process.env['npm_lifecycle_event'] !== undefined) followParent(parent, () => isStopping || stop('SIGTERM'));
}

/**
 * Calls `onEnd` when the parent process has ended: npm and its shell do not forward SIGTERM, so their end is the
 * signal.
 */
function followParent(parent: number, onEnd: () => void): void {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onEnd();
  }, PARENT_POLL_MS);
}
