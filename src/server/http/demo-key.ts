import type { IncomingMessage } from 'node:http';

const LOCAL_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '[::1]', 'localhost']);

/** Headers that proxies add. */
const FORWARDING = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'];

/** The demo key that pages are filled in with, and the address that the gateway listens on. */
export interface DemoKey {
  readonly demoKey: string | null;
  readonly host: string;
}

/**
 * Returns the demo key for the page of a request; null unless this machine is addressed by a local name and no proxy
 * has forwarded the request: a foreign page could otherwise read the key by DNS rebinding, and a local proxy could
 * forward requests of others.
 */
export function demoKeyFor({ headers }: IncomingMessage, { demoKey, host }: DemoKey): string | null {
  const askedFor = headers.host?.replace(/:\d+$/, '') ?? '';
  const isForwarded = FORWARDING.some((name) => headers[name] !== undefined);
  return LOCAL_NAMES.has(host) && LOCAL_NAMES.has(askedFor) && !isForwarded ? demoKey : null;
}
