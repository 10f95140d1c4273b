import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { it } from 'vitest';
import { CAPITEC_ACCOUNT } from '../support/customers.ts';
import { SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';

// `npm run bench:exports`: exports of many payments, beside COPY of the same table by the database alone, in one run. The times are of
// this machine; what to look at is how they compare, and that the memory stays flat.
const ROWS = Number(process.env['EXPORT_ROWS'] ?? 1_000_000);

it('measures exports beside COPY', { timeout: 1_800_000 }, async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const record = { ...oneTimeDebitOrder(eft, 'A', '2024-09-20'), bankAccount: CAPITEC_ACCOUNT };
  await gateway.data(SubmitPayments, { input: { records: [record] } });
  const columns = await gateway.sql<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'payment'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('id', 'transaction_reference')`,
  );
  const others = columns.map(({ name }) => `"${name}"`).join(', ');
  // Copies of one payment; its indexes are of no use to the export, and slow to fill.
  for (const { name } of await gateway.sql<{ name: string }>(
    `SELECT indexname AS name FROM pg_indexes WHERE tablename = 'payment' AND indexname NOT LIKE '%pkey'`,
  ))
    await gateway.sql(`DROP INDEX "${name}"`);
  const STEP = 20_000;
  for (let from = 1; from < ROWS; from += STEP)
    await gateway.sql(
      `INSERT INTO payment (id, transaction_reference, ${others})
       SELECT id || lpad(n::text, 8, '0'), 'INV-' || n, ${others} FROM (SELECT * FROM payment ORDER BY id LIMIT 1) AS one, generate_series($1::int, $2::int) AS n`,
      [from, Math.min(from + STEP, ROWS) - 1],
    );
  await gateway.sql('ANALYZE payment');
  const rows: object[] = [];
  for (const format of ['ndjson', 'csv']) rows.push(await measure(`export ${format}`, () => download(gateway, format)));
  rows.push(await measure('COPY csv', () => copy(gateway.databaseUrl)));
  console.table(rows);
});

/** Wall time, the processor time of this process, in which the gateway runs, and the memory that it held in each quarter of the time. */
async function measure(what: string, read: () => Promise<number>) {
  const memory: number[] = [];
  const watch = setInterval(() => memory.push(process.memoryUsage().rss / 1_000_000), 50);
  const begun = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  const bytes = await read();
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watch);
  const quarter = Math.ceil(memory.length / 4);
  return {
    what,
    rows: ROWS,
    megabytes: Math.round(bytes / 1_000_000),
    seconds: Math.round(Number(process.hrtime.bigint() - begun) / 1e7) / 100,
    nodeCpuSeconds: Math.round((user + system) / 1e4) / 100,
    rssMbByQuarter: [0, 1, 2, 3]
      .map((at) => Math.round(Math.max(...memory.slice(at * quarter, (at + 1) * quarter))))
      .join(' '),
  };
}

function download(gateway: { url: string; apiKey: string }, format: string): Promise<number> {
  const url = `${gateway.url.replace('/graphql', '/export/payments')}?format=${format}`;
  return new Promise((resolve, reject) => {
    get(url, { headers: { authorization: `Bearer ${gateway.apiKey}` } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
    }).on('error', reject);
  });
}

/** COPY by psql, whose work is not this process's. */
function copy(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const psql = spawn('psql', [url, '-c', 'COPY (SELECT * FROM payment ORDER BY id) TO STDOUT (FORMAT csv, HEADER)']);
    let bytes = 0;
    psql.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    psql.once('error', reject);
    psql.once('exit', (code) => (code === 0 ? resolve(bytes) : reject(new Error(`psql ended with ${code}`))));
  });
}
