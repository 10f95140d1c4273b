import type { App } from '../services/app.ts';

/** One administrative command of `npm run cli --`. */
export interface Command {
  readonly usage: string;
  readonly about: string;
  /**
   * Runs the command. Resolves to false when the arguments do not fit the usage; any other fault of them is thrown as a
   * CommandError.
   */
  run(app: App, args: readonly string[], print: (line: string) => void): Promise<boolean>;
}

/** A command that cannot be carried out. Its message tells the operator why. */
export class CommandError extends Error {}
