import { words } from '../format.ts';
import type {
  CancelMandateMutation,
  CancelMandateMutationVariables,
  MandatePageQuery,
  MandateStatus,
  ResubmitMandateMutation,
  ResubmitMandateMutationVariables,
  SetMandateMutation,
  SetMandateMutationVariables,
  WithdrawAmendmentMutation,
  WithdrawAmendmentMutationVariables,
} from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { type Action, outcomeOf } from '../parts/actions.tsx';
import type { Session } from '../session.ts';

const Resubmit = operation<ResubmitMandateMutation, ResubmitMandateMutationVariables>(/* GraphQL */ `
  mutation ResubmitMandate($id: ID!, $key: String!) {
    resubmitMandates(input: { ids: [$id], idempotencyKey: $key }) { results { errors { message } } }
  }
`);

const Cancel = operation<CancelMandateMutation, CancelMandateMutationVariables>(/* GraphQL */ `
  mutation CancelMandate($id: ID!, $key: String!) {
    cancelMandates(input: { ids: [$id], idempotencyKey: $key }) { results { errors { message } } }
  }
`);

const SetStatus = operation<SetMandateMutation, SetMandateMutationVariables>(/* GraphQL */ `
  mutation SetMandate($id: ID!, $status: MandateStatus!, $key: String!) {
    setMandateStatus(input: { ids: [$id], status: $status, idempotencyKey: $key }) { results { errors { message } } }
  }
`);

const WithdrawAmendment = operation<WithdrawAmendmentMutation, WithdrawAmendmentMutationVariables>(/* GraphQL */ `
  mutation WithdrawAmendment($id: ID!, $key: String!) {
    withdrawAmendments(input: { ids: [$id], idempotencyKey: $key }) { results { errors { message } } }
  }
`);

type MandateData = NonNullable<MandatePageQuery['mandate']>;
type Name = MandateData['availableActions'][number]['action'];

const TARGETS: Partial<Record<Name, MandateStatus>> = { DISABLE: 'DISABLED', ENABLE: 'ACTIVE', ARCHIVE: 'ARCHIVED' };

/** What the user may do with a mandate. */
export function actionsOf(session: Session, { id, availableActions }: MandateData): Action[] {
  if (!session.can('WRITE')) return [];
  return availableActions.flatMap(({ action, allowed, reason }) => {
    const run = runOf(session, id, action);
    return run ? [{ title: words(action), reason: allowed ? null : (reason ?? 'Not now.'), run }] : [];
  });
}

/** How an action is done; null when it takes more than one click. */
function runOf(session: Session, id: string, action: Name): Action['run'] | null {
  const status = TARGETS[action];
  if (status)
    return async (key) => outcomeOf((await session.send(SetStatus, { id, status, key })).setMandateStatus.results);
  if (action === 'RESUBMIT')
    return async (key) => outcomeOf((await session.send(Resubmit, { id, key })).resubmitMandates.results);
  if (action === 'CANCEL')
    return async (key) => outcomeOf((await session.send(Cancel, { id, key })).cancelMandates.results);
  if (action === 'WITHDRAW_AMENDMENT')
    return async (key) => outcomeOf((await session.send(WithdrawAmendment, { id, key })).withdrawAmendments.results);
  return null;
}
