import { useState } from 'preact/hooks';
import type { Session } from '../session.ts';
import { textOf } from '../use-query.ts';

/** Something that a user can do with an object. */
export interface Action {
  readonly title: string;
  /** Why it is not allowed now; null when it is. */
  readonly reason: string | null;
  /** Does it, and returns for people what became of it. */
  readonly run: () => Promise<string>;
}

/** Buttons of actions. One that is not allowed says why; each asks before it acts, and says what became of it. */
export function Actions({ session, actions }: { session: Session; actions: readonly Action[] }) {
  const [asked, setAsked] = useState<Action | null>(null);
  const [message, setMessage] = useState<string | null>(null);
  if (actions.length === 0) return null;
  const run = async (action: Action): Promise<void> => {
    setAsked(null);
    setMessage(await action.run().catch(textOf));
    session.live.refresh();
  };
  return (
    <section class="actions" aria-label="Actions">
      {actions.map((action) => (
        <span key={action.title}>
          <button type="button" disabled={action.reason !== null} onClick={() => setAsked(action)}>
            {action.title}
          </button>
          {action.reason && <span class="quiet"> {action.reason}</span>}
        </span>
      ))}
      {asked && (
        <p>
          {asked.title}?{' '}
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

/** The results of a batch for people: its errors, or that it is done. */
export function outcomeOf(
  results: ReadonlyArray<{ readonly errors: ReadonlyArray<{ readonly message: string }> }>,
): string {
  return results.flatMap(({ errors }) => errors.map(({ message }) => message)).join(' ') || 'Done.';
}

/** A new idempotency key: the network may deliver a request twice. */
export function newKey(): string {
  return `console-${crypto.randomUUID()}`;
}
