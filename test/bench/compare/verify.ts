import { isDeepStrictEqual } from 'node:util';
import { openDialect } from './dialects.ts';
import { post } from './http-client.ts';
import type { WorkloadName } from './inputs.ts';
import type { OwnDatabase } from './own-database.ts';
import type { Sample } from './sample.ts';
import { nextSerial, withSerial } from './serials.ts';
import type { Server } from './servers.ts';
import { inputsOf, WORKLOADS } from './workloads.ts';

const SEED = 7;
const INPUTS = 5;
const PAYMENT_ID = /^pay_[0-9A-Za-z]{21}$/;
/** What submissions write to. */
const WRITTEN = ['customer', 'bank_account', 'mandate', 'payment', 'event', 'due_work', 'idempotency_record'];

/** Throws unless all servers answer the same, and write the same number of rows. */
export async function verifyAnswers(
  servers: readonly Server[],
  workloads: readonly WorkloadName[],
  { database, sample, apiKey }: { database: OwnDatabase; sample: Sample; apiKey: string },
): Promise<void> {
  await database.proveOwn();
  for (const workload of workloads) {
    let expected: unknown;
    for (const server of servers) {
      const dialect = await openDialect(server, sample, apiKey);
      const before = WORKLOADS[workload].isWrite ? await countRows(database) : [];
      const answers = await answersOf(workload, server, { dialect, sample });
      const after = WORKLOADS[workload].isWrite ? await countRows(database) : [];
      const rows = after.map((count, index) => count - (before[index] ?? 0));
      const found = { answers, rows };
      expected ??= found;
      if (!isDeepStrictEqual(found, expected)) {
        throw new Error(`${server.name} answers ${workload} differently: ${firstDifference(found, expected)}`);
      }
    }
  }
}

async function answersOf<Name extends WorkloadName>(
  workload: Name,
  { name, url }: Server,
  { dialect, sample }: { dialect: Awaited<ReturnType<typeof openDialect>>; sample: Sample },
): Promise<unknown[]> {
  const { path, body, answer } = dialect.exchanges[workload];
  const inputs = inputsOf(workload, sample, { seed: SEED, count: Math.min(INPUTS, WORKLOADS[workload].poolSize) });
  const answers: unknown[] = [];
  for (const input of inputs) {
    const serial = nextSerial();
    const request = withSerial(JSON.stringify(body(input)), serial);
    const { status, text } = await post(url, { path, headers: dialect.headers, body: request });
    try {
      const given = JSON.parse(JSON.stringify(answer(JSON.parse(text))).replaceAll(serial, 'SERIAL')) as unknown;
      answers.push(WORKLOADS[workload].isWrite ? withoutIds(given) : given);
    } catch (error) {
      throw new Error(`${name} refuses ${workload}: ${status} ${String(error).slice(0, 600)}`);
    }
  }
  return answers;
}

/** New payments have ids of their own, each of the gateway's form. */
function withoutIds(payments: unknown): unknown[] {
  return (payments as Array<{ id: string }>).map(({ id, ...rest }) => {
    if (!PAYMENT_ID.test(id)) throw new Error(`${id} is no id of a payment`);
    return rest;
  });
}

async function countRows({ client }: OwnDatabase): Promise<number[]> {
  const counts = WRITTEN.map((table) => `(SELECT count(*)::int FROM ${table})`);
  const { rows } = await client.query<{ counts: number[] }>(`SELECT array[${counts.join(', ')}] AS counts`);
  return rows[0]?.counts ?? [];
}

/** The texts of both from a little before the first difference. */
function firstDifference(found: unknown, expected: unknown): string {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const from = Math.max(0, at - 100);
  return `${one.slice(from, at + 200)}\ninstead of ${other.slice(from, at + 200)}`;
}
