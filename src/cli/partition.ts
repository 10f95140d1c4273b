import { findPartitionable, partition } from '../services/maintenance/partition.ts';
import { type Command, CommandError } from './command.ts';
import { readOptions } from './read-options.ts';

const PARTITIONS_MAX = 256;

/** Moves the largest tables to hash partitions of the merchant. */
export const partitionCommand: Command = {
  usage: 'partition [--tables event,transaction] [--by 16]',
  about:
    'moves the largest tables to partitions by merchant; one after the other they, and the tables that they refer to, cannot be used meanwhile, for some ten seconds per million events, longer for transactions',
  async run(app, args, print) {
    const text = { type: 'string' } as const;
    const found = readOptions(args, {
      tables: { ...text, default: 'event,transaction' },
      by: { ...text, default: '16' },
    });
    if (!found || found.positionals.length > 0) return false;
    const count = Number(found.values.by);
    if (!Number.isInteger(count) || count < 2 || count > PARTITIONS_MAX)
      throw new CommandError(`--by must be a whole number from 2 to ${PARTITIONS_MAX}`);
    for (const table of tablesIn(found.values.tables)) {
      const done = await partition(app, table, count);
      if (done.outcome === 'IN_USE')
        throw new CommandError(`${table} is in use, by an export perhaps; nothing was changed: try again`);
      if (done.outcome === 'WOULD_LOSE')
        throw new CommandError(
          `${table} has ${done.what} that would be lost; take them away, and give them again after`,
        );
      print(
        done.outcome === 'DONE'
          ? `${table}: ${done.rows} rows in ${count} partitions; statements waited for ${done.pausedMs / 1_000} s`
          : `${table}: is partitioned already`,
      );
    }
    return true;
  },
};

function tablesIn(text: string) {
  return text.split(',').map((name) => {
    const table = findPartitionable(name);
    if (!table) throw new CommandError(`--tables takes event and transaction, not "${name}"`);
    return table;
  });
}
