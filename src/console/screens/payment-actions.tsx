import { words } from '../format.ts';
import type {
  PaymentPageQuery,
  PaymentStatus,
  RetryPaymentMutation,
  RetryPaymentMutationVariables,
  SetPaymentMutation,
  SetPaymentMutationVariables,
} from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { type Action, outcomeOf } from '../parts/actions.tsx';
import type { Session } from '../session.ts';

const SetStatus = operation<SetPaymentMutation, SetPaymentMutationVariables>(/* GraphQL */ `
  mutation SetPayment($id: ID!, $status: PaymentStatus!, $key: String!) {
    setPaymentStatus(input: { ids: [$id], status: $status, idempotencyKey: $key }) {
      results { errors { message } }
    }
  }
`);

const Retry = operation<RetryPaymentMutation, RetryPaymentMutationVariables>(/* GraphQL */ `
  mutation RetryPayment($id: ID!, $key: String!) {
    retryPayments(input: { ids: [$id], idempotencyKey: $key }) {
      results { errors { message } }
    }
  }
`);

type PaymentData = NonNullable<PaymentPageQuery['payment']>;
type Name = PaymentData['availableActions'][number]['action'];

const TARGETS: Partial<Record<Name, PaymentStatus>> = {
  PAUSE: 'PAUSED',
  RUN: 'RUNNING',
  STOP: 'STOPPED',
  CANCEL: 'CANCELLED',
};

/** What the user may do with a payment. */
export function actionsOf(session: Session, { id, availableActions }: PaymentData): Action[] {
  return availableActions.flatMap(({ action, allowed, reason }) => {
    const run = runOf(session, id, action);
    return run ? [{ title: words(action), reason: allowed ? null : (reason ?? 'Not now.'), run }] : [];
  });
}

/** How an action is done; null when this key may not do it, or it is none of one click. */
function runOf(session: Session, id: string, action: Name): Action['run'] | null {
  const status = TARGETS[action];
  if (status && session.can('WRITE'))
    return async (key) => outcomeOf((await session.send(SetStatus, { id, status, key })).setPaymentStatus.results);
  if (action === 'RETRY' && session.can('PAYMENTS_SUBMIT'))
    return async (key) => outcomeOf((await session.send(Retry, { id, key })).retryPayments.results);
  return null;
}
