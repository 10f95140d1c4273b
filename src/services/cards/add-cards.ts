import { type CardRecord, type NewCard, parseCard } from '../../domain/card.ts';
import { checkOwner } from '../../domain/customer/owner.ts';
import { conclude } from '../../domain/decide-each.ts';
import { Findings } from '../../domain/findings.ts';
import { findTaken } from '../../domain/uniqueness.ts';
import { findCardsByToken, insertCards } from '../../store/cards.ts';
import { lockOwners } from '../../store/customers/customer-context.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';

/** A record of `addCards`. */
export type AddCardRecord = CardRecord & { readonly clientKey?: string | null | undefined };
/** Input of `addCards`. */
export interface AddCards extends BatchOptions {
  readonly records: readonly AddCardRecord[];
}

/**
 * Adds cards to customers by the token of the card provider. Atomicity follows `mode`; one result per record, in input
 * order. No warnings.
 */
export function addCards(app: App, caller: Caller, input: AddCards): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'addCards', field: 'records', args: {}, ...input } as const;
  return runBatch<AddCardRecord, NewCard & { customerId: string }>(app, caller, request, async (context, items) => {
    const customerIds = items.map(({ record }) => record.customerId);
    const owners = await lockOwners(context.tx, context.merchantId, customerIds);
    const known = await findCardsByToken(context.tx, context.merchantId, customerIds);
    const parsed = items.map(({ record, path }) => {
      const findings = new Findings(path);
      const card = parseCard(record, findings);
      checkOwner(owners.get(record.customerId), findings.at('customerId'));
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
      write: (cards) => insertCards(context, cards),
    };
  });
}
