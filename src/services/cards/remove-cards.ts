import { decideEach, type Target } from '../../domain/decide-each.ts';
import { type KnownCard, lockCards, markCardsRemoved } from '../../store/cards.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';

/**
 * Removes cards; existing payments keep their reference to the card. Atomicity follows `mode`; one result per record,
 * in input order: UNCHANGED for a card that is already removed. No warnings.
 */
export function removeCards(app: App, caller: Caller, input: Selection): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'removeCards', args: {}, ...input };
  return runBatch<Target, KnownCard>(app, caller, request, async (context, items) => {
    const ids = items.map(({ record }) => record.id);
    const cards = await lockCards(context.tx, context.merchantId, ids);
    return {
      decisions: decideEach(items, cards, 'card', (card) => ({
        plan: card,
        outcome: card.status === 'REMOVED' ? 'UNCHANGED' : 'UPDATED',
      })),
      write: async (plans) => {
        markCardsRemoved(context, plans);
        return plans.map(({ id }) => id);
      },
    };
  });
}
