import { signal } from '@preact/signals';

const ROOT = '/console/';

/** What the address of the page says: the screen and, on screens of one object, its id. */
export interface Place {
  readonly screen: string;
  readonly id: string | null;
}

function read(): Place {
  const [screen = '', id] = location.pathname.slice(ROOT.length).split('/');
  return { screen: screen || 'today', id: id ? decoded(id) : null };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // It names no object, which the screen says.
  }
}

/** The current place. */
export const place = signal<Place>(read());

addEventListener('popstate', () => {
  place.value = read();
});

/** Address of a screen, or of an object on it. */
export function addressOf(screen: string, id?: string): string {
  return `${ROOT}${screen}${id ? `/${encodeURIComponent(id)}` : ''}`;
}

/** Goes to an address without loading the page again. */
export function go(address: string): void {
  history.pushState(null, '', address);
  place.value = read();
  scrollTo(0, 0);
  // Keyboards and screen readers go on at the new screen.
  requestAnimationFrame(() => document.querySelector('main')?.focus());
}

/** Lets a link be followed within the page, but for new tabs. */
export function follow(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go((event.currentTarget as HTMLAnchorElement).href.slice(location.origin.length));
}
