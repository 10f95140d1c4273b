import { NAMED_IDS_MAX, nameIds } from '../../domain/batch.ts';
import { NOTHING_AFFECTED } from '../../domain/customer/change-rules.ts';
import { stateConflict } from '../../domain/errors.ts';
import type { Findings } from '../../domain/findings.ts';
import { type MandateAction, type MandateTies, reasonAgainst } from '../../domain/mandate/actions.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { allowedMandateStatuses } from '../../domain/mandate/state-machine.ts';
import type { SubmitPaymentRecord } from '../../domain/submit/record.ts';
import type { SubmitContext } from '../../domain/submit/submit-context.ts';
import { findConvertedMandates, findMandateParties, lockMandates } from '../../store/mandates/mandates.ts';
import { findRunningPayments } from '../../store/payments/running-payments.ts';
import { lockSubmitContext } from '../../store/payments/submit-context.ts';
import type { WriteContext } from '../../store/write-context.ts';

/**
 * Locks and returns the customers, bank accounts and methods of mandates, and of `records` if given. They are locked
 * before the mandates, in the order of a submission; the parties of a mandate never change.
 */
export async function findPartiesOf(
  { tx, merchantId, occurredAt }: WriteContext,
  mandateIds: readonly string[],
  records: readonly SubmitPaymentRecord[] = [],
): Promise<SubmitContext> {
  const parties = await findMandateParties(tx, merchantId, mandateIds);
  return lockSubmitContext(tx, merchantId, occurredAt, [...parties, ...records]);
}

/** Locks mandates and reads what actions on them depend on, in a fixed number of statements. */
export async function lockMandateContext({ tx, merchantId }: WriteContext, ids: readonly string[]) {
  const mandates = await lockMandates(tx, merchantId, ids);
  const running = await findRunningPayments(tx, merchantId, 'mandate_id', ids, NAMED_IDS_MAX + 1);
  const converted = await findConvertedMandates(tx, merchantId, ids);
  const paymentIdsOf = (id: string): string[] => (running.get(id) ?? []).map((payment) => payment.id);
  return {
    mandates,
    converted,
    tiesOf: (id: string): MandateTies => ({
      hasRunningPayments: paymentIdsOf(id).length > 0,
      isConverted: converted.has(id),
    }),
    paymentIdsOf,
    /** Returns the running payments that a change of the mandate affects. */
    affectedBy: (id: string) => {
      const { ids: paymentIds, truncated } = nameIds(paymentIdsOf(id));
      return { ...NOTHING_AFFECTED, paymentIds, truncated };
    },
  };
}
/** Locked mandates and what actions on them depend on. */
export type MandateContext = Awaited<ReturnType<typeof lockMandateContext>>;

/**
 * Returns whether an action on a mandate is possible now. If not, adds an error with the reason that `availableActions`
 * gives and the blocking objects.
 */
export function checkAction(
  action: MandateAction,
  mandate: KnownMandate,
  loaded: MandateContext,
  now: Date,
  findings: Findings,
): boolean {
  const { path, errors } = findings;
  const ties = loaded.tiesOf(mandate.id);
  const message = reasonAgainst(action, mandate, ties, now);
  if (message === null) return true;
  const convertedTo = loaded.converted.get(mandate.id);
  const isHeld = reasonAgainst(action, mandate, { ...ties, hasRunningPayments: false }, now) === null;
  errors.push(
    stateConflict(path, {
      message,
      currentStatus: mandate.status,
      allowedTransitions: allowedMandateStatuses(mandate.methodType, mandate.status),
      blockedBy: [
        ...(isHeld ? nameIds(loaded.paymentIdsOf(mandate.id)).ids : []),
        ...(action === 'CONVERT' && convertedTo ? [convertedTo] : []),
      ],
    }),
  );
  return false;
}
