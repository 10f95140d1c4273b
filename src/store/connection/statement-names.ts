import { LRUCache } from 'lru-cache';
import type pg from 'pg';

/** Maximum number of texts that have a name at a time. */
const NAMED_MAX = 500;
/** Longer texts have no name: the plan of a statement takes about sixty times the memory of its text. */
const LENGTH_MAX = 10_000;
/**
 * Characters of named texts after which a connection is replaced: it keeps every statement that it was given by name.
 */
const CHARACTERS_PER_CONNECTION_MAX = 1_000_000;

/**
 * Names of statements that are sent more than once. PostgreSQL parses and plans a named statement once for each connection.
 */
export class StatementNames {
  private readonly names = new LRUCache<string, string>({ max: NAMED_MAX });
  private made = 0;
  private characters = 0;
  private readonly charactersBefore = new WeakMap<pg.PoolClient, number>();

  /**
   * Returns the name of a statement; undefined for a long one, and the first time, as most texts that are sent once are never
   * sent again.
   */
  nameOf(text: string): string | undefined {
    if (text.length > LENGTH_MAX) return undefined;
    const known = this.names.get(text);
    if (known === undefined) {
      this.names.set(text, '');
      return undefined;
    }
    if (known !== '') return known;
    this.made += 1;
    this.characters += text.length;
    const name = `s${this.made}`;
    this.names.set(text, name);
    return name;
  }

  /** Returns whether a connection may hold too many statements to be kept. */
  isFull(client: pg.PoolClient): boolean {
    const before = this.charactersBefore.get(client) ?? this.characters;
    this.charactersBefore.set(client, before);
    return this.characters - before > CHARACTERS_PER_CONNECTION_MAX;
  }
}
