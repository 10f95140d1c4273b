import type pg from 'pg';
import { endStatement, startStatement } from '../../tracing/spans.ts';
import { rowsOf } from './rows.ts';
import { socketOf } from './socket-of.ts';
import type { StatementNames } from './statement-names.ts';
import { learnTime } from './wall-time.ts';

/** Time without any answer after which the server is considered lost: longer than its own limit of a statement. */
export const SILENCE_MS = 13_000;
/** Message of the error when the server is silent, the same as that of pg. */
export const SILENCE = 'Query read timeout';

/**
 * Begins a transaction whose statements are planned for any values: they look up keys, so that one plan serves all. PostgreSQL
 * would plan those with arrays of ids again each time, as it expects ten elements where there is often one.
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
  /** Number of statements without an answer. */
  private waiting = 0;
  /** Runs while statements wait; every answer winds it up again, as each statement may take the time of its own limit. */
  private readonly silence: NodeJS.Timeout;

  constructor(client: pg.PoolClient, names: StatementNames | null) {
    this.client = client;
    this.names = names;
    this.silence = setTimeout(() => this.giveUp(), SILENCE_MS);
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

  /**
   * Commits. Throws the first error of a statement. PostgreSQL rolls back if it met that error; for a statement that could not be
   * sent, the caller must.
   */
  async commit(): Promise<void> {
    if (this.failure) throw this.failure;
    const { command } = await this.run('COMMIT');
    if (this.failure) throw this.failure;
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
  }

  /** Must be called when the connection is not used any more. */
  end(): void {
    clearTimeout(this.silence);
  }

  /** Rolls back; returns the error if that fails, as the connection must not be used again. */
  async rollBack(): Promise<Error | undefined> {
    return this.run('ROLLBACK').then(
      () => undefined,
      (error: Error) => error,
    );
  }

  private run(text: string): Promise<pg.QueryArrayResult> {
    return new Promise((resolve, reject) => {
      this.submit({ text }, (error, result) => (error ? reject(error) : resolve(result)));
    });
  }

  private statement(text: string, values: readonly unknown[]): Statement {
    return { text, values: [...values], rowMode: 'array', name: this.names?.nameOf(text) };
  }

  private submit(query: Statement, onAnswer: (error: Error | null, result: pg.QueryArrayResult) => void): void {
    this.cork();
    this.waiting += 1;
    this.silence.refresh();
    const span = startStatement(query.text);
    void this.client.query(query as pg.QueryConfig, (error: Error | null, result: unknown) => {
      this.waiting -= 1;
      this.silence.refresh();
      if (span) endStatement(span, error);
      if (error) this.failure ??= error;
      onAnswer(error, result as pg.QueryArrayResult);
    });
  }

  /** Cuts the connection of a server that is silent. All that wait fail. */
  private giveUp(): void {
    if (this.waiting === 0) return;
    this.failure ??= new Error(SILENCE);
    socketOf(this.client).destroy();
  }

  /** Holds back what is written until the end of this turn. */
  private cork(): void {
    if (this.isCorked) return;
    const stream = socketOf(this.client);
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
