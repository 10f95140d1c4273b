import type { CivilDate } from './dates.ts';
import type { Path } from './errors.ts';

/** All warning codes with their descriptions. A warning does not prevent the change. */
export const WARNING_CODES = {
  POSSIBLE_DUPLICATE:
    'Returned when other objects have the same value and may be the same customer or account; `ids` lists them.',
  ID_NUMBER_UNUSUAL: 'Returned when an ID number is accepted but has an unusual form for its type.',
  TAX_NUMBER_UNUSUAL: 'Returned when a tax number does not have the form of a South African income tax or VAT number.',
  TAX_NUMBER_MISSING: 'Returned when a customer is taxable but has no tax number.',
  CDV_FAILED: 'Returned when an account number fails its check-digit verification (CDV) but is accepted.',
  MANDATES_NOT_CANCELLED:
    'Returned when the change leaves mandates open, so that their authority remains valid; `ids` lists them.',
  DEFAULTS_DROPPED: 'Returned when a default of the payment method contradicts the given values and is not applied.',
  AMENDMENT_PENDING:
    'Returned when a change of a mandate awaits approval; the current terms apply until then. `ids` lists the mandate.',
  QUEUED:
    'Returned when the cut-off of the day has passed; the request is sent to the bank on the next business day, at the time given in the message.',
  MANDATES_NOT_UPDATED:
    'Returned when authorised mandates keep the data they were authorised with; `ids` lists them. Amend them or create new mandates.',
  CYCLE_SKIPPED:
    'Returned when a collection is skipped, or will be; `lostDate`, `nextDate` and `reason` give its nominal date, that of the next collection, and the reason.',
  DEBIT_RETURNED:
    'Returned when the last debit of the mandate was returned with a code that stops a payment. The authority remains valid, but the next debit may be returned too.',
  CARD_EXPIRES: 'Returned when the card, or the storage of its token by the provider, expires before the collection.',
  VERIFICATION_UNAVAILABLE:
    'Returned when no bank of the merchant verifies accounts; the account keeps its verification status.',
} as const;
/** Code of a warning. */
export type WarningCode = keyof typeof WARNING_CODES;

/** An issue to review that does not prevent the change. */
export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
  readonly path: Path;
  /** Ids of the objects that the warning concerns. */
  readonly ids: readonly string[];
  /** The skipped collection; present with CYCLE_SKIPPED only. */
  readonly skipped?: SkippedCycle | undefined;
}

/** A collection that is skipped. */
export interface SkippedCycle {
  /** Nominal date of the skipped collection. */
  readonly lostDate: CivilDate;
  /** Nominal date of the next collection; null if none follows. */
  readonly nextDate: CivilDate | null;
  readonly reason: string;
}

/** Returns a warning. */
export function warning(code: WarningCode, path: Path, message: string, ids: readonly string[] = []): Warning {
  return { code, message, path, ids };
}

/** Returns the warning for a collection that is skipped, or will be. */
export function cycleSkipped(path: Path, skipped: SkippedCycle, ids: readonly string[] = []): Warning {
  const { lostDate, nextDate, reason } = skipped;
  const next = nextDate === null ? 'No collection follows.' : `The nominal date of the next collection is ${nextDate}.`;
  return {
    ...warning('CYCLE_SKIPPED', path, `The collection of ${lostDate} is skipped. ${reason} ${next}`, ids),
    skipped,
  };
}
