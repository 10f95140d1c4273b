import { useEffect } from 'preact/hooks';
import { day, time, words } from './format.ts';
import type { ClockQuery, ClockQueryVariables } from './generated/graphql.ts';
import { operation } from './operation.ts';
import { Chip } from './parts/chip.tsx';
import { Modal } from './parts/modal.tsx';
import { addressOf, follow, place } from './place.ts';
import { SandboxStrip } from './sandbox-strip.tsx';
import { SCREENS } from './screens.ts';
import { SearchBox } from './search.tsx';
import { type Session, signOut } from './session.ts';
import { handleKey, SCREEN_KEYS, showsHelp } from './shortcuts.ts';
import { useNow } from './use-now.ts';
import { useQuery } from './use-query.ts';

const Clock = operation<ClockQuery, ClockQueryVariables>(/* GraphQL */ `
  query Clock { merchant { now isClockFrozen } }
`);

/** The page of a user: navigation, the clock, the connection, and a screen. */
export function Frame({ session }: { session: Session }) {
  useEffect(() => {
    document.addEventListener('keydown', handleKey);
    return () => document.removeEventListener('keydown', handleKey);
  }, []);
  const { data } = useQuery(session, Clock, {});
  const isFrozen = data?.merchant.isClockFrozen ?? session.viewer.merchant.isClockFrozen;
  const now = data?.merchant.now ?? session.viewer.merchant.now;
  const screen = SCREENS.find(({ name }) => name === place.value.screen);
  useEffect(() => {
    document.title = `${screen?.title ?? 'Not found'} · Collections`;
  }, [screen]);
  const isSandbox = session.viewer.mode === 'SANDBOX';
  return (
    <div class="frame">
      <header>
        <strong>{session.viewer.merchant.name}</strong>
        <span class={`mode ${session.viewer.mode.toLowerCase()}`}>{isSandbox ? 'TEST' : 'LIVE'}</span>
        <MerchantClock now={now} isFrozen={isFrozen} />
        <SearchBox session={session} />
        <Chip live={session.live} />
        <button type="button" onClick={() => signOut()}>
          Sign out
        </button>
      </header>
      {isSandbox && session.can('SANDBOX') && <SandboxStrip session={session} now={now} isFrozen={isFrozen} />}
      <Navigation current={screen?.name ?? ''} />
      <main tabIndex={-1}>
        {screen ? (
          <screen.Screen
            key={`${screen.name} ${place.value.id}`}
            session={session}
            now={now}
            isFrozen={isFrozen}
            id={place.value.id ?? ''}
          />
        ) : (
          <NotFound />
        )}
      </main>
      {showsHelp.value && <Help />}
    </div>
  );
}

/** The merchant's time, which goes on between readings. */
function MerchantClock({ now, isFrozen }: { now: string; isFrozen: boolean }) {
  const current = new Date(useNow(now, isFrozen));
  return (
    <span>
      {day(current)} {time(current)}
      <span class="quiet"> merchant clock, Johannesburg{isFrozen ? ', frozen' : ''}</span>
    </span>
  );
}

function Navigation({ current }: { current: string }) {
  return (
    <nav aria-label="Screens">
      {SCREENS.filter(({ isListed }) => isListed).map(({ name, title }) => (
        <a key={name} href={addressOf(name)} onClick={follow} aria-current={name === current ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}

function NotFound() {
  return <p class="quiet">There is no such screen.</p>;
}

function Help() {
  return (
    <Modal
      title="Keyboard"
      onClose={() => {
        showsHelp.value = false;
      }}
    >
      <dl class="keys">
        <dt>?</dt>
        <dd>This list</dd>
        <dt>/</dt>
        <dd>Search</dd>
        <dt>j, k</dt>
        <dd>Next and previous row</dd>
        <dt>Enter</dt>
        <dd>Open the row</dd>
        {Object.entries(SCREEN_KEYS).map(([key, name]) => (
          <>
            <dt>g {key}</dt>
            <dd>{words(name)}</dd>
          </>
        ))}
        <dt>Esc</dt>
        <dd>Close</dd>
      </dl>
    </Modal>
  );
}
