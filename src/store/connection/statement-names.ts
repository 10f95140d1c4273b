import { LRUCache } from 'lru-cache';
import type pg from 'pg';

/** Maximum number of texts that have a name at a time. */
const NAMED_MAX = 500;
/** Number of names after which a connection is replaced: it keeps every statement that it was given by name. */
const NAMES_PER_CONNECTION_MAX = 1_000;

/**
 * Names of statements that are sent more than once. PostgreSQL parses and plans a named statement once for each connection.
 */
export class StatementNames {
  private readonly names = new LRUCache<string, string>({ max: NAMED_MAX });
  private made = 0;
  private readonly madeBefore = new WeakMap<pg.PoolClient, number>();

  /** Returns the name of a statement; undefined the first time, as most texts that are sent once are never sent again. */
  nameOf(text: string): string | undefined {
    const known = this.names.get(text);
    if (known === undefined) {
      this.names.set(text, '');
      return undefined;
    }
    if (known !== '') return known;
    this.made += 1;
    const name = `s${this.made}`;
    this.names.set(text, name);
    return name;
  }

  /** Returns whether a connection may hold too many statements to be kept. */
  isFull(client: pg.PoolClient): boolean {
    const before = this.madeBefore.get(client) ?? this.made;
    this.madeBefore.set(client, before);
    return this.made - before > NAMES_PER_CONNECTION_MAX;
  }
}
