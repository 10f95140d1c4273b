import type { BankAnswer, BankDeposit, BankReport, BankSettlement } from '../../bank/bank.ts';
import type { Entry, FileAnswer, FileMessage, Movement } from '../../bank/iso20022/message.ts';
import { eventOf } from '../../bank/iso20022/movement-events.ts';
import { groupBy } from '../../domain/group-by.ts';
import type { Queryable } from '../../store/connection/database.ts';
import { findReferencesOfFiles } from '../../store/connectors/bank-files.ts';
import {
  findDebitsOfReferences,
  findRequestsOfContracts,
  type SettledDebit,
} from '../../store/connectors/find-contracts.ts';
import { findMerchantsOfReferences } from '../../store/connectors/find-merchants.ts';

/**
 * Returns what a file of a bank reports about what the connector sent. Its ids come from the message, so that a file may be taken
 * again after a failure. A movement that names a debit of ours is an answer and part of a settlement; another credit is a deposit.
 */
export async function reportOf(database: Queryable, connectorId: string, file: FileMessage): Promise<BankReport> {
  const idOf = (...parts: readonly (string | number)[]) => [file.message, file.messageId, ...parts].join(':');
  const references = file.entries.flatMap(({ movements }) => movements.flatMap(({ reference }) => reference ?? []));
  const debits = await findDebitsOfReferences(database, connectorId, references);
  const answers: BankAnswer[] = await readAnswers(database, connectorId, file.answers, idOf);
  const deposits: BankDeposit[] = [];
  const settlements: BankSettlement[] = [];
  for (const [at, entry] of file.entries.entries()) {
    for (const [nth, movement] of entry.movements.entries()) {
      const id = idOf(at, nth);
      if (movement.reference !== null && debits.has(movement.reference))
        answers.push(answerOf(id, entry, movement, movement.reference));
      else if (movement.isCredit) deposits.push(depositOf(id, entry, movement));
    }
    settlements.push(...settlementsOf(entry, debits, (methodId) => idOf(at, methodId)));
  }
  return { answers, deposits, settlements };
}

/** Returns the answers by reference: those about a file are about each reference in it, those about a contract about its request. */
async function readAnswers(
  database: Queryable,
  connectorId: string,
  answers: readonly FileAnswer[],
  idOf: (...parts: readonly (string | number)[]) => string,
): Promise<BankAnswer[]> {
  const fileIds = answers.flatMap(({ about }) => ('fileId' in about ? about.fileId : []));
  const named = answers.flatMap(({ about }) => ('reference' in about ? about.reference : []));
  const known = await findMerchantsOfReferences(database, connectorId, named);
  const contracts = await findRequestsOfContracts(
    database,
    connectorId,
    named.filter((reference) => !known.has(reference)),
  );
  const files = await findReferencesOfFiles(database, connectorId, fileIds);
  return answers.flatMap(({ about, ...answer }, at): BankAnswer[] => {
    if ('fileId' in about)
      return (files.get(about.fileId) ?? []).map((reference) => ({ ...answer, reference, id: idOf(at, reference) }));
    return [{ ...answer, reference: contracts.get(about.reference) ?? about.reference, id: idOf(at) }];
  });
}

function answerOf(id: string, { bookedAt }: Entry, movement: Movement, reference: string): BankAnswer {
  const { code, providerReference } = movement;
  const event = eventOf(movement);
  return { id, reference, event, code, providerReference, authenticationReference: null, occurredAt: bookedAt };
}

function depositOf(id: string, { accountNumber, bookedAt }: Entry, movement: Movement): BankDeposit {
  const { remittance, reference, amountCents } = movement;
  return { id, accountNumber, eftReference: remittance ?? reference ?? '', amountCents, receivedAt: bookedAt };
}

/** Returns the settlements in an entry: one for each merchant and payment method whose debits it has. */
function settlementsOf(
  entry: Entry,
  debits: ReadonlyMap<string, SettledDebit>,
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
