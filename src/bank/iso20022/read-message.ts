import { MANDATE_ANSWERS, type MandateAnswer } from '../../domain/mandate/state-machine.ts';
import type { FileAnswer, FileMessage } from './message.ts';
import { namespaceOf, type Profile } from './profile.ts';
import { readEntries } from './read-entries.ts';
import { readStatuses } from './read-statuses.ts';
import {
  BrokenFile,
  booleanAt,
  type Document,
  type Element,
  elementsAt,
  instantOf,
  readDocument,
  requiredAt,
  textAt,
} from './read-xml.ts';

/** Longest id that ISO 20022 allows. */
const ID_LENGTH_MAX = 35;

/** Roots of the messages that are read. */
const ROOTS = {
  'pain.002': 'CstmrPmtStsRpt',
  'pain.012': 'MndtAccptncRpt',
  'camt.054': 'BkToCstmrDbtCdtNtfctn',
} as const;

/** Reads a file of a bank. Throws BrokenFile when it is not a message that the profile names. */
export async function readMessage(bytes: Buffer, profile: Profile): Promise<FileMessage> {
  const document = await readDocument(bytes);
  const message = nameOf(document, profile);
  const [report, ...others] = elementsAt(document.root, ROOTS[message]);
  if (!report || others.length > 0) throw new BrokenFile(`the document has no ${ROOTS[message]}`);
  const messageId = requiredAt(report, 'GrpHdr/MsgId', ID_LENGTH_MAX);
  const createdAt = instantOf(requiredAt(report, 'GrpHdr/CreDtTm'));
  const heading = { message, messageId };
  if (message === 'camt.054')
    return { ...heading, answers: [], receipts: [], entries: readEntries(report, createdAt, profile) };
  if (message === 'pain.002') return { ...heading, ...readStatuses(report, createdAt, profile), entries: [] };
  return { ...heading, answers: readAcceptances(report, createdAt, profile), receipts: [], entries: [] };
}

function nameOf({ namespace, root }: Document, profile: Profile): keyof typeof ROOTS {
  const names = Object.keys(ROOTS) as Array<keyof typeof ROOTS>;
  const name = names.find((known) => namespaceOf(known, profile) === namespace);
  if (!name || root.name !== 'Document')
    throw new BrokenFile(`the namespace ${namespace.slice(0, 80)} is not one that is read`);
  return name;
}

/** Reason codes by which the debtor refused; every other refusal is the bank's. */
const BY_DEBTOR: ReadonlySet<string> = new Set(['MD16', 'MS02']);

/**
 * Reads a mandate acceptance report (pain.012). Besides acceptances and refusals, a bank tells by a proprietary reason that it has
 * suspended, unsuspended or cancelled a mandate.
 */
function readAcceptances(report: Element, createdAt: Date, { reasonCodes }: Profile): FileAnswer[] {
  return elementsAt(report, 'UndrlygAccptncDtls').map((details) => {
    const isAccepted = booleanAt(details, 'AccptncRslt/Accptd', null);
    const given = textAt(details, 'AccptncRslt/RjctRsn/Cd') ?? textAt(details, 'AccptncRslt/RjctRsn/Prtry');
    const reason = given !== null && Object.hasOwn(reasonCodes, given) ? (reasonCodes[given] ?? given) : given;
    const event = eventOf(isAccepted, reason);
    const isRefusal = event === 'REJECTED' || event === 'DECLINED';
    return {
      about: aboutOf(details),
      event,
      code: isRefusal ? reason : null,
      occurredAt: createdAt,
      providerReference: null,
      authenticationReference:
        event === 'APPROVED'
          ? (textAt(details, 'OrgnlMndt/OrgnlMndt/Authntcn/MsgAuthntcnCd') ??
            textAt(details, 'OrgnlMndt/OrgnlMndt/MndtId'))
          : null,
    };
  });
}

/** Returns the request that is answered: by our reference, or by the contract and the file that had the request. */
function aboutOf(details: Element): FileAnswer['about'] {
  const reference = textAt(details, 'OrgnlMndt/OrgnlMndt/MndtReqId');
  if (reference !== null) return { reference };
  const contractReference =
    textAt(details, 'OrgnlMndt/OrgnlMndtId') ?? requiredAt(details, 'OrgnlMndt/OrgnlMndt/MndtId', ID_LENGTH_MAX);
  return { contractReference, fileId: textAt(details, 'OrgnlMsgInf/MsgId') };
}

function eventOf(isAccepted: boolean, reason: string | null): MandateAnswer {
  if (isAccepted) return MANDATE_ANSWERS.find((answer) => answer === reason) ?? 'APPROVED';
  return reason !== null && BY_DEBTOR.has(reason) ? 'REJECTED' : 'DECLINED';
}
