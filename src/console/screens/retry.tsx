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

/** What was previewed: exactly these records are sent, once, by this key. */
interface Planned {
  readonly records: ReadonlyArray<{ readonly id: string; readonly on?: string }>;
  readonly key: string;
  readonly results: Results;
  readonly isDone: boolean;
}

/** Retries selected payments: first what would happen to each, then, if confirmed, what happened. */
export function Retry({ session, ids, onDone }: { session: Session; ids: readonly string[]; onDone: () => void }) {
  const [on, setOn] = useState('');
  const [plan, setPlan] = useState<Planned | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const send = async (records: Planned['records'], key: string, dryRun: boolean): Promise<void> => {
    setError(null);
    setIsBusy(true);
    try {
      const variables = { records: [...records], dryRun, key: dryRun ? null : key };
      const { retryPayments } = await session.send(RetrySelected, variables);
      setPlan({ records, key, results: retryPayments.results, isDone: !dryRun });
      if (!dryRun) session.live.refresh();
    } catch (failure) {
      setError(textOf(failure));
    }
    setIsBusy(false);
  };
  const preview = (): Promise<void> => {
    const records = ids.map((id) => ({ id, ...(on ? { on } : {}) }));
    return send(records, newKey(), true);
  };
  const close = (): void => {
    setPlan(null);
    setError(null);
    if (plan?.isDone) onDone();
  };
  return (
    <>
      {plan ? (
        <Plan plan={plan} isBusy={isBusy} onConfirm={() => send(plan.records, plan.key, false)} onClose={close} />
      ) : (
        <div class="actions">
          <label>
            Retry on <input type="date" value={on} onInput={(event) => setOn(event.currentTarget.value)} />
          </label>
          <button type="button" disabled={ids.length === 0 || isBusy} onClick={preview}>
            Preview retry of {ids.length}
          </button>
          <span class="quiet">Without a day, each is retried on the next possible one.</span>
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

function Plan({
  plan: { records, results, isDone },
  isBusy,
  onConfirm,
  onClose,
}: {
  plan: Planned;
  isBusy: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const rows = results.map((result, index) => ({ ...result, id: records[index]?.id ?? String(index) }));
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
          <button type="button" disabled={!isPossible || isBusy} onClick={onConfirm}>
            Retry now
          </button>
        )}
        <button type="button" disabled={isBusy} onClick={onClose}>
          {isDone ? 'Close' : 'Back'}
        </button>
      </div>
    </div>
  );
}
