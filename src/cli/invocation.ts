import { basename } from 'node:path';

/** Whether the command of the installed package runs, and not a script of a clone. */
const isInstalled = ['collections-gateway', 'bin.js'].includes(basename(process.argv[1] ?? ''));

/** How a user calls a command: of a clone by npm, of an installed package by its name. */
export function invocation(command: string, args = ''): string {
  if (isInstalled) return `npx collections-gateway ${command}${args && ` ${args}`}`;
  return `npm ${command === 'start' ? 'start' : `run ${command}`}${args && ` -- ${args}`}`;
}
