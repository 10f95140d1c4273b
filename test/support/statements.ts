import pg from 'pg';

/** What runs by itself, all the time. */
const BACKGROUND =
  /^SET statement_timeout|sequence_events|server_timeline|WITH RECURSIVE waiting|INSERT INTO setting|FROM event_head|SELECT clock\.merchant_id FROM merchant_clock|^SELECT clock_timestamp|^LISTEN|webhook_progress|WITH ranked AS|FROM connector ORDER BY/;
/** The look-up of a key, which is repeated after a while. */
const OF_KEYS = /^SELECT api_key\.id/;

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The SQL statements that this process sends while `work` runs, but for those of its background loops and the look-ups of keys. */
export async function captureStatements(work: () => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  await watchStatements(work, (statement) => !OF_KEYS.test(statement.text) && statements.push(statement));
  return statements;
}

/** The same statements, those that leave in one turn of the event loop together: each group costs one round trip. */
export async function captureRoundTrips(work: () => Promise<unknown>): Promise<Statement[][]> {
  const groups: Statement[][] = [];
  let isOpen = false;
  await watchStatements(work, (statement) => {
    if (OF_KEYS.test(statement.text)) return;
    if (!isOpen) {
      groups.push([]);
      isOpen = true;
      setImmediate(() => {
        isOpen = false;
      });
    }
    groups.at(-1)?.push(statement);
  });
  return groups;
}

/** The number of look-ups of keys while `work` runs. */
export async function countKeyLookUps(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  await watchStatements(work, ({ text }) => {
    count += Number(OF_KEYS.test(text));
  });
  return count;
}

/** How many they are, where they are too many to be kept. */
export async function countStatements(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  await watchStatements(work, ({ text }) => {
    count += Number(!OF_KEYS.test(text));
  });
  return count;
}

async function watchStatements(work: () => Promise<unknown>, onSent: (statement: Statement) => void): Promise<void> {
  const { query } = pg.Client.prototype;
  const watched = function (this: pg.Client, ...args: [{ text?: string; values?: unknown[] } | string, unknown]) {
    const [first, second] = args;
    const text = typeof first === 'string' ? first : (first.text ?? '');
    const values = typeof first === 'string' ? second : first.values;
    if (!BACKGROUND.test(text)) onSent({ text, values: Array.isArray(values) ? values : [] });
    return (query as (...given: unknown[]) => unknown).apply(this, args);
  };
  Object.assign(pg.Client.prototype, { query: watched });
  try {
    await work();
  } finally {
    Object.assign(pg.Client.prototype, { query });
  }
}
