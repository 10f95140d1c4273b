import { signal } from '@preact/signals';
import { createGatewayClient, type GatewayClient, GatewayError } from '../client/gateway-client.ts';
import type { Scope, ViewerQuery, ViewerQueryVariables } from './generated/graphql.ts';
import { type Live, startLive } from './live.ts';
import { type Operation, operation } from './operation.ts';
import { findPlace } from './socket/place.ts';
import { openSharedSocket } from './socket/shared-socket.ts';

const Viewer = operation<ViewerQuery, ViewerQueryVariables>(/* GraphQL */ `
  query Viewer {
    viewer { mode scopes merchant { name now isClockFrozen } }
  }
`);

/** Name of the entry of the session storage that keeps the key, if the user asked for it. */
const STORED_KEY = 'collections-key';

/** A user who is signed in. */
export interface Session {
  readonly viewer: ViewerQuery['viewer'];
  readonly live: Live;
  /** Sends an operation. Throws a GatewayError, and signs out when the key is no longer valid. */
  send<Data, Variables extends object>(asked: Operation<Data, Variables>, variables: Variables): Promise<Data>;
  /** Follows a subscription across lost connections, until `signal` aborts. */
  follow<Data, Variables extends object>(
    asked: Operation<Data, Variables>,
    variables: Variables,
    signal: AbortSignal,
  ): AsyncIterable<Data>;
  can(scope: Scope): boolean;
}

/** The current session; null when nobody is signed in. */
export const session = signal<Session | null>(null);

/** Why the last session ended or did not begin; null without a reason. */
export const refusal = signal<string | null>(null);

let closeCurrent = (): void => {};
/** Number of the latest attempt to sign in: of several at once the last one counts. */
let latestAttempt = 0;

/** Signs in with an API key or a JWT, which stays in memory, and in the session storage if `keeps`. */
export async function signIn(key: string, keeps: boolean): Promise<void> {
  latestAttempt += 1;
  const attempt = latestAttempt;
  const connection: { live?: Live } = {};
  const client = createGatewayClient({
    url: new URL('/graphql', location.href).href,
    apiKey: key,
    findPlace,
    openSocket: openSharedSocket,
    onConnection: (isOpen) => connection.live?.noteConnection(isOpen),
  });
  try {
    const { viewer } = await client.request<ViewerQuery>(Viewer.text);
    if (attempt !== latestAttempt) return await client.close();
    closeCurrent();
    connection.live = startLive(client);
    closeCurrent = () => {
      connection.live?.stop();
      void client.close();
    };
    if (keeps) sessionStorage.setItem(STORED_KEY, key);
    else sessionStorage.removeItem(STORED_KEY);
    refusal.value = null;
    session.value = sessionOf(client, viewer, connection.live);
  } catch (error) {
    refusal.value = error instanceof Error ? error.message : String(error);
    if (isRefusalOfKey(error)) sessionStorage.removeItem(STORED_KEY);
    await client.close();
  }
}

function sessionOf(client: GatewayClient, viewer: ViewerQuery['viewer'], live: Live): Session {
  const own: Session = {
    viewer,
    live,
    can: (scope) => viewer.scopes.includes(scope),
    follow: ({ text }, variables, signal) => client.follow(text, { ...variables } as Record<string, unknown>, signal),
    async send({ text }, variables) {
      try {
        return await client.request(text, variables);
      } catch (error) {
        // An answer can arrive when another user has signed in.
        if (isRefusalOfKey(error) && isSignedIn(own)) signOut(error.message);
        throw error;
      }
    },
  };
  return own;
}

function isRefusalOfKey(error: unknown): error is GatewayError {
  return error instanceof GatewayError && /^(UNAUTHENTICATED|TOKEN_EXPIRED)$/.test(error.extensions.code);
}

/** Whether a session is the current one. */
export function isSignedIn(one: Session): boolean {
  return session.value === one;
}

/** Signs out, forgets the key and closes the connection. */
export function signOut(reason: string | null = null): void {
  closeCurrent();
  closeCurrent = () => {};
  sessionStorage.removeItem(STORED_KEY);
  refusal.value = reason;
  session.value = null;
}

/** Signs in again with the key that the session storage keeps over a reload. */
export async function restoreSession(): Promise<void> {
  const key = sessionStorage.getItem(STORED_KEY);
  if (key) await signIn(key, true);
}
