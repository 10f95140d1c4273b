import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Returns the options and the other arguments of a command; null when they do not fit. */
export function readOptions<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch {
    return null;
  }
}
