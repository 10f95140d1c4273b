import type { CivilDate } from '../../domain/dates.ts';
import type { TransactionKind } from '../../domain/transaction.ts';
import type { Tx } from '../connection/database.ts';
import type { BankMessage } from '../transactions/bank-messages.ts';
import type { ClockName } from '../write-context.ts';

/** Kinds of due work, in the order in which jobs due at the same instant run. */
export const DUE_KINDS = [
  // First, because an answer at the very end of its window still counts.
  'BANK_ANSWER',
  'EXPIRE_MANDATE',
  'EXPIRE_AMENDMENT',
  'ADJUST_MANDATE',
  'REPO_CHANGE',
  'END_TRACKING',
  'AWAIT_ANSWER',
  'REPLAN_COLLECTIONS',
  'EXPIRE_PAY_IN',
  'CREATE_TRANSACTION',
  'SEND_MANDATE_REQUEST',
  'SEND_TRANSACTION',
  'END_PAYMENT',
  'COMPLETE_MANDATE',
  'DISABLE_BANK_ACCOUNT',
  'JUDGE_AUTHORITY',
  'MARK_DECEASED',
] as const;
/** A kind of due work. */
export type DueKind = (typeof DUE_KINDS)[number];

/** Details of a planned collection. */
export interface PlannedCollectionDetails {
  readonly nominalDate: CivilDate;
  /** Defaults to REGULAR. */
  readonly kind?: TransactionKind;
  readonly sequence: number;
}

/** Details stored with due work, for the kinds that have any. */
interface DetailsByKind {
  readonly BANK_ANSWER: Pick<
    BankMessage,
    'reference' | 'event' | 'code' | 'authenticationReference' | 'providerReference'
  >;
  readonly CREATE_TRANSACTION: PlannedCollectionDetails;
  /** The id after which the next step resumes; absent in the first step. */
  readonly REPLAN_COLLECTIONS: { readonly after?: string };
  readonly REPO_CHANGE: { readonly after?: string };
  readonly DISABLE_BANK_ACCOUNT: { readonly code: string };
  readonly MARK_DECEASED: { readonly code: string };
}

type DetailsOf<Kind extends DueKind> = Kind extends keyof DetailsByKind
  ? DetailsByKind[Kind]
  : Readonly<Record<string, never>>;

/** A job due at an instant of the merchant's clock. A subject has at most one of each kind: a new job replaces it. */
export type DueWork<Kind extends DueKind = DueKind> = {
  readonly [Each in Kind]: {
    readonly kind: Each;
    readonly subjectId: string;
    readonly dueAt: Date;
    readonly details: DetailsOf<Each>;
  };
}[Kind];

/** The part of a write context that says whose due work is meant, and on which clock. */
export interface ClockContext {
  readonly tx: Tx;
  readonly merchantId: string;
  readonly clockName: ClockName;
}
