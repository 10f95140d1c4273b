import type { Socket } from 'node:net';
import type pg from 'pg';
import { rowsOf } from './rows.ts';
import type { StatementNames } from './statement-names.ts';
import { learnTime } from './wall-time.ts';

/**
 * Begins a transaction whose named statements are planned once: they look up keys, so that one plan serves all values.
 * PostgreSQL would plan those with arrays of ids again each time, as it expects ten elements where there is often one.
 */
const BEGIN = 'BEGIN; SET LOCAL plan_cache_mode = force_generic_plan';

/**
 * The statements of one transaction on its connection. Each is sent at once, in the order of the calls; those of one turn of
 * the event loop leave together. PostgreSQL runs them one after the other, each with its own snapshot.
 */
export class Pipeline {
  /** The first error of a statement. Later statements fail only because the transaction is aborted. */
  failure: Error | null = null;
  private readonly client: pg.PoolClient;
  private readonly names: StatementNames | null;
  private isCorked = false;

  constructor(client: pg.PoolClient, names: StatementNames | null) {
    this.client = client;
    this.names = names;
  }

  /** Sends BEGIN, and updates the wall time from the clock of the database. */
  begin(): void {
    const askedAt = performance.now();
    this.submit({ text: BEGIN }, () => {});
    this.submit({ text: 'SELECT clock_timestamp()', rowMode: 'array' }, (error, result) => {
      const [now] = error ? [] : (result.rows[0] ?? []);
      if (now instanceof Date) learnTime(now, performance.now() - askedAt);
    });
  }

  query<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const answered = new Promise<Row[]>((resolve, reject) => {
      this.submit(this.statement(sql, values), (error, result) => {
        if (error) reject(this.failure ?? error);
        else resolve(rowsOf<Row>(result));
      });
    });
    // A caller that fails first leaves the results of its other statements unread.
    answered.catch(() => {});
    return answered;
  }

  send(sql: string, values: readonly unknown[] = []): void {
    this.submit(this.statement(sql, values), () => {});
  }

  /** Commits. Throws the first error of a statement, with which PostgreSQL has rolled back instead. */
  async commit(): Promise<void> {
    const { command } = await this.end('COMMIT');
    if (this.failure) throw this.failure;
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
  }

  /** Rolls back; returns the error if that fails, as the connection must not be used again. */
  async rollBack(): Promise<Error | undefined> {
    return this.end('ROLLBACK').then(
      () => undefined,
      (error: Error) => error,
    );
  }

  private end(text: string): Promise<pg.QueryArrayResult> {
    return new Promise((resolve, reject) => {
      this.submit({ text }, (error, result) => (error ? reject(error) : resolve(result)));
    });
  }

  private statement(text: string, values: readonly unknown[]): Statement {
    return { text, values: [...values], rowMode: 'array', name: this.names?.nameOf(text) };
  }

  private submit(query: Statement, onAnswer: (error: Error | null, result: pg.QueryArrayResult) => void): void {
    this.cork();
    void this.client.query(query as pg.QueryConfig, (error: Error | null, result: unknown) => {
      if (error) this.failure ??= error;
      onAnswer(error, result as pg.QueryArrayResult);
    });
  }

  /** Holds back what is written until the end of this turn. */
  private cork(): void {
    if (this.isCorked) return;
    const { stream } = (this.client as unknown as { connection: { stream: Socket } }).connection;
    this.isCorked = true;
    stream.cork();
    process.nextTick(() => {
      this.isCorked = false;
      stream.uncork();
    });
  }
}

interface Statement {
  readonly text: string;
  readonly values?: unknown[];
  readonly rowMode?: 'array';
  readonly name?: string | undefined;
}
