import type { BankAnswer, BankDeposit, BankReport, BankSettlement } from '../../bank/bank.ts';
import type { Entry, FileAnswer, FileMessage, Movement } from '../../bank/iso20022/message.ts';
import { eventOf, timeOf } from '../../bank/iso20022/movement-events.ts';
import { groupBy } from '../../domain/group-by.ts';
import type { Queryable } from '../../store/connection/database.ts';
import { findReferencesOfFiles } from '../../store/connectors/bank-files.ts';
import { findRequestsOfContracts, findSentDebits, type SentDebit } from '../../store/connectors/find-contracts.ts';

/** What a file of a bank reports. */
export interface FileReport extends BankReport {
  /** Ids of entries that a person has to look at: a batch booked as one, another amount than was sent, money taken that no debit names. */
  readonly unexplained: readonly string[];
  /** References that the bank says it has and has not decided on. */
  readonly pending: readonly string[];
}

/**
 * Returns what a file of a bank reports about what the connector sent. Its ids come from the message, so that a file may be taken
 * again after a failure. A movement that names a debit of ours is an answer and part of a settlement; another credit is a deposit.
 */
export async function reportOf(database: Queryable, connectorId: string, file: FileMessage): Promise<FileReport> {
  const idOf = (...parts: readonly (string | number)[]) => [file.message, file.messageId, ...parts].join(':');
  const references = file.entries.flatMap(({ movements }) => movements.flatMap(({ reference }) => reference ?? []));
  const debits = await findSentDebits(database, connectorId, references);
  const abouts = [...file.answers.map(({ about }) => about), ...file.receipts];
  const resolved = await resolve(database, connectorId, abouts);
  const answers = readAnswers(file.answers, resolved, idOf);
  const pending = [
    ...resolved.slice(file.answers.length).flatMap(({ references: received }) => received),
    ...answers.filter(({ event }) => event === 'ACCEPTED' || event === 'TRACKING').map(({ reference }) => reference),
  ];
  const deposits: BankDeposit[] = [];
  const settlements: BankSettlement[] = [];
  const unexplained: string[] = [];
  for (const [at, entry] of file.entries.entries()) {
    for (const [nth, movement] of entry.movements.entries()) {
      const id = idOf(at, nth);
      const debit = movement.reference === null ? undefined : debits.get(movement.reference);
      if (debit && movement.amountCents === debit.amountCents)
        answers.push(answerOf(id, entry, movement, movement.reference ?? ''));
      else if (!debit && movement.isCredit && !movement.isReversal) deposits.push(depositOf(id, entry, movement));
      else unexplained.push(id);
    }
    if (entry.movements.length === 0) unexplained.push(idOf(at));
    settlements.push(...settlementsOf(entry, debits, (methodId) => idOf(at, methodId)));
  }
  return { answers, deposits, settlements, unexplained, pending };
}

/**
 * Returns the answers by reference: those about a file are about each reference in it that the message does not name, those about a
 * contract about its request.
 */
function readAnswers(
  answers: readonly FileAnswer[],
  resolved: readonly Resolved[],
  idOf: (...parts: readonly (string | number)[]) => string,
): BankAnswer[] {
  const named = new Set(answers.flatMap(({ about }) => ('reference' in about ? about.reference : [])));
  return answers.flatMap(({ about, ...answer }, at): BankAnswer[] => {
    const { references = [], isMandates = false } = resolved[at] ?? {};
    const isWhole = !('reference' in about) && !('contractReference' in about);
    const event = isWhole && isMandates ? mandateEventOf(answer.event) : answer.event;
    if (event === null) return [];
    const asked = isWhole ? references.filter((reference) => !named.has(reference)) : references;
    return asked.map((reference) => ({ ...answer, event, reference, id: isWhole ? idOf(at, reference) : idOf(at) }));
  });
}

/** A file of mandate requests that the bank does not take is declined by it; that it was accepted says nothing of the mandates. */
function mandateEventOf(event: FileAnswer['event']): FileAnswer['event'] | null {
  return event === 'REJECTED' || event === 'UNPAID' ? 'DECLINED' : null;
}

/** References that an answer or a receipt is about. */
interface Resolved {
  readonly references: readonly string[];
  /** Whether they are of requests about mandates, in a file. */
  readonly isMandates?: boolean;
}

/** Returns the references that answers or receipts are about, in their order. */
async function resolve(
  database: Queryable,
  connectorId: string,
  abouts: ReadonlyArray<FileAnswer['about']>,
): Promise<Resolved[]> {
  const contracts = abouts.flatMap((about) => ('contractReference' in about ? [about] : []));
  const requests = await findRequestsOfContracts(database, connectorId, contracts);
  const byContract = new Map(contracts.map((about, at) => [about, requests[at] ?? null]));
  const fileIds = abouts.flatMap((about) => ('contractReference' in about || 'reference' in about ? [] : about.fileId));
  const files = await findReferencesOfFiles(database, connectorId, fileIds);
  return abouts.map((about) => {
    if ('reference' in about) return { references: [about.reference] };
    if ('contractReference' in about) return { references: [byContract.get(about) ?? about.contractReference] };
    return files.get(about.fileId) ?? { references: [] };
  });
}

function answerOf(id: string, entry: Entry, movement: Movement, reference: string): BankAnswer {
  const { code, providerReference } = movement;
  const event = eventOf(movement);
  const occurredAt = timeOf(event, entry);
  return { id, reference, event, code, providerReference, authenticationReference: null, occurredAt };
}

function depositOf(id: string, { accountNumber, bookedAt }: Entry, movement: Movement): BankDeposit {
  const { remittance, reference, amountCents } = movement;
  return { id, accountNumber, eftReference: remittance ?? reference ?? '', amountCents, receivedAt: bookedAt };
}

/** Returns the settlements in an entry: one for each merchant and payment method whose debits it has. */
function settlementsOf(
  entry: Entry,
  debits: ReadonlyMap<string, SentDebit>,
  idOf: (methodId: string) => string,
): BankSettlement[] {
  const known = entry.movements.flatMap((movement) => {
    const debit = movement.reference === null ? undefined : debits.get(movement.reference);
    return debit ? [{ movement, ...debit, reference: movement.reference ?? '' }] : [];
  });
  const groups = groupBy(known, ({ merchantId, paymentMethodId }) => `${merchantId} ${paymentMethodId}`);
  return [...groups.values()].flatMap((group, at): BankSettlement[] => {
    const [first] = group;
    if (!first) return [];
    const { merchantId, paymentMethodId } = first;
    const entries = group.map(({ reference, movement }) => {
      const amountCents = (movement.isCredit ? 1 : -1) * movement.amountCents;
      return { reference, amountCents, feeCents: movement.feeCents };
    });
    const grossCents = entries.reduce((sum, { amountCents }) => sum + amountCents, 0);
    // Fees of the entry as a whole are told with its first settlement.
    const feesCents = entries.reduce((sum, { feeCents }) => sum + feeCents, at === 0 ? entry.feeCents : 0);
    const netCents = grossCents - feesCents;
    const { bookedOn: paidOn, reference } = entry;
    const id = idOf(paymentMethodId);
    return [{ id, merchantId, paymentMethodId, paidOn, reference, grossCents, feesCents, netCents, entries }];
  });
}
