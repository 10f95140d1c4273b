import { useState } from 'preact/hooks';
import { day, money } from '../format.ts';
import type {
  PaymentStatus,
  RetrySelectedMutation,
  RetrySelectedMutationVariables,
  SetSelectedMutation,
  SetSelectedMutationVariables,
} from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { newKey } from '../parts/actions.tsx';
import { Table } from '../parts/table.tsx';
import type { Session } from '../session.ts';
import { textOf } from '../use-query.ts';

const RetrySelected = operation<RetrySelectedMutation, RetrySelectedMutationVariables>(/* GraphQL */ `
  mutation RetrySelected($records: [RetryPaymentInput!]!, $dryRun: Boolean!, $key: String) {
    retryPayments(input: { records: $records, mode: PARTIAL, dryRun: $dryRun, idempotencyKey: $key }) {
      results { errors { message } collection { actionDate amount } payment { transactionReference } }
    }
  }
`);

const SetSelected = operation<SetSelectedMutation, SetSelectedMutationVariables>(/* GraphQL */ `
  mutation SetSelected($ids: [ID!]!, $status: PaymentStatus!, $dryRun: Boolean!, $key: String) {
    setPaymentStatus(input: { ids: $ids, status: $status, mode: PARTIAL, dryRun: $dryRun, idempotencyKey: $key }) {
      results { errors { message } collection { actionDate amount } payment { transactionReference } }
    }
  }
`);

type Results = RetrySelectedMutation['retryPayments']['results'];

/** What was previewed: exactly this is sent, once, by its key. */
interface Planned {
  readonly title: string;
  readonly ids: readonly string[];
  readonly send: (dryRun: boolean) => Promise<Results>;
  readonly results: Results;
  readonly isDone: boolean;
}

/** Retries, pauses or cancels selected payments: first what would happen to each, then, if confirmed, what happened. */
export function ManyPayments({
  session,
  ids,
  onDone,
}: {
  session: Session;
  ids: readonly string[];
  onDone: () => void;
}) {
  const [on, setOn] = useState('');
  const [plan, setPlan] = useState<Planned | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const send = async (planned: Omit<Planned, 'results' | 'isDone'>, dryRun: boolean): Promise<void> => {
    setError(null);
    setIsBusy(true);
    try {
      setPlan({ ...planned, results: await planned.send(dryRun), isDone: !dryRun });
      if (!dryRun) session.live.refresh();
    } catch (failure) {
      setError(textOf(failure));
    }
    setIsBusy(false);
  };
  const close = (): void => {
    setPlan(null);
    setError(null);
    if (plan?.isDone) onDone();
  };
  const isDisabled = ids.length === 0 || isBusy;
  const set = (status: PaymentStatus, title: string): Promise<void> =>
    send({ title, ids, send: settingOf(session, ids, status) }, true);
  return (
    <>
      {plan ? (
        <Plan plan={plan} isBusy={isBusy} onConfirm={() => send(plan, false)} onClose={close} />
      ) : (
        <div class="actions">
          {session.can('PAYMENTS_SUBMIT') && (
            <>
              <label>
                Retry on <input type="date" value={on} onInput={(event) => setOn(event.currentTarget.value)} />
              </label>
              <button
                type="button"
                disabled={isDisabled}
                onClick={() => send({ title: 'Retry', ids, send: retryingOf(session, ids, on) }, true)}
              >
                Preview retry of {ids.length}
              </button>
              <span class="quiet">Without a day, each is retried on the next possible one.</span>
            </>
          )}
          {session.can('WRITE') && (
            <>
              <button type="button" disabled={isDisabled} onClick={() => set('PAUSED', 'Pause')}>
                Preview pause
              </button>
              <button type="button" disabled={isDisabled} onClick={() => set('CANCELLED', 'Cancel')}>
                Preview cancellation
              </button>
            </>
          )}
        </div>
      )}
      {error && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
    </>
  );
}

/** Retries payments on a day, or each on the next possible one. Done again after a lost answer, it is done once. */
function retryingOf(session: Session, ids: readonly string[], on: string): Planned['send'] {
  const records = ids.map((id) => ({ id, ...(on ? { on } : {}) }));
  const key = newKey();
  return async (dryRun) =>
    (await session.send(RetrySelected, { records, dryRun, key: dryRun ? null : key })).retryPayments.results;
}

/** Sets the status of payments. Done again after a lost answer, it is done once. */
function settingOf(session: Session, ids: readonly string[], status: PaymentStatus): Planned['send'] {
  const key = newKey();
  return async (dryRun) =>
    (await session.send(SetSelected, { ids: [...ids], status, dryRun, key: dryRun ? null : key })).setPaymentStatus
      .results;
}

function Plan({
  plan: { title, ids, results, isDone },
  isBusy,
  onConfirm,
  onClose,
}: {
  plan: Planned;
  isBusy: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const rows = results.map((result, index) => ({ ...result, id: ids[index] ?? String(index) }));
  const isPossible = rows.some(({ errors }) => errors.length === 0);
  return (
    <div>
      <Table
        label={isDone ? 'What happened' : 'What would happen'}
        rows={rows}
        keyOf={({ id }) => id}
        columns={[
          { title: 'Payment', cell: ({ payment, id }) => payment?.transactionReference ?? id },
          {
            title: isDone ? 'Result' : 'Would be',
            cell: ({ errors, collection: next }) =>
              errors.map(({ message }) => message).join(' ') ||
              (next ? `${money(next.amount)} on ${day(next.actionDate)}` : 'done'),
          },
        ]}
      />
      <div class="actions">
        {!isDone && (
          <button type="button" disabled={!isPossible || isBusy} onClick={onConfirm}>
            {title} now
          </button>
        )}
        <button type="button" disabled={isBusy} onClick={onClose}>
          {isDone ? 'Close' : 'Back'}
        </button>
      </div>
    </div>
  );
}
