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
      results { errors { message } collection { actionDate amount } }
    }
  }
`);

const SetSelected = operation<SetSelectedMutation, SetSelectedMutationVariables>(/* GraphQL */ `
  mutation SetSelected($ids: [ID!]!, $status: PaymentStatus!, $dryRun: Boolean!, $key: String) {
    setPaymentStatus(input: { ids: $ids, status: $status, mode: PARTIAL, dryRun: $dryRun, idempotencyKey: $key }) {
      results { errors { message } collection { actionDate amount } }
    }
  }
`);

type Results = RetrySelectedMutation['retryPayments']['results'];

/** A payment to act on, with the day of its retry if one is chosen. */
interface Target {
  readonly id: string;
  readonly reference: string;
  readonly on?: string;
}

/** What was previewed, or done: a status to set, or retries; sent once, by its key. */
interface Plan {
  readonly title: string;
  /** null for retries. */
  readonly status: PaymentStatus | null;
  readonly targets: readonly Target[];
  readonly key: string;
  readonly results: Results;
  readonly isDone: boolean;
}

/**
 * Retries, pauses or cancels payments: first what would happen to each, then, if confirmed, what happened. Confirmed is what
 * was previewed: the payments that were not refused, each retried on the day that was shown.
 */
export function ManyPayments({
  session,
  selected,
  onDone,
}: {
  session: Session;
  /** References by id. */
  selected: ReadonlyMap<string, string>;
  onDone: () => void;
}) {
  const [on, setOn] = useState('');
  const [plan, setPlan] = useState<Plan | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const send = async (asked: Plan, dryRun: boolean): Promise<void> => {
    setError(null);
    setIsBusy(true);
    try {
      setPlan({ ...asked, results: await resultsOf(session, asked, dryRun), isDone: !dryRun });
      if (!dryRun) session.live.refresh();
    } catch (failure) {
      setError(textOf(failure));
    }
    setIsBusy(false);
  };
  const preview = (title: string, status: PaymentStatus | null): Promise<void> => {
    const targets = [...selected].map(([id, reference]) => ({ id, reference, ...(on && !status ? { on } : {}) }));
    return send({ title, status, targets, key: newKey(), results: [], isDone: false }, true);
  };
  const close = (): void => {
    setPlan(null);
    setError(null);
    if (plan?.isDone) onDone();
  };
  const { size } = selected;
  const isDisabled = size === 0 || isBusy;
  return (
    <>
      {plan ? (
        <PlanTable plan={plan} isBusy={isBusy} onConfirm={() => send(confirmed(plan), false)} onClose={close} />
      ) : (
        <div class="actions">
          {session.can('PAYMENTS_SUBMIT') && (
            <>
              <label>
                Retry on <input type="date" value={on} onInput={(event) => setOn(event.currentTarget.value)} />
              </label>
              <button type="button" disabled={isDisabled} onClick={() => preview('Retry', null)}>
                Preview retry of {size}
              </button>
              <span class="quiet">Without a day, each is retried on the next possible one.</span>
            </>
          )}
          {session.can('WRITE') && (
            <>
              <button type="button" disabled={isDisabled} onClick={() => preview('Pause', 'PAUSED')}>
                Preview pause of {size}
              </button>
              <button type="button" disabled={isDisabled} onClick={() => preview('Cancel', 'CANCELLED')}>
                Preview cancellation of {size}
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

/** The part of a plan that its preview did not refuse. The same again when it is confirmed again after a lost answer. */
function confirmed(plan: Plan): Plan {
  const targets = plan.targets.flatMap(({ id, reference }, index) => {
    const { errors = [], collection = null } = plan.results[index] ?? {};
    if (errors.length > 0) return [];
    return { id, reference, ...(collection && !plan.status ? { on: collection.actionDate } : {}) };
  });
  return { ...plan, targets };
}

async function resultsOf(session: Session, { status, targets, key: own }: Plan, dryRun: boolean): Promise<Results> {
  const key = dryRun ? null : own;
  if (status) {
    const ids = targets.map(({ id }) => id);
    return (await session.send(SetSelected, { ids, status, dryRun, key })).setPaymentStatus.results;
  }
  const records = targets.map(({ id, on }) => ({ id, ...(on ? { on } : {}) }));
  return (await session.send(RetrySelected, { records, dryRun, key })).retryPayments.results;
}

function PlanTable({
  plan: { title, targets, results, isDone },
  isBusy,
  onConfirm,
  onClose,
}: {
  plan: Plan;
  isBusy: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const rows = results.map((result, index) => ({ ...result, target: targets[index] }));
  const possible = rows.filter(({ errors }) => errors.length === 0).length;
  return (
    <div>
      <Table
        label={isDone ? 'What happened' : 'What would happen'}
        rows={rows}
        keyOf={({ target }) => target?.id ?? ''}
        columns={[
          { title: 'Payment', cell: ({ target }) => target?.reference },
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
          <button type="button" disabled={possible === 0 || isBusy} onClick={onConfirm}>
            {title} {possible} now
          </button>
        )}
        <button type="button" disabled={isBusy} onClick={onClose}>
          {isDone ? 'Close' : 'Back'}
        </button>
      </div>
    </div>
  );
}
