import type { Calendar } from '../calendar.ts';
import { pastDate } from '../clock-errors.ts';
import { type CivilDate, civilDateOf } from '../dates.ts';
import { methodMismatch, refused, required } from '../errors.ts';
import { readExternalId } from '../external-id.ts';
import { readFields, type Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import { type MatrixField, METHOD_MATRIX, type MethodVariant } from '../method/matrix.ts';
import type { PaymentIndustry } from '../payment-industries.ts';
import { type PaymentInterval, processDayMax } from '../schedule.ts';
import { type DebicheckDefaults, type DebicheckRecord, parseDebicheck } from './authorised-terms.ts';
import { type MandateTiming, type NewMandate, NOT_AUTHORISED } from './mandate.ts';
import { FIRST_MANDATE_STATUS, type MandateStatus, type MandateType } from './state-machine.ts';

/** Maximum length of the merchant's own reference of a mandate, in characters. */
export const REFERENCE_LENGTH_MAX = 35;
/** Maximum length of a contract reference, in characters. */
export const CONTRACT_REFERENCE_LENGTH_MAX = 14;

/** Input of a new mandate: scalars are not validated yet, enum values are. */
export interface MandateRecord extends Unvalidated {
  readonly status?: MandateStatus | null | undefined;
  readonly paymentIndustry?: PaymentIndustry | null | undefined;
  readonly generateContractReference?: boolean | null | undefined;
  /** Whether it was authorised before, elsewhere: its first collection may be past. */
  readonly isAuthorised?: boolean;
  readonly recurring?: (Unvalidated & { readonly interval?: PaymentInterval | null | undefined }) | null | undefined;
  readonly oneTime?: Unvalidated | null | undefined;
  readonly debicheck?: DebicheckRecord | null | undefined;
}

/** Fields of a payment method that its mandates are validated against. */
export interface MandateMethod {
  readonly type: MandateType;
  readonly variant: MethodVariant;
  readonly paymentIndustry: PaymentIndustry | null;
  readonly debicheckDefaults: DebicheckDefaults;
}

/** Returns the validated fields of a new mandate (DOMAIN §1.4), or null with every error in the findings. */
export function parseMandate(
  record: MandateRecord,
  method: MandateMethod,
  calendar: Calendar,
  findings: Findings,
): NewMandate | null {
  const { path, errors } = findings;
  const before = errors.length;
  const fields = readFields(record, findings);
  const paymentIndustry = record.paymentIndustry ?? method.paymentIndustry;
  if (!paymentIndustry) errors.push(required([...path, 'paymentIndustry']));
  const status = parseStatus(record, method, findings);
  const hasOneTiming = !record.recurring !== !record.oneTime;
  if (!hasOneTiming) errors.push(required([...path, 'recurring'], 'Set exactly one of recurring and oneTime.'));
  const amountCents = fields.amount('amount', { required: true });
  const reference = fields.text('reference', { max: REFERENCE_LENGTH_MAX, isReference: true });
  const externalId = readExternalId(record, findings);
  const contractReference = parseContractReference(record, method.variant, findings);
  const timing = hasOneTiming ? parseTiming(record, calendar.now, findings) : null;
  const authorised = parseAuthorised(record, method, { amountCents, timing, calendar }, findings);
  if (errors.length > before || amountCents === null || !paymentIndustry || !timing || !authorised) return null;
  const { approvalWindow, ...terms } = authorised;
  const makesContractReference = record.generateContractReference === true;
  const references = { reference, externalId, contractReference, makesContractReference };
  return { ...terms, ...timing, ...references, amountCents, paymentIndustry, approvalWindow, status };
}

function parseStatus({ status }: MandateRecord, { type, variant }: MandateMethod, findings: Findings): MandateStatus {
  const { path, errors } = findings;
  const first = FIRST_MANDATE_STATUS[type];
  if (!status) return first;
  const at = [...path, 'status'];
  if (METHOD_MATRIX['mandate.status'][variant] === 'FORBIDDEN') {
    errors.push(methodMismatch('METHOD_FORBIDS', at, `Omit the status: ${variant} mandates always start as ${first}.`));
  } else if (status !== 'ACTIVE' && status !== 'DISABLED') {
    errors.push(refused('INVALID', at, 'The initial status must be ACTIVE or DISABLED.'));
  }
  return status;
}

/** Returns the contract reference of a record, trimmed, as it is compared with others; null if it has none. */
export function contractReferenceOf(record: Unvalidated): string | null {
  const reference = record['contractReference'] ?? null;
  return reference === null ? null : String(reference).trim();
}

function parseContractReference(record: MandateRecord, variant: MethodVariant, findings: Findings): string | null {
  const { path, errors } = findings;
  const at = [...path, 'contractReference'];
  const given = readFields(record, findings).text('contractReference', {
    max: CONTRACT_REFERENCE_LENGTH_MAX,
    isReference: true,
  });
  const isAbsent = (record['contractReference'] ?? null) === null;
  if (record.generateContractReference) {
    if (!isAbsent)
      errors.push(refused('INVALID', at, 'Omit contractReference, or do not set generateContractReference.'));
  } else if (isAbsent && METHOD_MATRIX['mandate.contractReference'][variant] === 'REQUIRED') {
    const message = `${variant} mandates require a contract reference; generateContractReference: true generates one.`;
    errors.push(methodMismatch('METHOD_REQUIRES', at, message));
  }
  return given;
}

function parseTiming(record: MandateRecord, now: Date, findings: Findings): MandateTiming {
  return record.recurring
    ? parseRecurring(record.recurring, now, findings.at('recurring'))
    : parseOneTime(record.oneTime ?? {}, now, findings.at('oneTime'));
}

function parseRecurring(record: NonNullable<MandateRecord['recurring']>, now: Date, findings: Findings): MandateTiming {
  const fields = readFields(record, findings);
  const interval = record.interval ?? 'MONTHLY';
  const dateRelease = fields.date('dateRelease');
  refusePast(dateRelease, now, findings.at('dateRelease'));
  return {
    interval,
    processDay: fields.integer('processDay', { min: 1, max: processDayMax(interval), required: true }),
    dateRelease,
    processDate: null,
  };
}

function parseOneTime(record: Unvalidated, now: Date, findings: Findings): MandateTiming {
  const processDate = readFields(record, findings).date('processDate', { required: true });
  refusePast(processDate, now, findings.at('processDate'));
  return { processDate, processDay: null, interval: null, dateRelease: null };
}

/** Adds an error if the date is before today; today itself is accepted. */
export function refusePast(date: CivilDate | null, now: Date, findings: Findings): void {
  const { path, errors } = findings;
  if (date !== null && date < civilDateOf(now)) errors.push(pastDate(path, now));
}

function parseAuthorised(
  record: MandateRecord,
  { variant, debicheckDefaults }: MandateMethod,
  rest: { amountCents: number | null; timing: MandateTiming | null; calendar: Calendar },
  findings: Findings,
) {
  const { path, errors } = findings;
  const at = [...path, 'debicheck'];
  const need = METHOD_MATRIX['mandate.debicheck'][variant];
  if (need === 'FORBIDDEN') {
    if (record.debicheck)
      errors.push(methodMismatch('METHOD_FORBIDS', at, `${variant} mandates do not accept debicheck.`));
    return { ...NOT_AUTHORISED, approvalWindow: null };
  }
  if (!record.debicheck) {
    errors.push(methodMismatch('METHOD_REQUIRES', at, `${variant} mandates require debicheck.`));
    return null;
  }
  refuseForbidden(record.debicheck, 'approvalWindow', 'mandate.debicheck.approvalWindow', variant, findings.of(at));
  const around = { ...rest, variant, isAuthorised: record.isAuthorised === true };
  return parseDebicheck(record.debicheck, debicheckDefaults, around, findings.of(at));
}

function refuseForbidden(
  record: Unvalidated,
  name: string,
  field: MatrixField,
  variant: MethodVariant,
  findings: Findings,
): void {
  const { path, errors } = findings;
  if ((record[name] ?? null) === null || METHOD_MATRIX[field][variant] !== 'FORBIDDEN') return;
  errors.push(methodMismatch('METHOD_FORBIDS', [...path, name], `${variant} mandates do not accept ${name}.`));
}
