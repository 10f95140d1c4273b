import { useState } from 'preact/hooks';
import { day, money } from '../format.ts';
import type { RetrySelectedMutation, RetrySelectedMutationVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { newKey } from '../parts/actions.tsx';
import { Table } from '../parts/table.tsx';
import type { Session } from '../session.ts';
import { textOf } from '../use-query.ts';

const RetrySelected = operation<RetrySelectedMutation, RetrySelectedMutationVariables>(/* GraphQL */ `
  mutation RetrySelected($records: [RetryPaymentInput!]!, $dryRun: Boolean!, $key: String) {
    retryPayments(input: { records: $records, mode: PARTIAL, dryRun: $dryRun, idempotencyKey: $key }) {
      results {
        outcome
        errors { message }
        collection { actionDate amount }
        payment { transactionReference }
      }
    }
  }
`);

type Results = RetrySelectedMutation['retryPayments']['results'];

/** Retries selected payments: first what would happen to each, then, if confirmed, what happened. */
export function Retry({ session, ids, onDone }: { session: Session; ids: readonly string[]; onDone: () => void }) {
  const [on, setOn] = useState('');
  const [plan, setPlan] = useState<{ readonly results: Results; readonly isDone: boolean } | null>(null);
  const [error, setError] = useState<string | null>(null);
  // One key for each plan: confirmed twice, it is done once.
  const [key, setKey] = useState(newKey);
  const send = async (dryRun: boolean): Promise<void> => {
    setError(null);
    try {
      const records = ids.map((id) => ({ id, ...(on ? { on } : {}) }));
      const { retryPayments } = await session.send(RetrySelected, { records, dryRun, key: dryRun ? null : key });
      setPlan({ results: retryPayments.results, isDone: !dryRun });
      if (!dryRun) session.live.refresh();
    } catch (failure) {
      setError(textOf(failure));
    }
  };
  if (plan) {
    const close = (): void => {
      setPlan(null);
      setKey(newKey());
      if (plan.isDone) onDone();
    };
    return <Plan ids={ids} plan={plan} onConfirm={() => send(false)} onClose={close} />;
  }
  return (
    <div class="actions">
      <label>
        Retry on <input type="date" value={on} onInput={(event) => setOn(event.currentTarget.value)} />
      </label>
      <button type="button" disabled={ids.length === 0} onClick={() => send(true)}>
        Preview retry of {ids.length}
      </button>
      <span class="quiet">Without a day, each is retried on the next possible one.</span>
      {error && (
        <span class="error" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}

function Plan({
  ids,
  plan: { results, isDone },
  onConfirm,
  onClose,
}: {
  ids: readonly string[];
  plan: { readonly results: Results; readonly isDone: boolean };
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
              (next ? `${money(next.amount)} on ${day(next.actionDate)}` : 'retried'),
          },
        ]}
      />
      <div class="actions">
        {!isDone && (
          <button type="button" disabled={!isPossible} onClick={onConfirm}>
            Retry now
          </button>
        )}
        <button type="button" onClick={onClose}>
          {isDone ? 'Close' : 'Back'}
        </button>
      </div>
    </div>
  );
}
