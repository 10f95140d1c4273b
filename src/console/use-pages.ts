import { useEffect, useRef, useState } from 'preact/hooks';
import type { Operation } from './operation.ts';
import type { Session } from './session.ts';
import { type Result, textOf, useFailure } from './use-query.ts';

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
}

const RETRY_MS = 2_000;

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
  useFailure(session.live, error !== null);
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

/** Reads one page at a time: the first page that is seen and missing or out of date. */
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
  let retry: ReturnType<typeof setTimeout> | undefined;

  /** Index of the first page to read; null when everything that is seen is up to date. */
  const findOutdated = (): number | null => {
    let start = 0;
    for (const [index, page] of pages.entries()) {
      const end = start + page.rows.length;
      const isSeen = end > seen.first && start <= seen.last;
      if ((isSeen || pages.length === 1) && page.revision < revision.peek()) return index;
      start = end;
    }
    const hasMore = pages.at(-1)?.hasNext ?? true;
    return hasMore && start <= seen.last ? pages.length : null;
  };
  /** Replaces a page. If it ends elsewhere now, those after it begin elsewhere and are read again. */
  const put = (index: number, page: Page<Row>): void => {
    const isSameEnd = pages[index]?.endCursor === page.endCursor;
    pages = [...pages.slice(0, index), page, ...(isSameEnd ? pages.slice(index + 1) : [])];
  };
  const read = (): void => {
    clearTimeout(retry);
    const index = state === 'IDLE' ? findOutdated() : null;
    if (index === null) return;
    state = 'READING';
    const at = revision.peek();
    readPage(index === 0 ? null : (pages[index - 1]?.endCursor ?? null)).then(
      ({ nodes, totalCount, totalCountIsExact, pageInfo }) => {
        if (state === 'STOPPED') return;
        state = 'IDLE';
        total = totalCount;
        isExact = totalCountIsExact;
        put(index, { rows: nodes, endCursor: pageInfo.endCursor ?? null, hasNext: pageInfo.hasNextPage, revision: at });
        show({ pages, total, isExact, error: null });
        read();
      },
      (error: unknown) => {
        if (state === 'STOPPED') return;
        state = 'IDLE';
        show({ pages, total, isExact, error: textOf(error) });
        retry = setTimeout(read, RETRY_MS);
      },
    );
  };
  return {
    read,
    see(first, last) {
      seen = { first, last };
      read();
    },
    stop() {
      state = 'STOPPED';
      clearTimeout(retry);
    },
  };
}
