import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createConnector } from '../../src/services/connectors/operator-connectors.ts';
import { AdvanceClock, SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { useConnector } from '../support/served-bank.ts';

const CREDITOR = { name: 'ACME', accountNumber: '62000000000', branchCode: '250655' };
const URN = 'urn:iso:std:iso:20022:tech:xsd:';
const AT = '2024-09-13T08:00:00Z';
const LATER = '2024-09-13T09:00:00Z';

/** A sound file of each message about a debit. */
const SOUND = {
  'pain.002': (reference: string) => `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="${URN}pain.002.001.11"><CstmrPmtStsRpt><GrpHdr><MsgId>M1</MsgId><CreDtTm>${AT}</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>X</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>X</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>${reference}</OrgnlEndToEndId>
<TxSts>ACCP</TxSts></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`,
  'camt.054': (reference: string) => `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="${URN}camt.054.001.08"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M2</MsgId><CreDtTm>${LATER}</CreDtTm></GrpHdr>
<Ntfctn><Id>N</Id><Acct><Id><Othr><Id>62000000000</Id></Othr></Id></Acct><Ntry><Amt Ccy="ZAR">45.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2024-09-13</Dt></BookgDt><BkTxCd><Prtry><Cd>DD</Cd></Prtry></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs><Amt Ccy="ZAR">45.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls></NtryDtls>
</Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`,
} as const;

/** Files that differ from a sound one in a way that no reader may overlook. */
function brokenFiles(reference: string): Map<string, string | Buffer> {
  const files = new Map<string, string | Buffer>();
  const add = (name: string, content: string | Buffer) =>
    files.set(`${String(files.size).padStart(3, '0')}-${name}`, content);
  for (const [message, write] of Object.entries(SOUND)) {
    const text = write(reference);
    const change = (name: string, from: string | RegExp, to: string) => {
      const changed = text.replace(from, to);
      if (changed !== text) add(`${message}-${name}`, changed);
    };
    const cuts = 80;
    for (let cut = 1; cut < cuts; cut += 1)
      add(`${message}-cut-${cut}`, text.slice(0, Math.floor((text.length * cut) / cuts)));
    change('attributes', '<GrpHdr>', `<GrpHdr ${Array.from({ length: 30 }, (_, at) => `a${at}=""`).join(' ')}>`);
    change('doctype', '?>', '?><!DOCTYPE a [<!ENTITY e "x">]>');
    change('external-entity', '?>', '?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>');
    change(
      'expansion',
      '?>',
      '?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>',
    );
    change('undefined-entity', reference, '&reference;');
    change('instruction', '?>', '?><?php echo 1 ?>');
    change('namespace', URN, 'urn:other:');
    change('other-version', /001\.(11|08)/, '001.99');
    change('no-namespace', / xmlns="[^"]*"/, '');
    change('mixed-namespaces', '<GrpHdr>', '<GrpHdr xmlns="urn:other">');
    change('prefix', '<MsgId>', '<x:MsgId>');
    change('no-id', /<MsgId>.*?<\/MsgId>/, '');
    change('long-id', '<MsgId>', `<MsgId>${'x'.repeat(40)}`);
    change('two-ids', '<CreDtTm>', '<MsgId>Z</MsgId><CreDtTm>');
    change('no-time', /<CreDtTm>.*?<\/CreDtTm>/, '');
    change('no-date', /T0[89]:00:00Z/, ' yesterday');
    change('declared-latin', 'UTF-8', 'ISO-8859-1');
    add(`${message}-utf16`, Buffer.from(`\ufeff${text}`, 'utf16le'));
    add(`${message}-latin`, Buffer.from(text.replace('>X<', '>\u00e9<').replace('>N<', '>\u00e9<'), 'latin1'));
    change('control', reference, `${reference}\u0001`);
    change('deep', '<GrpHdr>', `${'<a>'.repeat(100)}${'</a>'.repeat(100)}<GrpHdr>`);
    change('twice', /$/, text);
    change('crossed', '</GrpHdr>', '</MsgId>');
    change('long-text', reference, 'x'.repeat(20_000));
  }
  const credit = SOUND['camt.054'](reference);
  for (const [name, from, to] of [
    ['negative', '>45.00<', '>-45.00<'],
    ['sum', '>45.00<', '>46.00<'],
    ['comma', '>45.00<', '>45,00<'],
    ['exponent', '>45.00<', '>4.5e1<'],
    ['decimals', '>45.00<', '>45.001<'],
    ['empty-amount', '>45.00<', '><'],
    ['dollars', 'Ccy="ZAR"', 'Ccy="USD"'],
    ['no-currency', ' Ccy="ZAR"', ''],
    ['indicator', '>CRDT<', '>BOTH<'],
    ['no-indicator', '<CdtDbtInd>CRDT</CdtDbtInd>', ''],
    ['no-account', /<Acct>.*?<\/Acct>/, ''],
    ['no-entry-status', /<Sts>.*?<\/Sts>/, ''],
    ['entry-status', '>BOOK<', '>LATER<'],
    ['no-day', '2024-09-13<', '2024-02-30<'],
    ['two-amounts', '<CdtDbtInd>', '<Amt Ccy="ZAR">1.00</Amt><CdtDbtInd>'],
  ] as const)
    add(`camt.054-${name}`, credit.replace(from, to));
  const status = SOUND['pain.002'](reference);
  for (const [name, from, to] of [
    ['no-status', /<TxSts>.*?<\/TxSts>/, ''],
    ['status', '>ACCP<', '>LATER<'],
    ['prototype', '>ACCP<', '>constructor<'],
    ['year-0', AT, '0000-01-01T00:00:00Z'],
    ['no-reference', /<OrgnlEndToEndId>.*?<\/OrgnlEndToEndId>/, ''],
    ['long-reference', reference, 'x'.repeat(36)],
    ['no-group', /<OrgnlGrpInfAndSts>[\s\S]*?<\/OrgnlGrpInfAndSts>/, ''],
  ] as const)
    add(`pain.002-${name}`, status.replace(from, to));
  add('empty', '');
  add('text', 'hello');
  add('json', '{}');
  add('zeros', Buffer.alloc(100_000));
  add('outgoing', status.replaceAll('pain.002.001.11', 'pain.008.001.09'));
  return files;
}

it('rejects two hundred broken files with a reason, takes nothing of them, and takes a sound one afterwards', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const directory = mkdtempSync(join(tmpdir(), 'iso-'));
  for (const name of ['in', 'tmp']) mkdirSync(join(directory, name));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const profile = { collectSeconds: 0, quietSeconds: 0 };
  await createConnector(gateway.node.app, { id: 'files', kind: 'ISO20022', place: directory, profile });
  await useConnector(gateway, 'files', CREDITOR);
  const { eft } = await methodIds(gateway);
  await gateway.data(SubmitPayments, { input: { records: [oneTimeDebitOrder(eft, 'A', '2024-09-13')] } });
  await gateway.data(AdvanceClock, { to: '2024-09-13T12:00:00+02:00' });
  const [sent] = await gateway.sql<{ reference: string }>('SELECT reference FROM submission');
  const reference = sent?.reference ?? '';
  const files = brokenFiles(reference);
  expect(files.size).toBeGreaterThanOrEqual(200);
  const put = (name: string, content: string | Buffer) => {
    writeFileSync(join(directory, 'tmp', name), content);
    renameSync(join(directory, 'tmp', name), join(directory, 'in', name));
  };
  for (const [name, content] of files) put(name, content);
  // A gigabyte, of which the disk holds nothing.
  put('gigabyte', '');
  truncateSync(join(directory, 'in', 'gigabyte'), 1_024 ** 3);
  const memory = process.memoryUsage().rss;
  await expect.poll(() => readdirSync(join(directory, 'in')), { timeout: 120_000 }).toEqual([]);
  const rejected = readdirSync(join(directory, 'rejected'));
  const reasons = rejected.filter((name) => name.endsWith('.reason.txt'));
  expect(readdirSync(join(directory, 'taken'))).toEqual([]);
  expect(reasons).toHaveLength(files.size + 1);
  for (const name of reasons) expect(readFileSync(join(directory, 'rejected', name), 'utf8').length).toBeGreaterThan(5);
  expect(await gateway.sql('SELECT FROM bank_message')).toEqual([]);
  expect(await gateway.sql('SELECT FROM deposit')).toEqual([]);
  expect(await gateway.sql('SELECT FROM settlement')).toEqual([]);
  expect(process.memoryUsage().rss - memory).toBeLessThan(512 * 1_024 ** 2);

  put('sound-1', SOUND['pain.002'](reference));
  put('sound-2', SOUND['camt.054'](reference));
  const status = () => gateway.sql('SELECT status FROM transaction');
  await expect.poll(status, { timeout: 60_000 }).toEqual([{ status: 'PAID' }]);
  // The same content again is known; the same id with another content is not taken.
  put('again', SOUND['camt.054'](reference));
  put('other', `${SOUND['camt.054'](reference)}\n`);
  await expect.poll(() => readdirSync(join(directory, 'in')), { timeout: 60_000 }).toEqual([]);
  expect(readdirSync(join(directory, 'rejected')).filter((name) => name.endsWith('-other'))).toHaveLength(1);
  expect(await gateway.sql('SELECT gross_cents FROM settlement')).toEqual([{ grossCents: 4500 }]);
  expect(await gateway.sql('SELECT FROM bank_message WHERE quarantined_at IS NOT NULL')).toEqual([]);
});
