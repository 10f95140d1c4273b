import { signal } from '@preact/signals';

const ROOT = '/console/';

/** What the address of the page says: the screen, the id of the object if it shows one, and the filters of its lists. */
export interface Place {
  readonly screen: string;
  readonly id: string | null;
  readonly filters: Readonly<Record<string, string>>;
}

function read(): Place {
  const [screen = '', id] = location.pathname.slice(ROOT.length).split('/');
  const filters = Object.fromEntries(new URLSearchParams(location.search));
  return { screen: screen || 'today', id: id ? decoded(id) : null, filters };
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

/** Address of a screen, of an object on it, or of a screen with filters. */
export function addressOf(screen: string, id?: string, filters: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(filters).toString();
  return `${ROOT}${screen}${id ? `/${encodeURIComponent(id)}` : ''}${search && `?${search}`}`;
}

/** Sets a filter of the current screen, or removes it if it is empty. */
export function setFilter(name: string, value: string): void {
  const { [name]: _, ...others } = place.value.filters;
  const { screen, id } = place.value;
  history.replaceState(null, '', addressOf(screen, id ?? undefined, value ? { ...others, [name]: value } : others));
  place.value = read();
}

/** Goes to an address without loading the page again. */
export function go(address: string): void {
  history.pushState(null, '', address);
  place.value = read();
  scrollTo(0, 0);
  // Keyboards and screen readers go on at the new screen.
  requestAnimationFrame(() => document.querySelector('main')?.focus({ preventScroll: true }));
}

/** Lets a link be followed within the page, but for new tabs. */
export function follow(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go((event.currentTarget as HTMLAnchorElement).href.slice(location.origin.length));
}
