import { expect, it } from 'vitest';
import { eventOf } from '../../src/bank/iso20022/movement-events.ts';
import { readProfile } from '../../src/bank/iso20022/profile.ts';
import { readMessage } from '../../src/bank/iso20022/read-message.ts';

const URN = 'urn:iso:std:iso:20022:tech:xsd:';

function profileOf(given: object = {}) {
  const profile = readProfile(given);
  if (typeof profile === 'string') throw new Error(profile);
  return profile;
}

const read = (text: string, profile: object = {}) => readMessage(Buffer.from(text), profileOf(profile));

function status(group: string, transactions = ''): string {
  return `<Document xmlns="${URN}pain.002.001.11"><CstmrPmtStsRpt><GrpHdr><MsgId>M</MsgId><CreDtTm>2024-09-13T08:00:00Z</CreDtTm></GrpHdr>
    <OrgnlGrpInfAndSts><OrgnlMsgId>F</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.09</OrgnlMsgNmId>${group}</OrgnlGrpInfAndSts>
    <OrgnlPmtInfAndSts><OrgnlPmtInfId>F</OrgnlPmtInfId>${transactions}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`;
}

const transaction = (reference: string, state: string, reason = '') =>
  `<TxInfAndSts><OrgnlEndToEndId>${reference}</OrgnlEndToEndId><TxSts>${state}</TxSts>${reason}</TxInfAndSts>`;
const reason = (...codes: string[]) =>
  codes.map((code) => `<StsRsnInf><Rsn><Cd>${code}</Cd></Rsn></StsRsnInf>`).join('');

it('reads the refusal of a duplicate as a receipt: the file was written again to ask about it', async () => {
  expect(await read(status(`<GrpSts>RJCT</GrpSts>${reason('AM05')}`))).toMatchObject({
    answers: [],
    receipts: [{ fileId: 'F' }],
  });
  expect(await read(status('', transaction('R', 'RJCT', reason('DU03'))))).toMatchObject({
    answers: [],
    receipts: [{ reference: 'R' }],
  });
});

it('rejects with a file all transactions that the report does not name, and takes the first of several reasons', async () => {
  const text = status(`<GrpSts>RJCT</GrpSts>${reason('FF01')}`, transaction('R', 'RJCT', reason('AM04', 'NARR')));
  const { answers } = await read(text);
  expect(answers).toMatchObject([
    { about: { reference: 'R' }, event: 'UNPAID', code: '02' },
    { about: { fileId: 'F' }, event: 'REJECTED', code: '50' },
  ]);
});

it('reads the codes of a bank by its profile, and none by the names of JavaScript', async () => {
  const own = status('', transaction('R', 'RJCT', '<StsRsnInf><Rsn><Prtry>X1</Prtry></Rsn></StsRsnInf>'));
  expect((await read(own, { reasonCodes: { X1: '02' } })).answers).toMatchObject([{ event: 'UNPAID', code: '02' }]);
  const odd = status('', transaction('R', 'RJCT', '<StsRsnInf><Rsn><Prtry>constructor</Prtry></Rsn></StsRsnInf>'));
  expect((await read(odd)).answers).toMatchObject([{ event: 'REJECTED', code: 'constructor' }]);
});

function notification(entry: string, version = '001.08'): string {
  return `<Document xmlns="${URN}camt.054.${version}"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M</MsgId><CreDtTm>2024-09-14T08:00:00Z</CreDtTm></GrpHdr>
    <Ntfctn><Id>N</Id><Acct><Id><Othr><Id>62000000000</Id></Othr></Id></Acct><Ntry><Amt Ccy="ZAR">45.00</Amt>${entry}</Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`;
}

it('reads the statuses of entries in both forms, and a day without a time as its end', async () => {
  const entry = '<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2024-09-13</Dt></BookgDt>';
  const { entries } = await read(notification(entry, '001.02'), { versions: { 'camt.054': '001.02' } });
  expect(entries).toMatchObject([{ amountCents: 4500, bookedAt: new Date('2024-09-13T23:59:00+02:00') }]);
  const pending = await read(notification('<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts>'));
  expect(pending.entries).toEqual([]);
});

it('does not take a batch that is booked as one for a payment of somebody', async () => {
  const batch =
    '<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><Btch><PmtInfId>F</PmtInfId></Btch></NtryDtls>';
  expect((await read(notification(batch))).entries).toMatchObject([{ movements: [] }]);
});

it('tells by the reason first what a movement says of a debit', () => {
  const base = { reference: 'R', amountCents: 1, feeCents: 0, remittance: null, providerReference: null };
  const said = (isCredit: boolean, isReversal: boolean, code: string | null) =>
    eventOf({ ...base, isCredit, isReversal, code });
  expect([said(true, false, null), said(true, true, null)]).toEqual(['PAID', 'DISPUTE_WITHDRAWN']);
  expect([said(false, true, null), said(false, false, null)]).toEqual(['REVERSED', 'UNPAID']);
  expect([said(false, true, '02'), said(false, true, '30'), said(false, false, '30')]).toEqual([
    'UNPAID',
    'DISPUTED',
    'DISPUTED',
  ]);
  expect(said(false, false, '28')).toBe('REVERSED');
});

function acceptance(result: string): string {
  return `<Document xmlns="${URN}pain.012.001.05"><MndtAccptncRpt><GrpHdr><MsgId>M</MsgId><CreDtTm>2024-09-13T08:00:00Z</CreDtTm></GrpHdr>
    <UndrlygAccptncDtls><AccptncRslt>${result}</AccptncRslt><OrgnlMndt><OrgnlMndtId>C1</OrgnlMndtId></OrgnlMndt></UndrlygAccptncDtls></MndtAccptncRpt></Document>`;
}

it('approves a mandate only by an acceptance', async () => {
  const told = (code: string) => `<RjctRsn><Prtry>${code}</Prtry></RjctRsn>`;
  const events = async (...results: string[]) =>
    (await Promise.all(results.map((result) => read(acceptance(result))))).flatMap(({ answers }) =>
      answers.map(({ event }) => event),
    );
  expect(
    await events(
      '<Accptd>1</Accptd>',
      `<Accptd>true</Accptd>${told('SUSPENDED')}`,
      `<Accptd>false</Accptd>${told('APPROVED')}`,
      `<Accptd>0</Accptd>${told('MD16')}`,
    ),
  ).toEqual(['APPROVED', 'SUSPENDED', 'DECLINED', 'REJECTED']);
});
