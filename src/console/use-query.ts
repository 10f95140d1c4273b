import { useEffect, useRef, useState } from 'preact/hooks';
import { GatewayError } from '../client/gateway-client.ts';
import { followForEver } from './follow.ts';
import type { Operation } from './operation.ts';
import type { Session } from './session.ts';

/** What a query has returned. While it is read again the last data stays. */
export interface Result<Data> {
  readonly data: Data | null;
  /** For people, with the id of the request where there is one. */
  readonly error: string | null;
  /** What was asked, for developers. */
  readonly asked: { readonly text: string; readonly variables: object };
}

/** A result as it is kept, with the key of the variables that it answers. */
interface Kept<Data> {
  readonly key: string;
  readonly data: Data | null;
  readonly error: string | null;
  /** Whether what is shown is out of date, and not only asked for wrongly. */
  readonly isFailed?: boolean;
}

/** Waits before a failed reading is repeated, in milliseconds: doubled each time, up to a maximum. */
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 30_000;

/** Reads a query, again whenever something changed but not within `everyMs` of the last time, and again when it failed. */
export function useQuery<Data, Variables extends object>(
  session: Session,
  asked: Operation<Data, Variables>,
  variables: Variables,
  everyMs = 0,
): Result<Data> {
  const key = JSON.stringify(variables);
  const [kept, setKept] = useState<Kept<Data>>({ key, data: null, error: null });
  const revision = session.live.revision.value;
  const reader = useRef<Reader | null>(null);
  // The key stands for the variables.
  useEffect(() => {
    reader.current = createReader(() => session.send(asked, variables), everyMs, {
      done: (data) => setKept({ key, data, error: null }),
      failed: (error) => setKept((last) => failedOf(last, key, error)),
    });
    return reader.current.stop;
  }, [session, asked, key]);
  useEffect(() => reader.current?.read(), [session, asked, key, revision]);
  return useResult(session, kept, key, { text: asked.text, variables });
}

/** Follows a subscription whose every result replaces the one before. */
export function useLatest<Data, Variables extends object>(
  session: Session,
  asked: Operation<Data, Variables>,
  variables: Variables,
): Result<Data> {
  const key = JSON.stringify(variables);
  const [kept, setKept] = useState<Kept<Data>>({ key, data: null, error: null });
  useEffect(() => {
    const leaving = new AbortController();
    const follow = async (): Promise<void> => {
      for await (const data of session.follow(asked, variables, leaving.signal)) setKept({ key, data, error: null });
    };
    void followForEver(follow, leaving.signal, (error) => setKept((last) => failedOf(last, key, error)));
    return () => leaving.abort();
  }, [session, asked, key]);
  return useResult(session, kept, key, { text: asked.text, variables });
}

function failedOf<Data>(last: Kept<Data>, key: string, error: unknown): Kept<Data> {
  return { key, data: last.key === key ? last.data : null, error: textOf(error), isFailed: isFailure(error) };
}

/** The result for the current variables: what was read for others is no answer to these. Failures are counted. */
function useResult<Data>({ live }: Session, kept: Kept<Data>, key: string, asked: Result<Data>['asked']): Result<Data> {
  const { data, error, isFailed = false } = kept.key === key ? kept : { data: null, error: null };
  useFailure(live, isFailed);
  return { data, error, asked };
}

/** Counts a part of the page whose latest reading failed. */
export function useFailure({ failures }: Session['live'], isFailed: boolean): void {
  useEffect(() => {
    if (!isFailed) return;
    failures.value += 1;
    return () => {
      failures.value -= 1;
    };
  }, [failures, isFailed]);
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
  everyMs: number,
  { done, failed }: { done: (data: Data) => void; failed: (error: unknown) => void },
): Reader {
  let state: 'IDLE' | 'READING' | 'DIRTY' | 'STOPPED' = 'IDLE';
  let failures = 0;
  let later: ReturnType<typeof setTimeout> | undefined;
  let nextAt = 0;
  const read = (): void => {
    if (state === 'STOPPED') return;
    if (state !== 'IDLE') {
      state = 'DIRTY';
      return;
    }
    clearTimeout(later);
    const waitMs = nextAt - Date.now();
    if (waitMs > 0) {
      later = setTimeout(read, waitMs);
      return;
    }
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
    nextAt = Date.now() + (isFailed ? retryMs(failures) : everyMs);
    if (isFailed || isDirty) read();
  };
  return {
    read,
    stop() {
      state = 'STOPPED';
      clearTimeout(later);
    },
  };
}

/** Returns the wait before the next attempt in milliseconds, after a number of consecutive failures. */
export function retryMs(failures: number): number {
  return Math.min(RETRY_MS * 2 ** failures, RETRY_MS_MAX);
}

/** Whether an error is not the fault of what was asked: a filter that is typed wrong leaves nothing out of date. */
export function isFailure(error: unknown): boolean {
  return !(error instanceof GatewayError) || error.extensions.code !== 'BAD_REQUEST';
}

/** An error for people, with the id of the request where there is one. */
export function textOf(error: unknown): string {
  const requestId = error instanceof GatewayError && error.extensions.requestId;
  if (requestId) return `${error.message} (request ${requestId})`;
  return error instanceof Error ? error.message : String(error);
}
