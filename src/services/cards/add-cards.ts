import { type CardRecord, type NewCard, parseCard } from '../../domain/card.ts';
import { checkOwner } from '../../domain/customer/owner.ts';
import { conclude, decideEach, type Target } from '../../domain/decide-each.ts';
import { findTaken } from '../../domain/uniqueness.ts';
import { noFindings } from '../../domain/warnings.ts';
import {
  findCardsByToken,
  findCardsForUpdate,
  insertCards,
  type KnownCard,
  markCardsRemoved,
} from '../../store/cards.ts';
import { findOwners } from '../../store/customers/customer-context.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';

export type AddCardRecord = CardRecord & { readonly clientKey?: string | null | undefined };
export interface AddCards extends BatchOptions {
  readonly records: readonly AddCardRecord[];
}

/** Adds cards to customers, by the token of the card provider. */
export function addCards(app: App, caller: Caller, input: AddCards): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'addCards', field: 'records', args: {}, ...input } as const;
  return runBatch<AddCardRecord, NewCard & { customerId: string }>(app, caller, request, async (change, items) => {
    const customerIds = items.map(({ record }) => record.customerId);
    const owners = await findOwners(change.tx, change.merchantId, customerIds);
    const known = await findCardsByToken(change.tx, change.merchantId, customerIds);
    const parsed = items.map(({ record, path }) => {
      const findings = noFindings();
      const card = parseCard(record, path, findings.errors);
      checkOwner(owners.get(record.customerId), [...path, 'customerId'], findings.errors);
      return { card, findings, path, customerId: record.customerId };
    });
    const taken = findTaken(
      parsed.map(({ card, path, customerId }) => ({
        value: card && `${customerId} ${card.token}`,
        path: [...path, 'token'],
      })),
      known,
    );
    return {
      decisions: parsed.map(({ card, findings, customerId }, index) => {
        findings.errors.push(...(taken[index] ?? []));
        return conclude(card && { plan: { ...card, customerId }, outcome: 'CREATED' }, null, findings);
      }),
      write: (cards) => insertCards(change, cards),
    };
  });
}

/** Removes cards. What was paid with them keeps naming them. */
export function removeCards(app: App, caller: Caller, input: Selection): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'removeCards', args: {}, ...input };
  return runBatch<Target, KnownCard>(app, caller, request, async (change, items) => {
    const ids = items.map(({ record }) => record.id);
    const cards = await findCardsForUpdate(change.tx, change.merchantId, ids);
    return {
      decisions: decideEach(items, cards, 'card', (card) => ({
        plan: card,
        outcome: card.status === 'REMOVED' ? 'UNCHANGED' : 'UPDATED',
      })),
      write: async (plans) => {
        await markCardsRemoved(change, plans);
        return plans.map(({ id }) => id);
      },
    };
  });
}
