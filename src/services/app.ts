import type { Bank } from '../bank/bank.ts';
import type { Database, Queryable } from '../store/connection/database.ts';
import type { Secrets } from '../store/secrets.ts';
import type { ClockName } from '../store/write-context.ts';

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Tells what time it is for a merchant, and which due work goes by it. */
export interface Clock {
  readonly clockName: ClockName;
  now(tx: Queryable, merchantId: string): Promise<Date>;
}

/** A piece of work on the event loop, as the log names it. */
export interface Step {
  readonly requestId: string;
  /** What is done: `read body`, the kind of an operation, `render event`. */
  readonly step: string;
  /** The name of the operation, where it has one. */
  readonly name?: string | undefined;
}

/** Counts what whoever runs the gateway watches. */
export interface Meter {
  /** So many pieces of a kind were done, so long after their time. */
  done(kind: string, count: number, lagMs: number): void;
  /** A step failed; it is done again. */
  failed(kind: string): void;
  /** So many answers of the bank could not be: a person is to look at them. */
  quarantined(count: number): void;
  /** A request, or a stream, was answered with an error of this code. */
  refused(code: string): void;
  /** A transaction reached a status, by a return code or by none. */
  transaction(status: string, code: string | null): void;
  /** A step begins that may hold the event loop. */
  step(step: Step): void;
}

/** What every use case needs; handed in by whoever starts the gateway. */
export interface App {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly bank: Bank;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** Called after a commit that wrote events. */
  readonly onEvents: () => void;
}

/** A client of a merchant: an API key, or a user of a frontend, and what it may do. */
export interface Identity {
  readonly merchantId: string;
  /** The id of the API key, or `user:` and the subject of a token. */
  readonly clientId: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Until when it may; null: until the key is revoked. */
  readonly expiresAt: Date | null;
}

/** Who calls: an identity, in one request. */
export interface Caller extends Identity {
  readonly requestId: string;
}

/** What a client may do. None implies another. */
export const SCOPES = ['read', 'write', 'payments:submit', 'pii:read', 'sandbox', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
