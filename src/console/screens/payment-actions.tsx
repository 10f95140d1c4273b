import { useState } from 'preact/hooks';
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
import type { Session } from '../session.ts';

const SetStatus = operation<SetPaymentMutation, SetPaymentMutationVariables>(/* GraphQL */ `
  mutation SetPayment($id: ID!, $status: PaymentStatus!, $key: String!) {
    setPaymentStatus(input: { ids: [$id], status: $status, idempotencyKey: $key }) {
      results { outcome errors { message } }
    }
  }
`);

const Retry = operation<RetryPaymentMutation, RetryPaymentMutationVariables>(/* GraphQL */ `
  mutation RetryPayment($id: ID!, $key: String!) {
    retryPayments(input: { ids: [$id], idempotencyKey: $key }) {
      results { outcome errors { message } collection { actionDate } }
    }
  }
`);

type PaymentData = NonNullable<PaymentPageQuery['payment']>;
type Action = PaymentData['availableActions'][number]['action'];

const TARGETS: Partial<Record<Action, PaymentStatus>> = {
  PAUSE: 'PAUSED',
  RUN: 'RUNNING',
  STOP: 'STOPPED',
  CANCEL: 'CANCELLED',
};

/** What can be done with a payment. Actions that are not allowed say why; one that changes money is confirmed first. */
export function PaymentActions({ session, payment }: { session: Session; payment: PaymentData }) {
  const [asked, setAsked] = useState<Action | null>(null);
  const [message, setMessage] = useState<string | null>(null);
  if (!session.can('WRITE')) return null;
  const shown = payment.availableActions.filter(({ action }) => action in TARGETS || action === 'RETRY');
  const run = async (action: Action): Promise<void> => {
    setAsked(null);
    setMessage(await outcomeOf(session, payment.id, action));
    session.live.refresh();
  };
  return (
    <section class="actions" aria-label="Actions">
      {shown.map(({ action, allowed, reason }) => (
        <span key={action}>
          <button type="button" disabled={!allowed} onClick={() => setAsked(action)}>
            {words(action)}
          </button>
          {!allowed && reason && <span class="quiet"> {reason}</span>}
        </span>
      ))}
      {asked && (
        <p>
          {words(asked)} this payment?{' '}
          <button type="button" onClick={() => run(asked)}>
            Yes
          </button>{' '}
          <button type="button" onClick={() => setAsked(null)}>
            No
          </button>
        </p>
      )}
      <output>{message}</output>
    </section>
  );
}

/** Does it, and returns for people what became of it. */
async function outcomeOf(session: Session, id: string, action: Action): Promise<string> {
  const key = `console-${crypto.randomUUID()}`;
  const status = TARGETS[action];
  try {
    const results = status
      ? (await session.send(SetStatus, { id, status, key })).setPaymentStatus.results
      : (await session.send(Retry, { id, key })).retryPayments.results;
    return results.flatMap(({ errors }) => errors.map(({ message }) => message)).join(' ') || `${words(action)}: done.`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
