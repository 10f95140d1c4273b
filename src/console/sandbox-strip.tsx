import { useState } from 'preact/hooks';
import type { AdvanceMutation, AdvanceMutationVariables } from './generated/graphql.ts';
import { operation } from './operation.ts';
import type { Session } from './session.ts';

const Advance = operation<AdvanceMutation, AdvanceMutationVariables>(/* GraphQL */ `
  mutation Advance($to: DateTime!) { advanceClock(input: { to: $to }) { reachedAt done } }
`);

const MS_PER_DAY = 86_400_000;
const STEPS = [
  { title: '+1 day', days: 1 },
  { title: '+1 week', days: 7 },
  { title: '+1 month', days: 30 },
];

/** Moves the clock of a sandbox merchant. A long way takes several calls. */
export function SandboxStrip({ session, now }: { session: Session; now: string }) {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const advance = async (days: number): Promise<void> => {
    setIsBusy(true);
    setError(null);
    try {
      const to = new Date(new Date(now).getTime() + days * MS_PER_DAY).toISOString();
      for (let isDone = false; !isDone; ) isDone = (await session.send(Advance, { to })).advanceClock.done;
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    }
    setIsBusy(false);
    session.live.refresh();
  };
  return (
    <section class="strip" aria-label="Sandbox">
      <span>Sandbox clock</span>
      {STEPS.map(({ title, days }) => (
        <button key={title} type="button" disabled={isBusy} onClick={() => advance(days)}>
          {title}
        </button>
      ))}
      {error && (
        <span class="error" role="alert">
          {error}
        </span>
      )}
    </section>
  );
}
