import { signal } from '@preact/signals';
import { addressOf, go } from './place.ts';

/** Whether the list of shortcuts is shown. */
export const showsHelp = signal(false);

/** The second key after `g`, and the screen that it goes to. */
export const SCREEN_KEYS: Readonly<Record<string, string>> = {
  t: 'today',
  r: 'runs',
  b: 'debits',
  u: 'unpaids',
  a: 'approvals',
  d: 'disputes',
  m: 'deposits',
  f: 'forecast',
  v: 'developers',
};

/** Time within which the second key follows `g`, in milliseconds. */
const GO_MS = 1_500;

/** When `g` was pressed, if it was the last key. */
let goneAt = Number.NEGATIVE_INFINITY;

/** Handles the shortcuts of the page, except while text is typed. Enter follows the focused row by itself. */
export function handleKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // A dialog takes every key; Esc closes it.
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
  const screen = event.timeStamp - goneAt < GO_MS ? SCREEN_KEYS[event.key] : undefined;
  goneAt = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
  if (screen) go(addressOf(screen));
  if (event.key === '?') showsHelp.value = true;
  if (event.key === '/') {
    event.preventDefault();
    document.getElementById('search')?.focus();
  }
  if (event.key === 'j') moveRow(1);
  if (event.key === 'k') moveRow(-1);
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox';
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}

/** Focuses the next row, or the one before. */
function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLAnchorElement>('a.row')];
  const at = rows.indexOf(document.activeElement as HTMLAnchorElement);
  rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)]?.focus();
}
