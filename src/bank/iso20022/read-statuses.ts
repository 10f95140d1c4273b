import type { BankEvent } from '../../domain/transaction.ts';
import { unpaidCode } from '../../domain/unpaid-codes.ts';
import type { FileAnswer, FileMessage } from './message.ts';
import type { Profile } from './profile.ts';
import { BrokenFile, type Element, elementsAt, instantOf, requiredAt, textAt } from './read-xml.ts';
import { returnCodeOf } from './reason-codes.ts';

/** Events of the statuses of a transaction, of a payment and of a file. RJCT is told apart by its reason. */
const EVENTS: Readonly<Record<string, BankEvent>> = {
  ACTC: 'ACCEPTED',
  ACCP: 'ACCEPTED',
  ACSP: 'ACCEPTED',
  ACWC: 'ACCEPTED',
  ACWP: 'ACCEPTED',
  PDNG: 'ACCEPTED',
  ACSC: 'PAID',
  ACCC: 'PAID',
  CANC: 'RECALLED',
};

/** Statuses that say only that the file, or part of it, was received. */
const RECEIPTS: ReadonlySet<string> = new Set(['RCVD', 'PART']);

/** Reads a payment status report (pain.002): statuses of transactions, of payments and of whole files. */
export function readStatuses(
  report: Element,
  createdAt: Date,
  profile: Profile,
): Pick<FileMessage, 'answers' | 'receipts'> {
  const [group] = elementsAt(report, 'OrgnlGrpInfAndSts');
  if (!group) throw new BrokenFile('the report has no OrgnlGrpInfAndSts');
  const fileId = requiredAt(group, 'OrgnlMsgId', 35);
  const payments = elementsAt(report, 'OrgnlPmtInfAndSts');
  const transactions = payments.flatMap((payment) => elementsAt(payment, 'TxInfAndSts'));
  if (transactions.length > 0) {
    const isReceipt = (item: Element) => RECEIPTS.has(requiredAt(item, 'TxSts'));
    return {
      answers: transactions.flatMap((item) => transactionAnswer(item, createdAt, profile)),
      receipts: transactions.filter(isReceipt).map((item) => requiredAt(item, 'OrgnlEndToEndId', 35)),
    };
  }
  const whole = textAt(group, 'GrpSts') ?? payments.map((payment) => textAt(payment, 'PmtInfSts'))[0] ?? null;
  if (whole === null) throw new BrokenFile('the report has no status');
  const reasonOf = [group, ...payments].map((element) => codeOf(element, profile)).find((code) => code !== null);
  return { answers: answersOf({ fileId }, whole, reasonOf ?? null, createdAt, null), receipts: [] };
}

function transactionAnswer(item: Element, createdAt: Date, profile: Profile): FileAnswer[] {
  const reference = requiredAt(item, 'OrgnlEndToEndId', 35);
  const acceptedAt = textAt(item, 'AccptncDtTm');
  const occurredAt = acceptedAt === null ? createdAt : instantOf(acceptedAt);
  const bankReference = textAt(item, 'AcctSvcrRef');
  return answersOf({ reference }, requiredAt(item, 'TxSts'), codeOf(item, profile), occurredAt, bankReference);
}

function codeOf(element: Element, { reasonCodes }: Profile): string | null {
  const code = textAt(element, 'StsRsnInf/Rsn/Cd') ?? textAt(element, 'StsRsnInf/Rsn/Prtry');
  return code === null ? null : returnCodeOf(code, reasonCodes);
}

function answersOf(
  about: FileAnswer['about'],
  status: string,
  code: string | null,
  occurredAt: Date,
  providerReference: string | null,
): FileAnswer[] {
  if (RECEIPTS.has(status)) return [];
  const event = status === 'RJCT' ? refusalOf(code) : EVENTS[status];
  if (!event) throw new BrokenFile(`the status ${status.slice(0, 10)} is not known`);
  // An account that is tracked for funds is reported as pending with the code of tracking.
  const isTracked = event === 'ACCEPTED' && unpaidCode(code)?.category === 'TRACKING';
  return [
    {
      about,
      event: isTracked ? 'TRACKING' : event,
      code: event === 'ACCEPTED' && !isTracked ? null : code,
      occurredAt,
      providerReference,
      authenticationReference: null,
    },
  ];
}

/** A debit that the bank does not take is rejected; one that the debtor's bank does not pay is unpaid. */
function refusalOf(code: string | null): BankEvent {
  const category = unpaidCode(code)?.category ?? 'FORMAT';
  return category === 'FORMAT' || category === 'SYSTEM' || category === 'LIMIT' ? 'REJECTED' : 'UNPAID';
}
