import { useEffect, useRef, useState } from 'preact/hooks';
import type { Operation } from './operation.ts';
import type { Session } from './session.ts';
import { isFailure, type Result, retryMs, textOf, useFailure } from './use-query.ts';

/** A page of a connection. */
export interface Connection<Row> {
  readonly nodes: readonly Row[];
  readonly totalCount: number;
  /** Whether there are no more than that: the gateway counts up to a limit. */
  readonly totalCountIsExact: boolean;
  readonly pageInfo: { readonly endCursor?: string | null; readonly hasNextPage: boolean };
}

/** Rows that were read, and how many there are. */
interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  /** Whether there are no more than `total`. */
  readonly isExact: boolean;
}

/** A list that is read page by page, as far as it is scrolled. */
export interface Pages<Row> extends Result<Rows<Row>> {
  /** Says which rows are seen: they are read first, and again when something changed. */
  readonly see: (first: number, last: number) => void;
}

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly endCursor: string | null;
  readonly hasNext: boolean;
  /** Revision of the session at which it was read. */
  readonly revision: number;
}

interface Listed<Row> {
  readonly pages: ReadonlyArray<Page<Row>>;
  readonly total: number;
  readonly isExact: boolean;
  readonly error: string | null;
  readonly isFailed: boolean;
}

/** Reads a connection page by page. Rows that are seen are read again whenever something changed; others when they are seen. */
export function usePages<Data, Variables extends object, Row>(
  session: Session,
  asked: Operation<Data, Variables>,
  variables: Omit<Variables, 'after'>,
  pick: (data: Data) => Connection<Row>,
): Pages<Row> {
  const key = JSON.stringify(variables);
  const [listed, setListed] = useState<(Listed<Row> & { key: string }) | null>(null);
  const reader = useRef<Reader | null>(null);
  const revision = session.live.revision.value;
  // The key stands for the variables.
  useEffect(() => {
    const readPage = async (after: string | null) =>
      pick(await session.send(asked, { ...variables, ...(after ? { after } : {}) } as unknown as Variables));
    reader.current = createReader(readPage, session.live.revision, (list) => setListed({ ...list, key }));
    return reader.current.stop;
  }, [session, asked, key]);
  useEffect(() => reader.current?.read(), [session, asked, key, revision]);
  const current = listed?.key === key ? listed : null;
  const error = current?.error ?? null;
  useFailure(session.live, current?.isFailed === true);
  return {
    data: current && current.pages.length > 0 ? rowsOf(current) : null,
    error,
    asked: { text: asked.text, variables },
    see: (first, last) => reader.current?.see(first, last),
  };
}

function rowsOf<Row>({ pages, total, isExact }: Listed<Row>): Rows<Row> {
  const rows = pages.flatMap((page) => page.rows);
  return { rows, total: Math.max(total, rows.length), isExact };
}

interface Reader {
  see(first: number, last: number): void;
  read(): void;
  stop(): void;
}

/**
 * Reads one page at a time: first those that are seen and missing, then the one that was read longest ago. However many
 * events arrive, each is read in its turn.
 */
function createReader<Row>(
  readPage: (after: string | null) => Promise<Connection<Row>>,
  revision: { peek(): number },
  show: (list: Listed<Row>) => void,
): Reader {
  let pages: ReadonlyArray<Page<Row>> = [];
  let total = 0;
  let isExact = true;
  let seen = { first: 0, last: 0 };
  let state: 'IDLE' | 'READING' | 'STOPPED' = 'IDLE';
  let failures = 0;
  let nextAt = 0;
  let later: ReturnType<typeof setTimeout> | undefined;

  /** Index of the page to read; null when everything that is seen is up to date. */
  const findNext = (): number | null => {
    let start = 0;
    let oldest: number | null = null;
    for (const [index, page] of pages.entries()) {
      const end = start + page.rows.length;
      // An empty list is seen as well.
      const isSeen = (end > seen.first || end === start) && start <= seen.last;
      const isOlder = oldest === null || page.revision < (pages[oldest]?.revision ?? 0);
      if (isSeen && page.revision < revision.peek() && isOlder) oldest = index;
      start = end;
    }
    const hasMore = pages.at(-1)?.hasNext ?? true;
    return hasMore && start <= seen.last ? pages.length : oldest;
  };
  /** Replaces a page. If it ends elsewhere now, those after it begin elsewhere and are read again. */
  const put = (index: number, page: Page<Row>): void => {
    const isSameEnd = pages[index]?.endCursor === page.endCursor;
    pages = [...pages.slice(0, index), page, ...(isSameEnd ? pages.slice(index + 1) : [])];
  };
  const read = (): void => {
    clearTimeout(later);
    const index = state === 'IDLE' ? findNext() : null;
    if (index === null) return;
    const waitMs = nextAt - Date.now();
    if (waitMs > 0) {
      later = setTimeout(read, waitMs);
      return;
    }
    state = 'READING';
    const at = revision.peek();
    readPage(index === 0 ? null : (pages[index - 1]?.endCursor ?? null)).then(
      ({ nodes, totalCount, totalCountIsExact, pageInfo }) =>
        finish(null, () => {
          total = totalCount;
          isExact = totalCountIsExact;
          const { endCursor = null, hasNextPage: hasNext } = pageInfo;
          put(index, { rows: nodes, endCursor, hasNext, revision: at });
        }),
      (error: unknown) => finish(error, () => {}),
    );
  };
  const finish = (error: unknown, keep: () => void): void => {
    if (state === 'STOPPED') return;
    state = 'IDLE';
    keep();
    failures = error ? failures + 1 : 0;
    nextAt = error ? Date.now() + retryMs(failures) : 0;
    show({ pages, total, isExact, error: error ? textOf(error) : null, isFailed: error !== null && isFailure(error) });
    read();
  };
  return {
    read,
    see(first, last) {
      seen = { first, last };
      read();
    },
    stop() {
      state = 'STOPPED';
      clearTimeout(later);
    },
  };
}
