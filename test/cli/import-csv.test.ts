import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { CommandError } from '../../src/cli/command.ts';
import { importCsv } from '../../src/cli/import-csv.ts';
import { createGatewayClient } from '../../src/client/gateway-client.ts';
import { methodIds } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';

const SCHEMA = readFileSync(join(import.meta.dirname, '../../schema/schema.graphql'), 'utf8');

function fileOf(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'csv-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'rows.csv');
  writeFileSync(file, text);
  return file;
}

async function send(gateway: TestGateway, ...args: string[]) {
  const client = createGatewayClient({ url: gateway.url, apiKey: gateway.apiKey, findPlace: () => null });
  const lines: string[] = [];
  const isDone = await importCsv(client, SCHEMA, args, (line) => lines.push(line));
  return { isDone, lines };
}

it('sends rows as records, reports each line, and writes nothing twice', async () => {
  const gateway = await startGateway();
  const file = fileOf(
    '\u{FEFF}reference,companyName,email,isTax,metadata.tier\r\n' +
      'C-1,"Karoo, ""Ltd""",a@example.com,true,gold\r\n\r\n' +
      'C-2,Cape,not an address,,\r\n' +
      'C-3,Highveld,c@example.com,,\r\n',
  );
  const dry = await send(gateway, 'createCustomers', file, '--dry-run');
  expect(dry.isDone).toBe(false);
  expect(dry.lines.at(-1)).toMatch(/^dry run: .*WOULD_FAIL 1/);
  expect(await gateway.sql('SELECT 1 FROM customer')).toEqual([]);
  const sent = await send(gateway, 'createCustomers', file);
  expect(sent.lines[0]).toMatch(/^line 2: CREATED cus_/);
  expect(sent.lines[1]).toMatch(/^line 4: FAILED email: INVALID/);
  expect(sent.lines[2]).toMatch(/^line 5: CREATED cus_/);
  expect(sent.lines[3]).toBe('CREATED 2, FAILED 1');
  const again = await send(gateway, 'createCustomers', file);
  expect(again.lines.slice(0, 1)).toEqual(sent.lines.slice(0, 1));
  const [first] = await gateway.sql<{ companyName: string; isTax: boolean; metadata: object }>(
    `SELECT company_name, is_tax, metadata FROM customer ORDER BY reference`,
  );
  expect(first).toEqual({ companyName: 'Karoo, "Ltd"', isTax: true, metadata: { tier: 'gold' } });
  expect(await gateway.sql('SELECT 1 FROM customer')).toHaveLength(2);
});

it('sends nested records and lists in batches, and stops before the first for a column that is not one', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft, payIn } = await methodIds(gateway);
  const header =
    'paymentMethodId;customer.reference;customer.companyName;customer.email;bankAccount.accountHolderName;bankAccount.accountNumber;bankAccount.accountType;bankAccount.bank;mandate.amount;mandate.recurring.processDay;recurring.dateStart';
  const rows = Array.from(
    { length: 501 },
    (_, index) =>
      `${eft};C-${index};Co;c${index}@example.com;CO;${4_000_000_000 + index};SAVINGS;CAPITEC;45.00;1;2024-10-01`,
  );
  const { isDone, lines } = await send(
    gateway,
    'submitPayments',
    fileOf([header, ...rows].join('\n')),
    '--separator',
    ';',
  );
  expect([isDone, lines.at(-1)]).toEqual([true, 'CREATED 501']);
  const items = `paymentMethodId,customer.reference,customer.companyName,customer.email,payIn.eftReference,items.0.name,items.0.amount\n${payIn},P-1,Co,p@example.com,REF1,Fee,12.50`;
  expect((await send(gateway, 'submitPayments', fileOf(items))).lines[0]).toMatch(/^line 2: CREATED pay_/);
  for (const [mutation, header_] of [
    ['createCustomers', 'reference,nonsense'],
    ['createCustomers', 'reference,metadata'],
    ['submitPayments', 'items.name'],
    ['advanceClock', 'to'],
    ['nonsense', 'to'],
  ] as const)
    await expect(send(gateway, mutation, fileOf(`${header_}\na,b\n`))).rejects.toThrow(CommandError);
  // Nothing of a file is sent that cannot be read as a whole.
  for (const [text, reason] of [
    ['reference,companyName\nA,Smith, Jones\n', 'line 2 has 3 values, the header 2'],
    ['reference,companyName\nA,B\nC,"broken\n', 'not CSV'],
    ['reference,reference\nA,B\n', 'twice'],
    ['reference,metadata.__proto__\nA,B\n', 'there is no field'],
  ] as const)
    await expect(send(gateway, 'createCustomers', fileOf(text))).rejects.toThrow(reason);
  const latin = fileOf('');
  writeFileSync(latin, Buffer.from('reference\nZo\u00eb\n', 'latin1'));
  await expect(send(gateway, 'createCustomers', latin)).rejects.toThrow('not in UTF-8');
  const rows_ = fileOf(
    'reference,companyName,email\r\nQ-1,"two\r\nlines",q1@example.com\r\n,,\r\nQ-2,Two,q2@example.com\r\n',
  );
  const lines_ = (await send(gateway, 'createCustomers', rows_, '--dry-run')).lines;
  expect(lines_.map((line) => line.split(':')[0])).toEqual(['line 2', 'line 5', 'dry run']);
  await expect(send(gateway, 'createCustomers', '/nonexistent.csv')).rejects.toThrow('cannot be read');
});
