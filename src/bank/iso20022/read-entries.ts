import { type CivilDate, civilDateOf, instantAt, parseCivilDate } from '../../domain/dates.ts';
import type { Entry, Movement } from './message.ts';
import type { Profile } from './profile.ts';
import {
  BrokenFile,
  booleanAt,
  centsOf,
  type Element,
  elementsAt,
  firstTextAt,
  instantOf,
  requiredAt,
  textAt,
} from './read-xml.ts';
import { returnCodeOf } from './reason-codes.ts';

/** Statuses of an entry. */
const STATUSES: ReadonlySet<string> = new Set(['BOOK', 'PDNG', 'INFO', 'FUTR']);

/** Reads the booked entries of a debit and credit notification (camt.054). Throws BrokenFile when amounts do not add up. */
export function readEntries(report: Element, createdAt: Date, profile: Profile): Entry[] {
  return elementsAt(report, 'Ntfctn').flatMap((notification) => {
    const accountNumber = textAt(notification, 'Acct/Id/Othr/Id') ?? requiredAt(notification, 'Acct/Id/IBAN', 34);
    const id = requiredAt(notification, 'Id', 35);
    return elementsAt(notification, 'Ntry').flatMap((entry) => {
      // Versions before 001.08 have the status itself as text.
      const status = textAt(entry, 'Sts/Cd') ?? textAt(entry, 'Sts/Prtry') ?? requiredAt(entry, 'Sts');
      if (!STATUSES.has(status)) throw new BrokenFile(`the status ${status.slice(0, 20)} of an entry is not known`);
      // What is pending or for information is told again when it is booked.
      return status === 'BOOK' ? [readEntry(entry, { accountNumber, id }, createdAt, profile)] : [];
    });
  });
}

/** Reads an entry of the notification that `told` identifies. */
function readEntry(
  entry: Element,
  told: { readonly accountNumber: string; readonly id: string },
  createdAt: Date,
  profile: Profile,
): Entry {
  const cents = amountAt(entry, 'Amt');
  const sign = isCredit(entry) ? 1 : -1;
  const given = elementsAt(entry, 'NtryDtls/TxDtls');
  // A batch that is booked as one, without its transactions, names none of them.
  const isBatch = given.length === 0 && elementsAt(entry, 'NtryDtls/Btch').length > 0;
  const details = given.length > 0 || isBatch ? given : [entry];
  const movements = details.map((item) => readMovement(item, entry, details.length === 1 ? cents : null, profile));
  const { bookedOn, bookedAt } = bookingOf(entry, createdAt);
  // The fees of an entry without details are told once.
  const ownFees = given.length > 0 ? feesOf(entry) : 0;
  const read = {
    accountNumber: told.accountNumber,
    reference: textAt(entry, 'AcctSvcrRef') ?? textAt(entry, 'NtryRef') ?? told.id,
    bookedOn,
    bookedAt,
    amountCents: sign * cents,
    feeCents: ownFees,
    movements,
  };
  checkSum(read);
  return read;
}

/** The movements of an entry add up to its amount, before or after its fees. */
function checkSum({ amountCents, feeCents, movements, reference }: Entry): void {
  if (movements.length === 0) return;
  const sum = movements.reduce((total, movement) => total + (movement.isCredit ? 1 : -1) * movement.amountCents, 0);
  const fees = feeCents + movements.reduce((total, movement) => total + movement.feeCents, 0);
  if (amountCents !== sum && amountCents !== sum - fees)
    throw new BrokenFile(`the amounts of entry ${reference} do not add up`);
}

function readMovement(item: Element, entry: Element, sole: number | null, { reasonCodes }: Profile): Movement {
  const [amount = elementsAt(item, 'AmtDtls/TxAmt/Amt')[0]] = elementsAt(item, 'Amt');
  const amountCents = amount ? centsOf(amount) : sole;
  if (amountCents === null) throw new BrokenFile('a transaction of an entry has no Amt');
  const code = firstTextAt(item, 'RtrInf/Rsn/Cd') ?? firstTextAt(item, 'RtrInf/Rsn/Prtry');
  const remittance = [...elementsAt(item, 'RmtInf/Ustrd'), ...elementsAt(item, 'AddtlNtryInf')].map(({ text }) =>
    text.trim(),
  );
  const structured = firstTextAt(item, 'RmtInf/Strd/CdtrRefInf/Ref');
  const endToEndId = textAt(item, 'Refs/EndToEndId');
  return {
    reference: endToEndId === 'NOTPROVIDED' ? null : endToEndId,
    isCredit: elementsAt(item, 'CdtDbtInd').length > 0 ? isCredit(item) : isCredit(entry),
    amountCents,
    feeCents: feesOf(item),
    isReversal: booleanAt(entry, 'RvslInd', false),
    code: code === null ? null : returnCodeOf(code, reasonCodes),
    remittance: structured ?? (remittance.join(' ').trim() || null),
    providerReference: textAt(item, 'Refs/AcctSvcrRef'),
  };
}

function isCredit(element: Element): boolean {
  const indicator = requiredAt(element, 'CdtDbtInd');
  if (indicator !== 'CRDT' && indicator !== 'DBIT')
    throw new BrokenFile(`CdtDbtInd is neither CRDT nor DBIT: ${indicator}`);
  return indicator === 'CRDT';
}

function amountAt(element: Element, name: string): number {
  const [amount, second] = elementsAt(element, name);
  if (!amount || second) throw new BrokenFile(`${element.name} has no single ${name}`);
  return centsOf(amount);
}

function feesOf(element: Element): number {
  const [total] = elementsAt(element, 'Chrgs/TtlChrgsAndTaxAmt');
  if (total) return centsOf(total);
  return elementsAt(element, 'Chrgs/Rcrd/Amt').reduce((sum, amount) => sum + centsOf(amount), 0);
}

function bookingOf(entry: Element, createdAt: Date): { bookedOn: CivilDate; bookedAt: Date } {
  const instant = textAt(entry, 'BookgDt/DtTm');
  if (instant !== null) return { bookedOn: civilDateOf(instantOf(instant)), bookedAt: instantOf(instant) };
  const text = textAt(entry, 'BookgDt/Dt');
  if (text === null) return { bookedOn: civilDateOf(createdAt), bookedAt: createdAt };
  const bookedOn = parseCivilDate(text);
  if (bookedOn === null) throw new BrokenFile(`not a date: ${text.slice(0, 40)}`);
  // Without a time: when the bank told it, or the end of the day. What is told of the day with a time comes before it.
  const bookedAt = civilDateOf(createdAt) === bookedOn ? createdAt : instantAt(bookedOn, '23:59');
  return { bookedOn, bookedAt };
}
