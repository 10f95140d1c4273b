import { markOf, type Withdrawal, withdrawalIn, withdrawalOf } from '../../domain/mandate/authority.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { updateMandates } from '../../store/mandates/mandates.ts';
import { findReturnedDebits } from '../../store/transactions/collected.ts';
import type { WriteContext } from '../../store/write-context.ts';

/**
 * Marks locked mandates whose returned debits withdraw the authority, and clears the mark when they no longer do, for
 * example after a withdrawn dispute. Writes one event per changed mandate. Returns the new withdrawals by mandate id.
 */
export async function markAuthority(
  context: WriteContext,
  mandates: ReadonlyMap<string, KnownMandate>,
): Promise<ReadonlyMap<string, Withdrawal>> {
  if (mandates.size === 0) return new Map();
  const returned = await findReturnedDebits(context.tx, context.merchantId, [...mandates.keys()]);
  const judged = [...mandates.values()].map((before) => {
    return { before, withdrawal: withdrawalOf(before.methodType, returned.get(before.id) ?? []) };
  });
  const changed = judged.filter(({ before, withdrawal }) => (withdrawalIn(before) === null) !== (withdrawal === null));
  updateMandates(
    context,
    changed.map(({ before, withdrawal }) => ({
      before,
      after: { ...before, ...markOf(withdrawal) },
      cause: { ...context.cause, reasonCode: withdrawal?.code ?? null, reason: withdrawal?.reason ?? null },
    })),
  );
  return new Map(changed.flatMap(({ before, withdrawal }) => (withdrawal ? [[before.id, withdrawal]] : [])));
}
