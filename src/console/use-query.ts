import { useEffect, useState } from 'preact/hooks';
import { GatewayError } from '../client/gateway-client.ts';
import type { Operation } from './operation.ts';
import type { Session } from './session.ts';

/** What a query has returned. While it is read again the last data stays. */
export interface Result<Data> {
  readonly data: Data | null;
  /** For people, with the id of the request where there is one. */
  readonly error: string | null;
}

/** Reads a query, and again whenever something changed. */
export function useQuery<Data, Variables extends object>(
  session: Session,
  asked: Operation<Data, Variables>,
  variables: Variables,
): Result<Data> {
  const [result, setResult] = useState<Result<Data>>({ data: null, error: null });
  const revision = session.live.revision.value;
  const key = JSON.stringify(variables);
  // The revision asks to read again; the key stands for the variables.
  useEffect(() => {
    let isCurrent = true;
    session.send(asked, variables).then(
      (data) => isCurrent && setResult({ data, error: null }),
      (error: unknown) => isCurrent && setResult(({ data }) => ({ data, error: textOf(error) })),
    );
    return () => {
      isCurrent = false;
    };
  }, [session, asked, key, revision]);
  return result;
}

/** An error for people, with the id of the request where there is one. */
export function textOf(error: unknown): string {
  if (error instanceof GatewayError && error.requestId) return `${error.message} (request ${error.requestId})`;
  return error instanceof Error ? error.message : String(error);
}
