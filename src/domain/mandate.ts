import type { CivilDate } from './dates.ts';
import { type Path, required, type UserError } from './errors.ts';
import { readFields, type Unjudged } from './fields.ts';
import type { PaymentMethodType, ProviderBank } from './payment.ts';
import type { PaymentIndustry } from './payment-industries.ts';
import { type PaymentInterval, processDayMax } from './schedule.ts';

export const MANDATE_STATUSES = [
  'PENDING',
  'ACTIVE',
  'REJECTED',
  'EXPIRED',
  'SUSPENDED',
  'DISABLED',
  'CANCELLED',
  'COMPLETED',
  'ARCHIVED',
] as const;
export type MandateStatus = (typeof MANDATE_STATUSES)[number];

/** While a mandate is in one of these, the debtor's authority is alive, or asked for. */
export const OPEN_MANDATE_STATUSES = ['PENDING', 'ACTIVE', 'SUSPENDED', 'DISABLED'] as const;

export const MANDATE_EVENTS = ['CANCEL'] as const;
export type MandateEvent = (typeof MANDATE_EVENTS)[number];

/** The life of a mandate, as far as it is lived here (DOMAIN §4.3). A status with an empty row is left by no event. */
const TRANSITIONS: Record<MandateStatus, Partial<Record<MandateEvent, MandateStatus>>> = {
  PENDING: { CANCEL: 'CANCELLED' },
  ACTIVE: { CANCEL: 'CANCELLED' },
  REJECTED: {},
  EXPIRED: {},
  SUSPENDED: { CANCEL: 'CANCELLED' },
  DISABLED: { CANCEL: 'CANCELLED' },
  CANCELLED: {},
  COMPLETED: {},
  ARCHIVED: {},
};

/** The status after `event`, or null when it cannot happen now. */
export function transitionMandate(status: MandateStatus, event: MandateEvent): MandateStatus | null {
  return TRANSITIONS[status][event] ?? null;
}

/** An open mandate, as far as it binds the customer and the account it names. */
export interface OpenMandate {
  readonly id: string;
  readonly status: MandateStatus;
  readonly version: number;
  readonly customerId: string;
  readonly bankAccountId: string;
  readonly paymentMethodId: string;
  readonly amountCents: number;
  readonly methodType: PaymentMethodType;
  readonly providerBank: ProviderBank;
}

/** Whether debtor or bank have authorised the very data it was made with: no change of the customer reaches it. */
export function isAuthorised({ methodType }: Pick<OpenMandate, 'methodType'>): boolean {
  return methodType === 'DEBICHECK' || methodType === 'REGISTERED_MANDATE';
}

/** What a mandate allows to be collected. Recurring: `processDay` and `interval`; one-time: `processDate`. */
export interface MandateTerms {
  readonly amountCents: number;
  readonly paymentIndustry: PaymentIndustry;
  readonly processDay: number | null;
  readonly interval: PaymentInterval | null;
  readonly dateRelease: CivilDate | null;
  readonly processDate: CivilDate | null;
}

export interface NewMandate extends MandateTerms {
  readonly reference: string | null;
  readonly contractReference: string | null;
}

/** What a caller sends to create a mandate: scalars unjudged, enums already their own. */
export interface MandateRecord extends Unjudged {
  readonly paymentIndustry?: PaymentIndustry | null | undefined;
  readonly recurring?: (Unjudged & { readonly interval?: PaymentInterval | null | undefined }) | null | undefined;
  readonly oneTime?: Unjudged | null | undefined;
}

/** The checked fields of a new EFT mandate (DOMAIN §1.4), or null with every reason in `errors`. */
export function parseMandate(
  record: MandateRecord,
  defaultIndustry: PaymentIndustry | null,
  path: Path,
  errors: UserError[],
): NewMandate | null {
  const before = errors.length;
  const fields = readFields(record, path, errors);
  const paymentIndustry = record.paymentIndustry ?? defaultIndustry;
  if (!paymentIndustry) errors.push(required([...path, 'paymentIndustry']));
  const hasOneTiming = !record.recurring !== !record.oneTime;
  if (!hasOneTiming) errors.push(required([...path, 'recurring'], 'Exactly one of recurring and oneTime.'));
  const amountCents = fields.amount('amount', { required: true });
  const reference = fields.text('reference', { max: 35 });
  const contractReference = fields.text('contractReference', { max: 14 });
  const timing = hasOneTiming ? parseTiming(record, path, errors) : null;
  if (errors.length > before || amountCents === null || !paymentIndustry || !timing) return null;
  return { amountCents, paymentIndustry, reference, contractReference, ...timing };
}

type Timing = Pick<MandateTerms, 'processDay' | 'interval' | 'dateRelease' | 'processDate'>;

function parseTiming(record: MandateRecord, path: Path, errors: UserError[]): Timing {
  return record.recurring
    ? parseRecurring(record.recurring, [...path, 'recurring'], errors)
    : parseOneTime(record.oneTime ?? {}, [...path, 'oneTime'], errors);
}

function parseRecurring(record: NonNullable<MandateRecord['recurring']>, path: Path, errors: UserError[]): Timing {
  const fields = readFields(record, path, errors);
  const interval = record.interval ?? 'MONTHLY';
  return {
    interval,
    processDay: fields.integer('processDay', { min: 1, max: processDayMax(interval), required: true }),
    dateRelease: fields.date('dateRelease'),
    processDate: null,
  };
}

function parseOneTime(record: Unjudged, path: Path, errors: UserError[]): Timing {
  const processDate = readFields(record, path, errors).date('processDate', { required: true });
  return { processDate, processDay: null, interval: null, dateRelease: null };
}
