import { useSignal } from '@preact/signals';
import { day, money, time, words } from '../format.ts';
import type { Change, Live } from '../live.ts';
import { Status } from '../parts/status.tsx';
import { addressOf, follow } from '../place.ts';

/** Changes shown at once. */
const ROWS_MAX = 30;
const SCREEN_OF: Readonly<Record<string, string>> = { PAYMENT: 'payment', MANDATE: 'mandate' };

/** The latest changes. New rows wait while somebody reads: while the pointer or the focus is in the list. */
export function Ticker({ live }: { live: Live }) {
  const held = useSignal<readonly Change[] | null>(null);
  const changes = live.changes.value;
  const shown = held.value ?? changes;
  const waiting = held.value ? newerThan(changes, held.value[0]) : 0;
  const hold = (): void => {
    held.value ??= live.changes.value;
  };
  const release = (): void => {
    held.value = null;
  };
  /** The pointer or the focus in the list holds it still. */
  const leave = ({ currentTarget: section, relatedTarget }: FocusEvent | PointerEvent, holder: string): void => {
    const list = section as HTMLElement;
    if (!list.contains(relatedTarget as Node | null) && !list.matches(holder)) release();
  };
  return (
    <section
      class="part"
      onPointerEnter={hold}
      onPointerLeave={(event) => leave(event, ':focus-within')}
      onFocusCapture={hold}
      onBlurCapture={(event) => leave(event, ':hover')}
    >
      <h2>
        Changes <code class="field">events</code>
        {waiting > 0 && (
          <button type="button" class="waiting" onClick={release}>
            {waiting} new
          </button>
        )}
      </h2>
      {shown.length === 0 ? (
        <p class="quiet">Changes appear here as they happen.</p>
      ) : (
        <ol class="ticker">
          {shown.slice(0, ROWS_MAX).map((change) => (
            <li key={change.id}>
              <Row change={change} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Row({ change }: { change: Change }) {
  const { about, objectId, occurredAt, customer, from, to, amount, cause } = change;
  const screen = SCREEN_OF[about];
  return (
    <>
      <time dateTime={occurredAt}>
        {day(occurredAt)} {time(occurredAt)}
      </time>
      {screen ? (
        <a href={addressOf(screen, objectId)} onClick={follow}>
          {words(about)}
        </a>
      ) : (
        <span>{words(about)}</span>
      )}
      <span>{customer?.reference ?? ''}</span>
      <span>
        {from && from !== to && `${words(from)} → `}
        <Status value={to} />
      </span>
      <span class="quiet">{cause.reason ?? ''}</span>
      <span class="number">{amount ? money(amount) : ''}</span>
    </>
  );
}

/** How many changes arrived after the newest of those shown. */
function newerThan(changes: readonly Change[], newest: Change | undefined): number {
  const at = changes.findIndex(({ id }) => id === newest?.id);
  return at < 0 ? changes.length : at;
}
