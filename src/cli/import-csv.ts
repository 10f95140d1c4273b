import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse';
import {
  buildSchema,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isObjectType,
} from 'graphql';
import type { GatewayClient } from '../client/gateway-client.ts';
import { CommandError } from './command.ts';
import { columnsOf, recordOf } from './csv-columns.ts';
import { invocation } from './invocation.ts';
import { readOptions } from './read-options.ts';

/** Records of one call. */
const BATCH_RECORDS = 500;

/** Usage of the command, after `cli`. */
export const IMPORT_USAGE = 'import <mutation> <file.csv> [--dry-run] [--separator <character>]';

interface Result {
  readonly outcome: string;
  readonly errors: ReadonlyArray<{ readonly code: string; readonly message: string; readonly path: readonly string[] }>;
  readonly object?: { readonly id: string } | null;
}

/** A batch mutation, and the type of its records. */
interface Target {
  readonly query: string;
  readonly name: string;
  readonly record: GraphQLInputType;
  readonly hasClientKey: boolean;
}

/**
 * Sends the rows of a CSV file as records of a batch mutation, and prints a line for each with what became of it. Sent again, the same
 * file writes nothing twice. Resolves to whether every row succeeded; throws a CommandError for what cannot be sent.
 */
export async function importCsv(
  client: GatewayClient,
  schemaText: string,
  args: readonly string[],
  print: (line: string) => void,
): Promise<boolean> {
  const options = readOptions(args, { 'dry-run': { type: 'boolean' }, separator: { type: 'string' } });
  const [mutation, file, ...others] = options?.positionals ?? [];
  if (!options || mutation === undefined || file === undefined || others.length > 0)
    throw new CommandError(`usage: ${invocation('cli', IMPORT_USAGE)}`);
  const target = targetOf(buildSchema(schemaText), mutation);
  const dryRun = options.values['dry-run'] === true;
  // The same rows have the same key, in any order of sending.
  const key = createHash('sha256')
    .update(mutation)
    .update(await read(file))
    .digest('hex');
  const counts = new Map<string, number>();
  let nth = 0;
  let hasFailed = false;
  for await (const { records, lines } of batchesOf(file, options.values.separator ?? ',', target)) {
    nth += 1;
    const input = { records, mode: 'PARTIAL', dryRun, ...(dryRun ? {} : { idempotencyKey: `csv-${key}-${nth}` }) };
    const answer = await client.request<Record<string, { results: Result[] }>>(target.query, { input });
    for (const [index, result] of (answer[target.name]?.results ?? []).entries()) {
      hasFailed ||= result.errors.length > 0;
      counts.set(result.outcome, (counts.get(result.outcome) ?? 0) + 1);
      print(`line ${lines[index]}: ${reportOf(result)}`);
    }
  }
  const sums = [...counts].map(([outcome, count]) => `${outcome} ${count}`);
  print(`${dryRun ? 'dry run: ' : ''}${sums.join(', ') || 'the file has no rows'}`);
  return !hasFailed;
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CommandError(`the file ${file} cannot be read: ${(error as Error).message}`);
  }
}

function targetOf(schema: GraphQLSchema, name: string): Target {
  const field = schema.getMutationType()?.getFields()[name];
  const input = field?.args.find((argument) => argument.name === 'input');
  const type = input && getNamedType(input.type);
  const records = type && isInputObjectType(type) ? type.getFields()['records'] : undefined;
  const payload = field && getNamedType(field.type);
  const results = payload && isObjectType(payload) ? payload.getFields()['results'] : undefined;
  if (!input || !records || !results) throw new CommandError(`there is no batch mutation ${name}`);
  const result = getNamedType(results.type);
  const fields = isObjectType(result) ? Object.values(result.getFields()) : [];
  const object = fields.find((each) => {
    const own = getNamedType(each.type);
    return isObjectType(own) && 'id' in own.getFields();
  });
  const shown = object ? `object: ${object.name} { id }` : '';
  const record = getNamedType(records.type);
  return {
    name,
    record: record as GraphQLInputType,
    hasClientKey: isInputObjectType(record) && 'clientKey' in record.getFields(),
    query: `mutation ImportCsv($input: ${input.type}) { ${name}(input: $input) { results { outcome errors { code message path } ${shown} } } }`,
  };
}

/** The rows of a file, some at a time, with their lines. */
async function* batchesOf(file: string, separator: string, target: Target) {
  const rows = createReadStream(file).pipe(
    parse({ bom: true, delimiter: separator, relax_column_count: true, skip_empty_lines: true, info: true }),
  );
  let columns: ReturnType<typeof columnsOf> | null = null;
  let records: object[] = [];
  let lines: number[] = [];
  for await (const { record: cells, info } of rows) {
    if (columns === null) {
      columns = columnsOf(cells, target.record);
      continue;
    }
    const record = recordOf(cells, columns);
    records.push(target.hasClientKey ? { clientKey: `line-${info.lines}`, ...record } : record);
    lines.push(info.lines);
    if (records.length < BATCH_RECORDS) continue;
    yield { records, lines };
    records = [];
    lines = [];
  }
  if (records.length > 0) yield { records, lines };
}

function reportOf({ outcome, errors, object }: Result): string {
  const faults = errors.map(({ code, message, path }) => `${path.slice(2).join('.') || 'record'}: ${code}: ${message}`);
  return [outcome, object?.id, ...faults].filter(Boolean).join(' ');
}
