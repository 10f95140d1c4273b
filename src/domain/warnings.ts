import type { CivilDate } from './dates.ts';
import type { Path, UserError } from './errors.ts';

/** What is worth a look, though it was done. */
export const WARNING_CODES = {
  POSSIBLE_DUPLICATE: 'Another object has the same value; `ids` name it. It may be the same customer or account.',
  ID_NUMBER_UNUSUAL: 'The number is valid, but looks unlike others of its type.',
  TAX_NUMBER_UNUSUAL: 'The number looks unlike a South African income tax or VAT number.',
  TAX_NUMBER_MISSING: 'The customer is taxed, but has no tax number.',
  CDV_FAILED: 'The account number fails the check digits of its bank.',
  MANDATES_NOT_CANCELLED: "The debtor's authority is still alive; `ids` name the mandates.",
  DEFAULTS_DROPPED: 'A default of the payment method does not go with what was sent, and is left out.',
  AMENDMENT_PENDING: 'The change awaits approval; what holds now holds until then. `ids` name the mandate.',
  QUEUED:
    'It is past the cut-off of the day: it goes to the bank on the next business day, at the time the message says.',
  MANDATES_NOT_UPDATED: 'These mandates keep the data they were authorised with; amend them, or make new ones.',
  CYCLE_SKIPPED:
    'A collection is not made, or will not be; `lostDate`, `nextDate` and `reason` say which, what follows it, and why.',
  DEBIT_RETURNED:
    'The last debit of the mandate was returned with a code that stops a payment. The authority stands, and the next may be returned as well.',
  CARD_EXPIRES: 'The card, or the time for which its provider keeps it, ends before the collection is made.',
} as const;
export type WarningCode = keyof typeof WARNING_CODES;

export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
  readonly path: Path;
  readonly ids: readonly string[];
  /** With CYCLE_SKIPPED alone. */
  readonly skipped?: SkippedCycle | undefined;
}

/** A collection that is not made. */
export interface SkippedCycle {
  /** The agreed day that is lost. */
  readonly lostDate: CivilDate;
  /** The agreed day of the next collection; null when there is none. */
  readonly nextDate: CivilDate | null;
  readonly reason: string;
}

export function warning(code: WarningCode, path: Path, message: string, ids: readonly string[] = []): Warning {
  return { code, message, path, ids };
}

/** Warns of a collection that is not made, or will not be. */
export function cycleSkipped(path: Path, skipped: SkippedCycle, ids: readonly string[] = []): Warning {
  const { lostDate, nextDate, reason } = skipped;
  const next = nextDate === null ? 'No collection follows.' : `The next is that of ${nextDate}.`;
  return {
    ...warning('CYCLE_SKIPPED', path, `The collection of ${lostDate} is skipped. ${reason} ${next}`, ids),
    skipped,
  };
}

/**
 * What validation has found in a record: errors, warnings, and the path of the part that is being read. The parts of a record
 * share their lists.
 */
export class Findings {
  readonly path: Path;
  readonly errors: UserError[];
  readonly warnings: Warning[];

  constructor(
    path: Path = [],
    { errors, warnings }: Pick<Findings, 'errors' | 'warnings'> = { errors: [], warnings: [] },
  ) {
    this.path = path;
    this.errors = errors;
    this.warnings = warnings;
  }

  /** The same findings, for a part of what is being read. */
  at(...names: readonly string[]): Findings {
    return new Findings([...this.path, ...names], this);
  }

  /** The same findings, for another part of the input. */
  of(path: Path): Findings {
    return new Findings(path, this);
  }
}
