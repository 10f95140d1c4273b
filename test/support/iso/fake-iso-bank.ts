import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instruction, MandateInstruction } from '../../../src/bank/bank.ts';
import { type Element, elementsAt, readDocument, requiredAt, textAt } from '../../../src/bank/iso20022/read-xml.ts';
import { isoCodeOf } from '../../../src/bank/iso20022/reason-codes.ts';
import { type Elements, writeDocument } from '../../../src/bank/iso20022/write-xml.ts';
import { type Entry, type Journal, ledgerOf, openJournal } from '../../../src/bank/sandbox/journal.ts';
import { createSandboxBank, type PlannedAnswer } from '../../../src/bank/sandbox/sandbox-bank.ts';
import { groupBy } from '../../../src/domain/group-by.ts';
import { NOT_AUTHORISED } from '../../../src/domain/mandate/mandate.ts';
import { formatAmount } from '../../../src/domain/money.ts';

// A bank that speaks files: it takes what is in out/, once by message id, behaves as the sandbox bank does, and writes what it
// has to say into in/, each file under a temporary name first. It remembers in a journal, so that it may be killed at any moment.

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:';

export interface FakeIsoBank {
  /** Reads the files in out/ and writes the answers that are due by `now` into in/. */
  tick(now: Date): Promise<void>;
  /** Writes the file of a credit that is no debit of ours. */
  deposit(id: string, accountNumber: string, remittance: string, amount: string, at: Date): Promise<void>;
  /** Files that came again with other bytes. */
  readonly changed: readonly string[];
  /** How often each reference was received in files of different message ids. */
  readonly counts: ReadonlyMap<string, number>;
  close(): void;
}

export function openFakeIsoBank(directory: string): FakeIsoBank {
  const journal = openJournal(join(directory, 'journal'));
  const counts = new Map<string, number>();
  const messages = new Set<string>();
  const times = new Map<string, number>();
  const hashes = new Map<string, string>();
  const changed: string[] = [];
  return {
    counts,
    changed,
    async tick(now) {
      for (const name of readdirSync(join(directory, 'out')).filter((file) => !file.startsWith('.'))) {
        const { mtimeMs } = statSync(join(directory, 'out', name));
        if (times.get(name) === mtimeMs) continue;
        times.set(name, mtimeMs);
        const bytes = readFileSync(join(directory, 'out', name));
        const hash = createHash('sha256').update(bytes).digest('hex');
        if ((hashes.get(name) ?? hash) !== hash) changed.push(name);
        hashes.set(name, hash);
        const { root } = await readDocument(bytes);
        const id = requiredAt(root.children[0] as Element, 'GrpHdr/MsgId');
        const isNew = !messages.has(id);
        messages.add(id);
        const references = await take(journal, root, now);
        for (const reference of isNew ? references : []) counts.set(reference, (counts.get(reference) ?? 0) + 1);
        if (!isNew) await confirm(journal, directory, `${id}-${times.size}-${mtimeMs}`, references, now);
      }
      await tell(journal, directory, now);
    },
    async deposit(id, accountNumber, remittance, amount, at) {
      const entry = {
        Amt: { '@Ccy': 'ZAR', '#': amount },
        CdtDbtInd: 'CRDT',
        Sts: { Cd: 'BOOK' },
        BookgDt: { DtTm: at.toISOString() },
        AcctSvcrRef: id,
        BkTxCd: { Prtry: { Cd: 'EFT' } },
        NtryDtls: { TxDtls: { Refs: { EndToEndId: 'NOTPROVIDED' }, RmtInf: { Ustrd: remittance } } },
      };
      await writeFile(directory, id, await notification(id, at, accountNumber, [entry]));
    },
    close: () => journal.close(),
  };
}

/** Takes a message and returns the references in it. */
async function take(journal: Journal, root: Element, now: Date): Promise<string[]> {
  const message = root.children[0];
  if (message?.name === 'CstmrDrctDbtInitn') {
    const debits = elementsAt(message, 'PmtInf').flatMap(debitsOf);
    const details = new Map(debits.map(({ reference, amountCents }) => [reference, { methodId: '', amountCents }]));
    await createSandboxBank(ledgerOf(journal, details)).submit('', debits, now);
    return debits.map(({ reference }) => reference);
  }
  const requests = message ? requestsOf(message) : [];
  await createSandboxBank(ledgerOf(journal, new Map())).submitMandates('', requests, now);
  return requests.map(({ reference }) => reference);
}

function debitsOf(payment: Element): Instruction[] {
  const actionDate = requiredAt(payment, 'ReqdColltnDt') as Instruction['actionDate'];
  return elementsAt(payment, 'DrctDbtTxInf').map((item) => {
    const days = textAt(item, 'DrctDbtTx/MndtRltdInf/TrckgDays');
    return {
      reference: requiredAt(item, 'PmtId/EndToEndId'),
      amountCents: Math.round(Number(requiredAt(item, 'InstdAmt')) * 100),
      actionDate,
      attempt: 1,
      trackingDays: days === null ? null : Number(days),
      source: accountOf(item),
      debtorName: textAt(item, 'Dbtr/Nm'),
      transactionReference: '',
      mandate: null,
      method: { id: '', type: 'DEBIT_ORDER', providerBank: 'ABSA_BANK_LIMITED', abbreviatedName: '' },
    };
  });
}

function accountOf(element: Element) {
  return {
    accountNumber: requiredAt(element, 'DbtrAcct/Id/Othr/Id'),
    accountType: requiredAt(element, 'DbtrAcct/Tp/Prtry'),
    branchCode: requiredAt(element, 'DbtrAgt/FinInstnId/ClrSysMmbId/MmbId'),
  };
}

function requestsOf(message: Element): MandateInstruction[] {
  const kind = message.name === 'MndtInitnReq' ? 'INITIATE' : 'AMEND';
  const items = kind === 'INITIATE' ? elementsAt(message, 'Mndt') : elementsAt(message, 'UndrlygAmdmntDtls/Mndt');
  return items.map((item) => ({
    reference: requiredAt(item, 'MndtReqId'),
    kind,
    type: requiredAt(item, 'Tp/LclInstrm/Prtry') as MandateInstruction['type'],
    contractReference: requiredAt(item, 'MndtRef'),
    method: { id: '', type: 'DEBICHECK', providerBank: 'ABSA_BANK_LIMITED', abbreviatedName: '' },
    approvalWindow: null,
    terms: {
      ...NOT_AUTHORISED,
      amountCents: 0,
      paymentIndustry: 'ACCOUNT_REPAYMENT',
      processDay: null,
      interval: null,
      dateRelease: null,
      processDate: null,
    },
    debtor: {
      companyName: null,
      personName: null,
      personSurname: null,
      idType: null,
      idNumber: null,
      contactNumber: null,
    },
    account: accountOf(item),
  }));
}

/** A file that comes again is a question: what is still processed is reported as pending. */
async function confirm(journal: Journal, directory: string, key: string, references: readonly string[], now: Date) {
  const held = references.filter((reference) => journal.find(reference)?.received.isHeld);
  if (held.length === 0) return;
  const id = `Q-${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
  const none = { code: null, authenticationReference: null, providerReference: null, dueAt: now, messageId: id };
  await writeFile(
    directory,
    id,
    await statuses(
      id,
      now,
      held.map((reference) => ({
        ...none,
        reference,
        event: wasAccepted(journal, reference) ? 'ACCEPTED' : ('RCVD' as never),
      })),
    ),
  );
}

function wasAccepted(journal: Journal, reference: string): boolean {
  return journal.find(reference)?.received.answers.some(({ event }) => event === 'ACCEPTED') ?? false;
}

const MANDATE_EVENTS: ReadonlySet<string> = new Set(['APPROVED', 'DECLINED', 'SUSPENDED', 'UNSUSPENDED', 'CANCELLED']);

/** Writes the answers that are due: one file for each message type and time. */
async function tell(journal: Journal, directory: string, now: Date): Promise<void> {
  const due = journal.due(now).map((answer) => ({ answer, kind: kindOf(journal, answer) }));
  const groups = groupBy(due, ({ kind, answer }) => `${kind} ${answer.dueAt.getTime()}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const answers = group.map(({ answer }) => answer);
    const { dueAt, messageId } = first.answer;
    const id = `B-${messageId}`;
    const text =
      first.kind === 'camt.054'
        ? await notification(
            id,
            dueAt,
            '62000000000',
            answers.map((answer) => entryOf(journal, answer)),
          )
        : first.kind === 'pain.012'
          ? await acceptances(id, dueAt, answers)
          : await statuses(id, dueAt, answers);
    await writeFile(directory, id, text);
    journal.told(answers.map((answer) => answer.messageId));
  }
}

/** Money that moved comes as camt.054, what happens to a mandate as pain.012, everything else as pain.002. */
function kindOf(journal: Journal, { event, reference }: PlannedAnswer): 'camt.054' | 'pain.012' | 'pain.002' {
  const entry = journal.find(reference);
  const isMandate = MANDATE_EVENTS.has(event) || (event === 'REJECTED' && entry?.amountCents === 0);
  if (isMandate) return 'pain.012';
  const wasPaid = entry?.received.answers.some((answer) => answer.event === 'PAID') ?? false;
  const moves =
    event === 'PAID' || (wasPaid && ['UNPAID', 'DISPUTED', 'REVERSED', 'DISPUTE_WITHDRAWN'].includes(event));
  return moves ? 'camt.054' : 'pain.002';
}

function reasonOf(code: string): Elements {
  const iso = isoCodeOf(code);
  return iso === null ? { Prtry: code } : { Cd: iso };
}

const STATUSES: Readonly<Record<string, string>> = {
  ACCEPTED: 'ACCP',
  REJECTED: 'RJCT',
  UNPAID: 'RJCT',
  RECALLED: 'CANC',
  TRACKING: 'PDNG',
};

function statuses(id: string, at: Date, answers: readonly PlannedAnswer[]): Promise<string> {
  return writeDocument(
    `${NAMESPACE}pain.002.001.11`,
    {
      CstmrPmtStsRpt: {
        GrpHdr: { MsgId: id, CreDtTm: at.toISOString() },
        OrgnlGrpInfAndSts: { OrgnlMsgId: 'UNKNOWN', OrgnlMsgNmId: 'pain.008.001.09' },
        OrgnlPmtInfAndSts: { OrgnlPmtInfId: 'UNKNOWN' },
      },
    },
    ['CstmrPmtStsRpt', 'OrgnlPmtInfAndSts'],
    'TxInfAndSts',
    answers.map(({ reference, event, code, providerReference }) => ({
      OrgnlEndToEndId: reference,
      TxSts: STATUSES[event] ?? event,
      StsRsnInf: code === null ? null : { Rsn: reasonOf(code) },
      AcctSvcrRef: providerReference,
    })),
  );
}

function acceptances(id: string, at: Date, answers: readonly PlannedAnswer[]): Promise<string> {
  return writeDocument(
    `${NAMESPACE}pain.012.001.05`,
    { MndtAccptncRpt: { GrpHdr: { MsgId: id, CreDtTm: at.toISOString() } } },
    ['MndtAccptncRpt'],
    'UndrlygAccptncDtls',
    answers.map(({ reference, event, code, authenticationReference }) => {
      const isRefused = event === 'REJECTED' || event === 'DECLINED';
      const told = event === 'APPROVED' ? null : { Prtry: event };
      return {
        AccptncRslt: {
          Accptd: String(!isRefused),
          RjctRsn: isRefused && code !== null ? { Cd: code } : told,
        },
        OrgnlMndt: {
          OrgnlMndt: {
            MndtReqId: reference,
            Authntcn: authenticationReference === null ? null : { MsgAuthntcnCd: authenticationReference },
            TrckgInd: 'false',
            Cdtr: { Nm: 'C' },
            Dbtr: { Nm: 'D' },
            DbtrAgt: { FinInstnId: { Nm: 'B' } },
          },
        },
      };
    }),
  );
}

function entryOf(journal: Journal, { reference, event, code, dueAt, messageId }: PlannedAnswer): Elements {
  const { amountCents } = journal.find(reference) as Entry;
  return {
    Amt: { '@Ccy': 'ZAR', '#': formatAmount(amountCents) },
    CdtDbtInd: event === 'PAID' || event === 'DISPUTE_WITHDRAWN' ? 'CRDT' : 'DBIT',
    RvslInd: event === 'REVERSED' || event === 'DISPUTE_WITHDRAWN' ? 'true' : null,
    Sts: { Cd: 'BOOK' },
    BookgDt: { DtTm: dueAt.toISOString() },
    AcctSvcrRef: messageId,
    BkTxCd: { Prtry: { Cd: 'DD' } },
    NtryDtls: {
      TxDtls: { Refs: { EndToEndId: reference }, RtrInf: code === null ? null : { Rsn: reasonOf(code) } },
    },
  };
}

function notification(id: string, at: Date, accountNumber: string, entries: readonly Elements[]): Promise<string> {
  return writeDocument(
    `${NAMESPACE}camt.054.001.08`,
    {
      BkToCstmrDbtCdtNtfctn: {
        GrpHdr: { MsgId: id, CreDtTm: at.toISOString() },
        Ntfctn: { Id: id, Acct: { Id: { Othr: { Id: accountNumber } } } },
      },
    },
    ['BkToCstmrDbtCdtNtfctn', 'Ntfctn'],
    'Ntry',
    entries,
  );
}

async function writeFile(directory: string, id: string, text: string): Promise<void> {
  const temporary = join(directory, 'in', `.${id}.tmp`);
  writeFileSync(temporary, text);
  renameSync(temporary, join(directory, 'in', `${id}.xml`));
}
