import { MANDATE_CODES, NO_REPLY } from '../../domain/mandate/reason-codes.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { settleAmendments } from './amend-mandates.ts';
import { lockSubjects } from './mandate-jobs.ts';
import { moveMandates } from './move-mandates.ts';

const SILENCE = { code: NO_REPLY, reason: MANDATE_CODES[NO_REPLY] ?? null };

/** Due job: expires mandates whose approval window closed without an answer. */
export async function expireMandates(context: WriteContext, work: readonly DueWork[]): Promise<void> {
  const mandates = await lockSubjects(context, 'EXPIRE_MANDATE', work);
  const facts = { at: context.occurredAt, ...SILENCE };
  const cause = { ...context.cause, reasonCode: SILENCE.code, reason: SILENCE.reason };
  await moveMandates(
    context,
    mandates.map((mandate) => ({ mandate, event: 'EXPIRE', facts, cause })),
  );
}

/** Due job: expires amendments that were not approved in time; the current terms stay. */
export async function expireAmendments(context: WriteContext, work: readonly DueWork[]): Promise<void> {
  const mandates = await lockSubjects(context, 'EXPIRE_AMENDMENT', work);
  const facts = { at: context.occurredAt, ...SILENCE };
  await settleAmendments(
    context,
    mandates.map((mandate) => ({ mandate, event: 'EXPIRE', facts })),
  );
}
