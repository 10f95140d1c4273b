import type { App } from '../services/app.ts';

/** One command of `npm run cli --`. */
export interface Command {
  readonly usage: string;
  readonly about: string;
  /** False when the arguments are not as the usage says. What is wrong with them otherwise is a CommandError. */
  run(app: App, args: readonly string[], print: (line: string) => void): Promise<boolean>;
}

/** A command that cannot be done, in words for whoever gave it. */
export class CommandError extends Error {}
