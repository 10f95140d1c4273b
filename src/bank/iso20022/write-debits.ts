import { civilDateOf } from '../../domain/dates.ts';
import { formatAmount } from '../../domain/money.ts';
import type { Instruction } from '../bank.ts';
import { accountOf, branchOf, dateTimeOf, type Heading, partyOf } from './parties.ts';
import { namespaceOf } from './profile.ts';
import { type Elements, writeDocument } from './write-xml.ts';

/** Writes a direct debit initiation (pain.008) of debits of one payment method and action date. */
export function writeDebits(heading: Heading, debits: readonly Instruction[]): Promise<string> {
  const { messageId, createdAt, creditor, profile } = heading;
  const [first] = debits;
  if (!first) throw new Error('a file has at least one debit');
  const count = String(debits.length);
  const sum = formatAmount(debits.reduce((total, { amountCents }) => total + BigInt(amountCents), 0n));
  const { type } = first.method;
  const localInstrument = type === 'CARD' || type === 'PAY_IN' ? type : (profile.localInstruments[type] ?? type);
  return writeDocument(
    namespaceOf('pain.008', profile),
    {
      CstmrDrctDbtInitn: {
        GrpHdr: {
          MsgId: messageId,
          CreDtTm: dateTimeOf(createdAt),
          NbOfTxs: count,
          CtrlSum: sum,
          InitgPty: partyOf(profile.initiatingParty ?? creditor),
        },
        PmtInf: {
          PmtInfId: messageId,
          PmtMtd: 'DD',
          // Each transaction is booked by itself, so that it can be told from the others.
          BtchBookg: 'false',
          NbOfTxs: count,
          CtrlSum: sum,
          PmtTpInf: { LclInstrm: { Prtry: localInstrument } },
          ReqdColltnDt: first.actionDate,
          Cdtr: partyOf(creditor),
          CdtrAcct: accountOf(creditor.accountNumber),
          CdtrAgt: branchOf(creditor.branchCode),
          CdtrSchmeId: creditor.id === undefined ? null : { Id: { PrvtId: { Othr: { Id: creditor.id } } } },
        },
      },
    },
    ['CstmrDrctDbtInitn', 'PmtInf'],
    'DrctDbtTxInf',
    debits.map(transactionOf),
  );
}

function transactionOf(debit: Instruction): Elements {
  const { reference, amountCents, source, debtorName, mandate, trackingDays, method, transactionReference } = debit;
  if ('cardToken' in source) throw new Error(`debit ${reference} of a card does not fit a direct debit`);
  return {
    PmtId: { EndToEndId: reference },
    InstdAmt: { '@Ccy': 'ZAR', '#': formatAmount(amountCents) },
    DrctDbtTx: mandate && {
      MndtRltdInf: {
        MndtId: mandate.contractReference,
        DtOfSgntr: mandate.approvedAt && civilDateOf(mandate.approvedAt),
        ElctrncSgntr: mandate.authenticationReference,
        TrckgDays: trackingDays === null ? null : String(trackingDays).padStart(2, '0'),
      },
    },
    DbtrAgt: branchOf(source.branchCode),
    Dbtr: { Nm: debtorName },
    DbtrAcct: accountOf(source.accountNumber, source.accountType),
    RmtInf: { Ustrd: `${method.abbreviatedName} ${transactionReference}`.slice(0, 140) },
  };
}
