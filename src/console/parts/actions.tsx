import { useState } from 'preact/hooks';
import type { Session } from '../session.ts';
import { textOf } from '../use-query.ts';

/** Something that a user can do with an object. */
export interface Action {
  readonly title: string;
  /** Why it is not allowed now; null when it is. */
  readonly reason: string | null;
  /** Does it once for a key, and returns for people what became of it. Rejects when that is not known. */
  readonly run: (key: string) => Promise<string>;
}

/**
 * Buttons of actions. One that is not allowed says why; each asks before it acts, and says what became of it. When no
 * answer arrives it can be repeated with the same key, so that it is done once.
 */
export function Actions({ session, actions }: { session: Session; actions: readonly Action[] }) {
  const [asked, setAsked] = useState<{ readonly action: Action; readonly key: string } | null>(null);
  const [message, setMessage] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  if (actions.length === 0) return null;
  const run = async ({ action, key }: { action: Action; key: string }): Promise<void> => {
    setIsBusy(true);
    setMessage(null);
    try {
      setMessage(await action.run(key));
      setAsked(null);
    } catch (error) {
      setMessage(`${textOf(error)} Yes tries it again; it is done once.`);
    }
    setIsBusy(false);
    session.live.refresh();
  };
  const ask = (action: Action): void => {
    setMessage(null);
    setAsked({ action, key: newKey() });
  };
  return (
    <section class="actions" aria-label="Actions">
      {actions.map((action) => (
        <span key={action.title}>
          <button type="button" disabled={action.reason !== null || isBusy} onClick={() => ask(action)}>
            {action.title}
          </button>
          {action.reason && <span class="quiet"> {action.reason}</span>}
        </span>
      ))}
      {asked && (
        <p>
          {asked.action.title}?{' '}
          <button type="button" disabled={isBusy} onClick={() => run(asked)}>
            Yes
          </button>{' '}
          <button type="button" disabled={isBusy} onClick={() => setAsked(null)}>
            No
          </button>
        </p>
      )}
      <output>{isBusy ? 'Working …' : message}</output>
    </section>
  );
}

/** The results of a batch for people: its errors, or that it is done. */
export function outcomeOf(
  results: ReadonlyArray<{ readonly errors: ReadonlyArray<{ readonly message: string }> }>,
): string {
  return results.flatMap(({ errors }) => errors.map(({ message }) => message)).join(' ') || 'Done.';
}

/** A new idempotency key: the network may deliver a request twice. Also for pages without TLS, which have no UUIDs. */
export function newKey(): string {
  return `console-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
}
