import type { BankEvent } from '../../domain/transaction.ts';
import { unpaidCode } from '../../domain/unpaid-codes.ts';
import type { FileAnswer, FileMessage } from './message.ts';
import type { Profile } from './profile.ts';
import { BrokenFile, type Element, elementsAt, firstTextAt, instantOf, requiredAt, textAt } from './read-xml.ts';
import { returnCodeOf } from './reason-codes.ts';

/** Events of the statuses of a transaction, of a payment and of a file. RJCT is told apart by its reason. */
const EVENTS: ReadonlyMap<string, BankEvent> = new Map([
  ['ACTC', 'ACCEPTED'],
  ['ACCP', 'ACCEPTED'],
  ['ACSP', 'ACCEPTED'],
  ['ACWC', 'ACCEPTED'],
  ['ACWP', 'ACCEPTED'],
  ['PDNG', 'ACCEPTED'],
  ['ACSC', 'PAID'],
  ['ACCC', 'PAID'],
  ['CANC', 'RECALLED'],
]);

/** Statuses that say only that the file, or part of it, was received. */
const RECEIPTS: ReadonlySet<string> = new Set(['RCVD', 'PART']);

/** Reasons by which a bank refuses a file, or a transaction, that it has already: it comes again because it was asked about. */
const DUPLICATES: ReadonlySet<string> = new Set(['AM05', 'DU01', 'DU02', 'DU03', 'DU04', 'DU05', 'DUPL']);

/**
 * Reads a payment status report (pain.002): statuses of transactions, of payments and of whole files. What was received, and what is
 * refused as a duplicate, is a receipt. The rejection of a file is about all transactions that the report does not name.
 */
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
  const read = transactions.map((item) => transactionAnswer(item, createdAt, profile));
  const whole = firstTextAt(group, 'GrpSts') ?? payments.map((payment) => textAt(payment, 'PmtInfSts'))[0] ?? null;
  if (whole === null && transactions.length === 0) throw new BrokenFile('the report has no status');
  if (whole !== null && (transactions.length === 0 || whole === 'RJCT')) {
    const reason = [group, ...payments].map(reasonOf).find((given) => given !== null) ?? null;
    read.push(answerOf({ fileId }, whole, reason, createdAt, null, profile));
  }
  return {
    answers: read.filter((item) => 'event' in item),
    receipts: read.flatMap((item) => ('event' in item ? [] : [item.about])),
  };
}

type Read = FileAnswer | Pick<FileAnswer, 'about'>;

function transactionAnswer(item: Element, createdAt: Date, profile: Profile): Read {
  const reference = requiredAt(item, 'OrgnlEndToEndId', 35);
  const acceptedAt = textAt(item, 'AccptncDtTm');
  const occurredAt = acceptedAt === null ? createdAt : instantOf(acceptedAt);
  const bankReference = textAt(item, 'AcctSvcrRef');
  return answerOf({ reference }, requiredAt(item, 'TxSts'), reasonOf(item), occurredAt, bankReference, profile);
}

/** Returns the first reason of a status as the bank gave it; banks may add others. */
function reasonOf(element: Element): string | null {
  return firstTextAt(element, 'StsRsnInf/Rsn/Cd') ?? firstTextAt(element, 'StsRsnInf/Rsn/Prtry');
}

function answerOf(
  about: FileAnswer['about'],
  status: string,
  reason: string | null,
  occurredAt: Date,
  providerReference: string | null,
  { reasonCodes }: Profile,
): Read {
  const isDuplicate = status === 'RJCT' && reason !== null && DUPLICATES.has(reason);
  if (RECEIPTS.has(status) || isDuplicate) return { about };
  const code = reason === null ? null : returnCodeOf(reason, reasonCodes);
  const event = status === 'RJCT' ? refusalOf(code) : EVENTS.get(status);
  if (!event) throw new BrokenFile(`the status ${status.slice(0, 10)} is not known`);
  // An account that is tracked for funds is reported as pending with the code of tracking.
  const isTracked = event === 'ACCEPTED' && unpaidCode(code)?.category === 'TRACKING';
  return {
    about,
    event: isTracked ? 'TRACKING' : event,
    code: event === 'ACCEPTED' && !isTracked ? null : code,
    occurredAt,
    providerReference,
    authenticationReference: null,
  };
}

/** A debit that the bank does not take is rejected; one that the debtor's bank does not pay is unpaid. */
function refusalOf(code: string | null): BankEvent {
  const category = unpaidCode(code)?.category ?? 'FORMAT';
  return category === 'FORMAT' || category === 'SYSTEM' || category === 'LIMIT' ? 'REJECTED' : 'UNPAID';
}
