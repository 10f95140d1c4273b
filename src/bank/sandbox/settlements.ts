import { addDays, type CivilDate, civilDateOf, instantAt } from '../../domain/dates.ts';
import { groupBy } from '../../domain/group-by.ts';
import { formatAmount } from '../../domain/money.ts';
import type { components } from '../http/generated/protocol.ts';
import type { Entry, Journal } from './journal.ts';

type Settlement = components['schemas']['Settlement'];

/** Fee for each debit that was paid, in cents. */
const FEE_CENTS = 250;
/** Answers after which the money of a debit is with the merchant, and those after which it is not. */
const PAYING: ReadonlySet<string> = new Set(['PAID', 'DISPUTE_WITHDRAWN']);
const TAKING_BACK: ReadonlySet<string> = new Set(['UNPAID', 'DISPUTED', 'REVERSED', 'CHARGEBACK', 'REFUNDED']);

interface Movement {
  readonly entry: Entry;
  readonly day: CivilDate;
  readonly amountCents: number;
  readonly feeCents: number;
}

/**
 * Returns the settlements that are due by an instant and were not told: one for each merchant, payment method and day whose
 * answers were told, on the morning after it.
 */
export function settlementsOf(journal: Journal, now: Date): Settlement[] {
  const movements = [...journal.entries()].flatMap((entry) => movementsOf(journal, entry));
  const groups = groupBy(movements, ({ entry, day }) => `${day}-${entry.methodId}`);
  return [...groups].flatMap(([id, group]): Settlement[] => {
    const [first] = group;
    if (!first || journal.isTold(id)) return [];
    const paidOn = addDays(first.day, 1);
    if (instantAt(paidOn, '06:00') > now) return [];
    const grossCents = group.reduce((sum, { amountCents }) => sum + amountCents, 0);
    const feesCents = group.reduce((sum, { feeCents }) => sum + feeCents, 0);
    return [
      {
        id,
        merchantId: first.entry.merchantId,
        paymentMethodId: first.entry.methodId,
        paidOn,
        reference: `PAYOUT ${first.day}`,
        gross: formatAmount(grossCents),
        fees: formatAmount(feesCents),
        net: formatAmount(grossCents - feesCents),
        transactions: group.map(({ entry, amountCents, feeCents }) => {
          return {
            reference: entry.received.reference,
            amount: formatAmount(amountCents),
            fee: formatAmount(feeCents),
          };
        }),
      },
    ];
  });
}

/** Returns the movements of money of a debit, by the answers that were told. */
function movementsOf(journal: Journal, entry: Entry): Movement[] {
  const { received, amountCents } = entry;
  let isPaid = false;
  return received.answers.flatMap(({ event, dueAt, messageId }): Movement[] => {
    if (!journal.isTold(messageId)) return [];
    const day = civilDateOf(dueAt);
    if (PAYING.has(event) && !isPaid) {
      isPaid = true;
      return [{ entry, day, amountCents, feeCents: FEE_CENTS }];
    }
    if (TAKING_BACK.has(event) && isPaid) {
      isPaid = false;
      return [{ entry, day, amountCents: -amountCents, feeCents: 0 }];
    }
    return [];
  });
}
