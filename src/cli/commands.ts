import type { App } from '../services/app.ts';
import { type Command, CommandError } from './command.ts';
import {
  allowConnectorCommand,
  createConnectorCommand,
  listConnectorsCommand,
  rotateConnectorSecretCommand,
  setConnectorCommand,
  testConnectorCommand,
} from './connectors.ts';
import { createKeyCommand } from './create-key.ts';
import { createMerchantCommand } from './create-merchant.ts';
import { createMethodCommand } from './create-method.ts';
import { invocation } from './invocation.ts';
import { listKeysCommand, revokeKeyCommand } from './keys.ts';
import { listCollisionsCommand } from './list-collisions.ts';
import { partitionCommand } from './partition.ts';
import { renewCursorsCommand } from './renew-cursors.ts';
import { rotateNumberKeyCommand } from './rotate-number-key.ts';
import { setDebicheckDefaultsCommand } from './set-debicheck-defaults.ts';
import { setLimitsCommand } from './set-limits.ts';

/** The administrative commands, in the order of their help. */
const COMMANDS: readonly Command[] = [
  createMerchantCommand,
  createConnectorCommand,
  setConnectorCommand,
  rotateConnectorSecretCommand,
  allowConnectorCommand,
  listConnectorsCommand,
  testConnectorCommand,
  createMethodCommand,
  setDebicheckDefaultsCommand,
  setLimitsCommand,
  createKeyCommand,
  listKeysCommand,
  revokeKeyCommand,
  rotateNumberKeyCommand,
  renewCursorsCommand,
  partitionCommand,
  listCollisionsCommand,
];

/** The command of a name; null when there is none. */
export function findCommand(name: string | undefined): Command | null {
  return COMMANDS.find(({ usage }) => usage.split(' ')[0] === name) ?? null;
}

/** Help text with the usage of every command and what it does. */
export function commandsUsage(): string {
  return COMMANDS.map(({ usage, about }) => `  ${invocation('cli', usage)}\n      ${about}`).join('\n');
}

/** Runs a command. Throws a CommandError that says why it cannot be carried out. */
export async function runCommand(
  app: App,
  command: Command,
  args: readonly string[],
  print: (line: string) => void,
): Promise<void> {
  if (!(await command.run(app, args, print))) throw new CommandError(`usage: ${invocation('cli', command.usage)}`);
}
