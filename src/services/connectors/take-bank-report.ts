import type { BankAnswer, BankDeposit, BankReport, BankSettlement } from '../../bank/bank.ts';
import type { Cause } from '../../domain/event.ts';
import { groupBy } from '../../domain/group-by.ts';
import { present } from '../../domain/invariants.ts';
import { queryable } from '../../store/connection/database.ts';
import { setInstant, withMerchant } from '../../store/connection/merchant-transaction.ts';
import { findMerchantsOfReferences, findPayInMethods } from '../../store/connectors/find-merchants.ts';
import { findRecordedDeposits } from '../../store/deposits.ts';
import { lockDueWorkOf } from '../../store/merchants/merchants.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App } from '../app.ts';
import { noteQuarantined } from '../bank-answers/note-quarantined.ts';
import { receiveBankAnswers } from '../bank-answers/receive-bank-answers.ts';
import { receiveDeposits } from '../collections/receive-deposits.ts';
import { contextOf } from '../context-of.ts';
import { recordSettlements } from './record-settlements.ts';
import type { TakenEntry, TakenReport } from './taken.ts';

/** Number of entries that are taken in one transaction. */
const SLICE = 1_000;
/** How far ahead of a merchant's clock a bank may date an answer, in milliseconds. */
const AHEAD_MS_MAX = 24 * 60 * 60 * 1_000;

const BY_BANK: Cause = { actor: 'BANK', requestId: null, reasonCode: null, reason: null };

/**
 * Takes what the bank of a connector reports, in transactions for each merchant and kind of entry. A merchant is found by our
 * reference, or by the account that was credited, within the connector. Entries are taken once by the id of the bank, so a report
 * may be repeated as a whole after a failure.
 */
export async function takeBankReport(app: App, connectorId: string, report: BankReport): Promise<TakenReport> {
  return {
    answers: await takeAnswers(app, connectorId, report.answers),
    deposits: await takeDeposits(app, connectorId, report.deposits),
    settlements: await takeSettlements(app, connectorId, report.settlements),
  };
}

async function takeAnswers(app: App, connectorId: string, answers: readonly BankAnswer[]): Promise<TakenEntry[]> {
  const references = answers.map(({ reference }) => reference);
  const merchants = await findMerchantsOfReferences(queryable(app.database), connectorId, references);
  const idOf = (id: string) => `${connectorId}:${id}`;
  return eachMerchant(
    app,
    answers,
    ({ reference }) => merchants.get(reference) ?? null,
    async (context, own) => {
      const latest = new Date(context.occurredAt.getTime() + AHEAD_MS_MAX);
      const sound = own.filter(({ occurredAt }) => occurredAt <= latest);
      const messages = sound.map(({ id, ...answer }) => ({ ...answer, messageId: idOf(id) }));
      const { fresh, quarantined } = await receiveBankAnswers(context, messages);
      noteQuarantined(app, context, quarantined.size);
      const seen = new Set<string>();
      return ({ id, occurredAt }) => {
        if (occurredAt > latest) return { id, result: 'REFUSED', message: 'It is dated more than a day ahead.' };
        const isRepeated = !fresh.has(idOf(id)) || seen.has(id);
        seen.add(id);
        if (isRepeated) return { id, result: 'REPEATED' };
        return { id, result: quarantined.has(idOf(id)) ? 'QUARANTINED' : 'TAKEN' };
      };
    },
  );
}

async function takeDeposits(app: App, connectorId: string, deposits: readonly BankDeposit[]): Promise<TakenEntry[]> {
  const numberOf = ({ accountNumber }: BankDeposit) => accountNumber.replaceAll(/[\s-]/g, '').replace(/^0+/, '');
  const methods = await findPayInMethods(queryable(app.database), connectorId, deposits.map(numberOf));
  const idOf = ({ id }: BankDeposit) => `${connectorId}:${id}`;
  return eachMerchant(
    app,
    deposits,
    (deposit) => methods.get(numberOf(deposit))?.merchantId ?? null,
    async (context, own) => {
      const recorded = new Set(await findRecordedDeposits(context.tx, context.merchantId, own.map(idOf)));
      const fresh = new Set<BankDeposit>();
      for (const deposit of own) {
        if (!recorded.has(idOf(deposit))) fresh.add(deposit);
        recorded.add(idOf(deposit));
      }
      await receiveDeposits(
        context,
        [...fresh].map((deposit) => {
          const { eftReference, amountCents, receivedAt } = deposit;
          const { paymentMethodId } = present(methods.get(numberOf(deposit)), 'the method of a deposit');
          return { paymentMethodId, eftReference, amountCents, receivedAt, bankId: idOf(deposit) };
        }),
      );
      return (deposit) => ({ id: deposit.id, result: fresh.has(deposit) ? 'TAKEN' : 'REPEATED' });
    },
  );
}

function takeSettlements(app: App, connectorId: string, settlements: readonly BankSettlement[]): Promise<TakenEntry[]> {
  return eachMerchant(
    app,
    settlements,
    ({ merchantId }) => merchantId,
    async (context, own) => {
      const results = await recordSettlements(context, connectorId, own);
      return (settlement) => results.get(settlement) ?? { id: settlement.id, result: 'UNKNOWN' };
    },
  );
}

/**
 * Runs `take` for the entries of each merchant in a transaction of its own, at the time of the merchant's clock, while no due
 * work of the merchant runs. Returns what became of the entries in their order; those without a merchant are UNKNOWN.
 */
async function eachMerchant<Entry extends { readonly id: string }>(
  app: App,
  entries: readonly Entry[],
  merchantOf: (entry: Entry) => string | null,
  take: (context: WriteContext, entries: readonly Entry[]) => Promise<(entry: Entry) => TakenEntry>,
): Promise<TakenEntry[]> {
  const results = new Map<Entry, TakenEntry>();
  for (const [merchantId, all] of groupBy(entries, merchantOf)) {
    if (merchantId === null) continue;
    for (let at = 0; at < all.length; at += SLICE) await takeSlice(merchantId, all.slice(at, at + SLICE));
  }
  return entries.map((entry) => results.get(entry) ?? { id: entry.id, result: 'UNKNOWN' });

  function takeSlice(merchantId: string, own: readonly Entry[]): Promise<void> {
    return withMerchant(app.database, merchantId, async (tx) => {
      if (!(await lockDueWorkOf(tx, merchantId, 'WAIT'))) return;
      const now = await app.clock.now(tx, merchantId);
      setInstant(tx, now);
      const context = contextOf(app, tx, { merchantId, occurredAt: now, cause: BY_BANK, clientId: null });
      const resultOf = await take(context, own);
      for (const entry of own) results.set(entry, resultOf(entry));
      tx.onCommit(app.onEvents);
    });
  }
}
