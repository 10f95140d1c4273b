import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import {
  buildSchema,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isObjectType,
} from 'graphql';
import { type GatewayClient, GatewayError } from '../client/gateway-client.ts';
import { present } from '../domain/invariants.ts';
import { CommandError } from './command.ts';
import { columnsOf, recordOf } from './csv-columns.ts';
import { invocation } from './invocation.ts';
import { readOptions } from './read-options.ts';

/** Maximum number of attempts to send a batch, and the wait between two in milliseconds, where the gateway gives none. */
const ATTEMPTS_MAX = 10;
const RETRY_MS = 1_000;
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
  const bytes = await read(file);
  const rows = rowsOf(bytes, options.values.separator ?? ',', target);
  // The same file has the same keys: sent again, it writes nothing twice.
  const key = createHash('sha256').update(mutation).update(bytes).digest('hex');
  const counts = new Map<string, number>();
  let hasFailed = false;
  for (let from = 0; from < rows.length; from += BATCH_RECORDS) {
    const batch = rows.slice(from, from + BATCH_RECORDS);
    const records = batch.map(({ record }) => record);
    const idempotencyKey = `csv-${key}-${from / BATCH_RECORDS + 1}`;
    const input = { records, mode: 'PARTIAL', dryRun, ...(dryRun ? {} : { idempotencyKey }) };
    const results = await send(client, target, input, `lines ${batch[0]?.line} to ${batch.at(-1)?.line}`);
    for (const [index, result] of results.entries()) {
      hasFailed ||= result.errors.length > 0;
      counts.set(result.outcome, (counts.get(result.outcome) ?? 0) + 1);
      print(`line ${batch[index]?.line}: ${reportOf(result)}`);
    }
  }
  const sums = [...counts].map(([outcome, count]) => `${outcome} ${count}`);
  print(`${dryRun ? 'dry run: ' : ''}${sums.join(', ') || 'the file has no rows'}`);
  return !hasFailed;
}

/** Sends a batch, again while it is refused for a time. Throws a CommandError that names its lines. */
async function send(client: GatewayClient, target: Target, input: object, lines: string): Promise<Result[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await client.request<Record<string, { results: Result[] }>>(target.query, { input });
      return present(answer[target.name], 'the payload of the mutation').results;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      const { code, retryable, retryAfterMs } = error.extensions;
      if (!retryable || attempt === ATTEMPTS_MAX)
        throw new CommandError(
          `${lines} and those after them: ${code}: ${error.message} Send the file again when that is mended; nothing is written twice.`,
        );
      await setTimeout(retryAfterMs ?? RETRY_MS);
    }
  }
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

interface Row {
  readonly record: object;
  /** The line on which the row begins. */
  readonly line: number;
}

/** The rows of a file as records. Throws a CommandError for a file that is not CSV in UTF-8, or a row that does not fit its header. */
function rowsOf(bytes: Buffer, delimiter: string, target: Target): Row[] {
  const parsed = parseCsv(bytes, delimiter);
  const [header, ...others] = parsed;
  if (!header) return [];
  const columns = columnsOf(header.cells, target.record);
  return others.flatMap(({ cells, line }) => {
    if (cells.every((cell) => cell.trim() === '')) return [];
    if (cells.length !== columns.length)
      throw new CommandError(
        `line ${line} has ${cells.length} values, the header ${columns.length}; quote values that contain the separator`,
      );
    const record = recordOf(cells, columns);
    return [{ line, record: target.hasClientKey ? { clientKey: `line-${line}`, ...record } : record }];
  });
}

function parseCsv(bytes: Buffer, delimiter: string): Array<{ readonly cells: string[]; readonly line: number }> {
  let rows: Array<{ record: string[]; raw: string }>;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    rows = parse(text, { delimiter, relax_column_count: true, raw: true });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new CommandError(
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'the file is not in UTF-8' : `the file is not CSV: ${message}`,
    );
  }
  let next = 1;
  return rows.map(({ record, raw }) => {
    const line = next;
    next += raw.match(/\r\n|\n|\r/g)?.length ?? 0;
    return { cells: record, line };
  });
}

function reportOf({ outcome, errors, object }: Result): string {
  const faults = errors.map(({ code, message, path }) => `${path.slice(2).join('.') || 'record'}: ${code}: ${message}`);
  return [outcome, object?.id, ...faults].filter(Boolean).join(' ');
}
