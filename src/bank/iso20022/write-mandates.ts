import { formatRate } from '../../domain/mandate/adjustment.ts';
import { formatAmount } from '../../domain/money.ts';
import type { PaymentInterval } from '../../domain/schedule.ts';
import type { Holder, MandateInstruction, TermsInstruction } from '../bank.ts';
import { accountOf, branchOf, dateTimeOf, type Heading, partyOf } from './parties.ts';
import { namespaceOf } from './profile.ts';
import { type Elements, writeDocument } from './write-xml.ts';

/** The message by which each kind of instruction is sent. */
export const MESSAGE_OF = {
  INITIATE: 'pain.009',
  AMEND: 'pain.010',
  NOTIFY: 'pain.010',
  CANCEL: 'pain.011',
  WITHDRAW: 'pain.011',
} as const satisfies Record<MandateInstruction['kind'], string>;

const FREQUENCIES: Readonly<Record<PaymentInterval, string>> = {
  WEEKLY: 'WEEK',
  FORTNIGHTLY: 'FRTN',
  MONTHLY: 'MNTH',
  QUARTERLY: 'QURT',
  BIANNUALLY: 'MIAN',
  YEARLY: 'YEAR',
};

/** Root of each message, and the element that is repeated for each instruction. */
const ROOTS = {
  'pain.009': ['MndtInitnReq', 'Mndt'],
  'pain.010': ['MndtAmdmntReq', 'UndrlygAmdmntDtls'],
  'pain.011': ['MndtCxlReq', 'UndrlygCxlDtls'],
} as const;

/** Approval windows as the scheme names them; a service level has at most 35 characters. */
const WINDOWS = {
  REAL_TIME_TT1_CELLPHONE_MUST_MATCH_BANK: 'TT1 MATCH',
  REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE: 'TT1',
  DELAYED_REAL_TIME_TT1: 'TT1 DELAYED',
  BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2: 'TT2',
} as const;

/** Writes the message for instructions about mandates that are all sent by the same message. */
export function writeMandates(heading: Heading, instructions: readonly MandateInstruction[]): Promise<string> {
  const [first] = instructions;
  if (!first) throw new Error('a file has at least one instruction');
  const { messageId, createdAt, creditor, profile } = heading;
  const group = {
    MsgId: messageId,
    CreDtTm: dateTimeOf(createdAt),
    InitgPty: partyOf(profile.initiatingParty ?? creditor),
  };
  const message = MESSAGE_OF[first.kind];
  const [root, repeated] = ROOTS[message];
  const items = instructions.map((instruction) => itemOf(heading, instruction));
  return writeDocument(namespaceOf(message, profile), { [root]: { GrpHdr: group } }, [root], repeated, items);
}

function itemOf(heading: Heading, instruction: MandateInstruction): Elements {
  const { kind, contractReference, reference } = instruction;
  const reason = { Prtry: kind };
  if (!('terms' in instruction)) {
    return { CxlRsn: { Rsn: reason, AddtlInf: reference }, OrgnlMndt: { OrgnlMndtId: contractReference } };
  }
  if (kind === 'INITIATE') return { MndtReqId: reference, ...mandateOf(heading, instruction) };
  return {
    AmdmntRsn: { Rsn: reason },
    Mndt: { MndtId: contractReference, MndtReqId: reference, ...mandateOf(heading, instruction) },
    OrgnlMndt: { OrgnlMndtId: contractReference },
  };
}

function mandateOf({ creditor, profile }: Heading, instruction: TermsInstruction): Elements {
  const { terms, debtor, account, type, approvalWindow, contractReference } = instruction;
  const money = (cents: number | null) => (cents === null ? null : { '@Ccy': 'ZAR', '#': formatAmount(cents) });
  const { adjustmentRate, adjustmentAmountCents, adjustmentCategory, paymentTrackingMaxDays } = terms;
  // Amounts of an ISO message have no sign; a reduction is told by the terms of the contract.
  const adjustment = adjustmentAmountCents !== null && adjustmentAmountCents >= 0 ? adjustmentAmountCents : null;
  return {
    Tp: {
      SvcLvl: approvalWindow === null ? null : { Prtry: WINDOWS[approvalWindow] },
      LclInstrm: { Prtry: profile.localInstruments[type] ?? type },
      CtgyPurp: { Prtry: terms.paymentIndustry },
    },
    Ocrncs: {
      SeqTp: terms.processDate === null ? 'RCUR' : 'OOFF',
      Frqcy: frequencyOf(instruction),
      Drtn: null,
      FrstColltnDt: terms.firstDate ?? terms.processDate,
      FnlColltnDt: terms.dateRelease,
    },
    TrckgInd: String((paymentTrackingMaxDays ?? 0) > 0),
    FrstColltnAmt: money(terms.firstAmountCents),
    ColltnAmt: money(terms.amountCents),
    MaxAmt: money(terms.maximumAmountCents),
    Adjstmnt: {
      DtAdjstmntRuleInd: String(terms.allowDateAdjustment ?? false),
      Ctgy: adjustmentCategory === null ? null : { Prtry: adjustmentCategory },
      Amt: money(adjustment),
      Rate: adjustmentRate === null ? null : formatRate(adjustmentRate),
    },
    Cdtr: partyOf(creditor),
    CdtrAcct: accountOf(creditor.accountNumber),
    CdtrAgt: branchOf(creditor.branchCode),
    Dbtr: debtorOf(debtor),
    DbtrAcct: accountOf(account.accountNumber, account.accountType),
    DbtrAgt: branchOf(account.branchCode),
    MndtRef: contractReference,
  };
}

/** Returns how often and on which day of a month, or of a week, a recurring mandate collects. */
function frequencyOf({ terms: { interval, processDay } }: TermsInstruction): Elements | null {
  if (interval === null) return null;
  const type = FREQUENCIES[interval];
  return processDay === null ? { Tp: type } : { PtInTm: { Tp: type, PtInTm: String(processDay).padStart(2, '0') } };
}

function debtorOf({ companyName, personName, personSurname, idNumber, idType, contactNumber }: Holder): Elements {
  const other = idNumber === null ? null : { Id: idNumber, SchmeNm: idType === null ? null : { Prtry: idType } };
  const isCompany = companyName !== null;
  return {
    Nm: companyName ?? [personName, personSurname].filter((part) => part !== null).join(' '),
    Id: other && (isCompany ? { OrgId: { Othr: other } } : { PrvtId: { Othr: other } }),
    CtctDtls: contactNumber === null ? null : { MobNb: phoneOf(contactNumber) },
  };
}

/** Returns a number of E.164 as ISO writes it: +27-831234567. */
function phoneOf(number: string): string | null {
  const match = /^\+(27|\d{1,3})(\d{4,})$/.exec(number.replaceAll(/[\s()-]/g, ''));
  return match ? `+${match[1]}-${match[2]}` : null;
}
