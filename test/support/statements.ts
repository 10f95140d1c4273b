import pg from 'pg';

/** What runs by itself, all the time. */
const BACKGROUND = /sequence_events|FROM event_head|FROM merchant_clock AS clock|^LISTEN/;

/** The SQL statements that this process sends while `work` runs, but for those of its background loops. */
export async function countStatements(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const { query } = pg.Client.prototype;
  const watched = function (this: pg.Client, ...args: [{ text?: string } | string]) {
    const text = typeof args[0] === 'string' ? args[0] : (args[0].text ?? '');
    if (!BACKGROUND.test(text)) statements.push(text);
    return (query as (...given: unknown[]) => unknown).apply(this, args);
  };
  Object.assign(pg.Client.prototype, { query: watched });
  try {
    await work();
  } finally {
    Object.assign(pg.Client.prototype, { query });
  }
  return statements;
}
