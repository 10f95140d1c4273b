import type { BankSettlement } from '../../bank/bank.ts';
import { settlementFault } from '../../domain/settlement.ts';
import { findConnectorsOfMethods } from '../../store/connectors/connectors.ts';
import { findSentDebits } from '../../store/connectors/find-contracts.ts';
import { findRecordedSettlements, insertSettlements } from '../../store/settlements.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { TakenEntry } from './taken.ts';

/**
 * Records settlements of a connector and matches their entries to the transactions that it sent. A settlement belongs to the connector
 * of its payment method, or to the one that sent any of its debits. One whose amounts do not add up is refused, so that what is recorded can be reconciled to the cent.
 */
export async function recordSettlements(
  context: WriteContext,
  connectorId: string,
  settlements: readonly BankSettlement[],
): Promise<ReadonlyMap<BankSettlement, TakenEntry>> {
  const { tx, merchantId } = context;
  const idOf = ({ id }: Pick<BankSettlement, 'id'>) => `${connectorId}:${id}`;
  const recorded = new Set(await findRecordedSettlements(tx, merchantId, settlements.map(idOf)));
  const methodIds = settlements.map(({ paymentMethodId }) => paymentMethodId);
  const connectors = await findConnectorsOfMethods(tx, merchantId, methodIds);
  const references = settlements.flatMap(({ entries }) => entries.map(({ reference }) => reference));
  const sent = await findSentDebits(tx, connectorId, references);
  const own = new Map([...sent].filter(([, debit]) => debit.merchantId === merchantId));
  const isOwn = ({ paymentMethodId, entries }: BankSettlement) =>
    connectors.get(paymentMethodId) === connectorId ||
    entries.some(({ reference }) => own.get(reference)?.paymentMethodId === paymentMethodId);
  const results = new Map<BankSettlement, TakenEntry>();
  const taken: BankSettlement[] = [];
  for (const settlement of settlements) {
    const { id } = settlement;
    const fault = settlementFault(settlement);
    if (!isOwn(settlement)) results.set(settlement, { id, result: 'UNKNOWN' });
    else if (fault !== null) results.set(settlement, { id, result: 'REFUSED', message: fault });
    else if (recorded.has(idOf(settlement))) results.set(settlement, { id, result: 'REPEATED' });
    else {
      recorded.add(idOf(settlement));
      taken.push(settlement);
      results.set(settlement, { id, result: 'TAKEN' });
    }
  }
  insertSettlements(
    tx,
    merchantId,
    taken.map(({ id, merchantId: _merchantId, entries, ...settlement }) => ({
      ...settlement,
      bankId: idOf({ id }),
      entries: entries.map((entry) => ({
        ...entry,
        transactionId: own.get(entry.reference)?.transactionId ?? null,
      })),
    })),
  );
  return results;
}
