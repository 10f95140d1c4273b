import { useState } from 'preact/hooks';
import { dateAfter } from './format.ts';
import type {
  AdvanceMutation,
  AdvanceMutationVariables,
  FreezeMutation,
  FreezeMutationVariables,
  ResetMutation,
  ResetMutationVariables,
  StripClockQuery,
  StripClockQueryVariables,
} from './generated/graphql.ts';
import { operation } from './operation.ts';
import { isSignedIn, type Session } from './session.ts';
import { textOf } from './use-query.ts';

const Advance = operation<AdvanceMutation, AdvanceMutationVariables>(/* GraphQL */ `
  mutation Advance($to: DateTime!) { advanceClock(input: { to: $to }) { reachedAt done } }
`);

const ReadClock = operation<StripClockQuery, StripClockQueryVariables>(/* GraphQL */ `
  query StripClock { merchant { now } }
`);

const Freeze = operation<FreezeMutation, FreezeMutationVariables>(/* GraphQL */ `
  mutation Freeze($frozen: Boolean!) { freezeClock(input: { frozen: $frozen }) { isFrozen } }
`);

const Reset = operation<ResetMutation, ResetMutationVariables>(/* GraphQL */ `
  mutation Reset($seed: String) { resetSandbox(input: { seed: $seed }) { now } }
`);

const MS_PER_DAY = 86_400_000;
const STEPS = [
  { title: '+1 day', daysFrom: () => 1 },
  { title: '+1 week', daysFrom: () => 7 },
  { title: 'To month end', daysFrom: daysToMonthEnd },
];

/** Days until the last day of the month; of the next month when it is reached. */
function daysToMonthEnd(now: string): number {
  const [year = 0, month = 0, today = 0] = dateAfter(now, 0).split('-').map(Number);
  const lengthOf = (nth: number): number => new Date(Date.UTC(year, nth, 0)).getUTCDate();
  return lengthOf(month) - today || lengthOf(month + 1);
}

/** Controls of a sandbox merchant: its clock, a fresh start, and a lost connection to see what the page does. */
export function SandboxStrip({ session, now, isFrozen }: { session: Session; now: string; isFrozen: boolean }) {
  const [isBusy, setIsBusy] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const run = async (action: () => Promise<unknown>): Promise<void> => {
    setIsBusy(true);
    setError(null);
    await action().catch((failure: unknown) => setError(textOf(failure)));
    setIsBusy(false);
    session.live.refresh();
  };
  /** A long way takes several calls. */
  const advance = async (days: number): Promise<void> => {
    const { merchant } = await session.send(ReadClock, {});
    const to = new Date(Date.parse(merchant.now) + days * MS_PER_DAY).toISOString();
    for (let isDone = false; !isDone && isSignedIn(session); )
      isDone = (await session.send(Advance, { to })).advanceClock.done;
  };
  const reset = (): Promise<void> => {
    setIsAsking(false);
    return run(() => session.send(Reset, {}));
  };
  return (
    <section class="strip" aria-label="Sandbox">
      <span>Sandbox clock</span>
      {STEPS.map(({ title, daysFrom }) => (
        <button key={title} type="button" disabled={isBusy} onClick={() => run(() => advance(daysFrom(now)))}>
          {title}
        </button>
      ))}
      <button type="button" disabled={isBusy} onClick={() => run(() => session.send(Freeze, { frozen: !isFrozen }))}>
        {isFrozen ? 'Let it run' : 'Freeze'}
      </button>
      <button type="button" onClick={session.live.drop}>
        Drop my socket
      </button>
      <button type="button" disabled={isBusy} onClick={() => setIsAsking(true)}>
        Reset
      </button>
      {isAsking && (
        <span>
          Delete every customer, mandate and payment of this merchant?{' '}
          <button type="button" onClick={reset}>
            Delete
          </button>{' '}
          <button type="button" onClick={() => setIsAsking(false)}>
            Keep
          </button>
        </span>
      )}
      {error && (
        <span class="error" role="alert">
          {error}
        </span>
      )}
    </section>
  );
}
