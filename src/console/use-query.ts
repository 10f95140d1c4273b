import { useEffect, useRef, useState } from 'preact/hooks';
import { GatewayError } from '../client/gateway-client.ts';
import type { Operation } from './operation.ts';
import type { Session } from './session.ts';

/** What a query has returned. While it is read again the last data stays. */
export interface Result<Data> {
  readonly data: Data | null;
  /** For people, with the id of the request where there is one. */
  readonly error: string | null;
}

/** Waits before a failed reading is repeated, in milliseconds: doubled each time, up to a maximum. */
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 30_000;

/** Reads a query, again whenever something changed, and again when it failed. */
export function useQuery<Data, Variables extends object>(
  session: Session,
  asked: Operation<Data, Variables>,
  variables: Variables,
): Result<Data> {
  const key = JSON.stringify(variables);
  const [result, setResult] = useState<Result<Data> & { readonly key: string }>({ key, data: null, error: null });
  const revision = session.live.revision.value;
  const reader = useRef<Reader | null>(null);
  // The key stands for the variables.
  useEffect(() => {
    reader.current = createReader(() => session.send(asked, variables), {
      done: (data) => setResult({ key, data, error: null }),
      failed: (error) =>
        setResult((last) => ({ key, data: last.key === key ? last.data : null, error: textOf(error) })),
    });
    return reader.current.stop;
  }, [session, asked, key]);
  useEffect(() => reader.current?.read(), [session, asked, key, revision]);
  // What was read for other variables is no answer to these.
  return result.key === key ? result : { data: null, error: null };
}

interface Reader {
  read(): void;
  stop(): void;
}

/**
 * Reads one at a time: what changes meanwhile is read afterwards, so that a slow answer is shown however many events
 * arrive before it.
 */
function createReader<Data>(
  send: () => Promise<Data>,
  { done, failed }: { done: (data: Data) => void; failed: (error: unknown) => void },
): Reader {
  let state: 'IDLE' | 'READING' | 'DIRTY' | 'STOPPED' = 'IDLE';
  let failures = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const read = (): void => {
    if (state === 'STOPPED') return;
    if (state !== 'IDLE') {
      state = 'DIRTY';
      return;
    }
    clearTimeout(retry);
    state = 'READING';
    send().then(
      (data) => finish(() => done(data), false),
      (error: unknown) => finish(() => failed(error), true),
    );
  };
  const finish = (show: () => void, isFailed: boolean): void => {
    if (state === 'STOPPED') return;
    const isDirty = state === 'DIRTY';
    state = 'IDLE';
    show();
    failures = isFailed ? failures + 1 : 0;
    if (isFailed) retry = setTimeout(read, Math.min(RETRY_MS * 2 ** failures, RETRY_MS_MAX));
    else if (isDirty) read();
  };
  return {
    read,
    stop() {
      state = 'STOPPED';
      clearTimeout(retry);
    },
  };
}

/** An error for people, with the id of the request where there is one. */
export function textOf(error: unknown): string {
  if (error instanceof GatewayError && error.requestId) return `${error.message} (request ${error.requestId})`;
  return error instanceof Error ? error.message : String(error);
}
