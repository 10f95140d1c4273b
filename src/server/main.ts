import { readConfig } from './config.ts';
import { type Running, startGateway } from './start.ts';
import { StartError } from './start-error.ts';

/** The entry of `npm start`, `npm run demo` and `npm run cli`. */
export async function main(command: string | undefined, args: readonly string[]): Promise<void> {
  try {
    await run(command, args);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`collections-gateway: ${error.message}\n`);
    process.exitCode = 1;
  }
}

async function run(command: string | undefined, _args: readonly string[]): Promise<void> {
  switch (command) {
    case 'start':
      return stopOnSignals(await startGateway(readConfig(process.env)));
    default:
      throw new StartError(`no such command: ${command}; there are start, demo and cli`);
  }
}

/** The first signal stops in order; a second one at once. PostgreSQL, where embedded, does not outlive us either way. */
function stopOnSignals(running: Running): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    running.log.info({ signal }, 'stopping');
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        running.log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
