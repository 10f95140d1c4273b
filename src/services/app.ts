import type { Banks } from '../bank/bank.ts';
import type { Database, Queryable } from '../store/connection/database.ts';
import type { Secrets } from '../store/secrets.ts';
import type { ClockName } from '../store/write-context.ts';

/** Structured log: fields first, then a constant message. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Source of the current time of a merchant. Its name selects the due jobs that run on it. */
export interface Clock {
  readonly clockName: ClockName;
  now(tx: Queryable, merchantId: string): Promise<Date>;
}

/** Work that may block the event loop, as the log names it. */
export interface Step {
  readonly requestId: string;
  /** Kind of work: `read body`, the type of a GraphQL operation, or `render event`. */
  readonly step: string;
  /** Name of the operation, if it has one. */
  readonly name?: string | undefined;
}

/** Metrics of the gateway. */
export interface Meter {
  /** Records `count` completed jobs of a kind and their delay after the due time, in milliseconds. */
  done(kind: string, count: number, lagMs: number): void;
  /** Records a failed job step, which will be retried. */
  failed(kind: string): void;
  /** Records bank answers that were quarantined for manual review. */
  quarantined(count: number): void;
  /** Records a request or stream that was refused with this error code. */
  refused(code: string): void;
  /** Records a transaction that reached a status; `code` is the return code or null. */
  transaction(status: string, code: string | null): void;
  /** Records an attempt to deliver an event to a webhook endpoint. */
  webhookAttempted(outcome: 'succeeded' | 'failed'): void;
  /** Records a file that was exchanged with a bank. */
  bankFile(outcome: 'written' | 'taken' | 'rejected'): void;
  /** Records the start of work that may block the event loop. */
  step(step: Step): void;
}

/** Dependencies of the use cases, created at start-up. */
export interface App {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly banks: Banks;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** Whether webhook endpoints may use http and this machine, for development. */
  readonly allowsLocalWebhooks: boolean;
  /** Called after each commit that wrote events. */
  readonly onEvents: () => void;
}

/** An authenticated client of a merchant, an API key or a user, with its scopes. */
export interface Identity {
  readonly merchantId: string;
  /** Id of the API key, or `user:` followed by the subject of the token. */
  readonly clientId: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Expiry of the identity; null means valid until the key is revoked. */
  readonly expiresAt: Date | null;
}

/** An identity in the context of one request. */
export interface Caller extends Identity {
  readonly requestId: string;
  /**
   * Id that the client gave to the request; null if it gave none. Absent for calls that are not requests of the API: their
   * outcomes are not recorded.
   */
  readonly clientRequestId?: string | null;
}

/** Scopes that a client can hold. No scope implies another. */
export const SCOPES = ['read', 'write', 'payments:submit', 'pii:read', 'sandbox', 'admin', 'export'] as const;
/** One of the scopes. */
export type Scope = (typeof SCOPES)[number];
