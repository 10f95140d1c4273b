import { civilDateOf } from '../dates.ts';
import { methodMismatch, refused, required } from '../errors.ts';
import { readFields } from '../fields.ts';
import type { Findings } from '../findings.ts';
import { adjustmentsBy } from '../mandate/adjustment.ts';
import type { Authorisation, NewMandate } from '../mandate/mandate.ts';
import { NOT_APPROVED } from '../mandate/mandate.ts';
import { type CreateMandateRecord, planMandate } from '../mandate/plan.ts';
import type { SubmitContext } from '../submit/submit-context.ts';

/** Maximum length of the bank's reference of an approval, in characters. */
export const AUTHENTICATION_REFERENCE_LENGTH_MAX = 64;

/** A mandate that is in force already, and how it was authorised; its debtor snapshot is added when it is written. */
export interface ImportedMandate {
  readonly mandate: NewMandate;
  readonly authorisation: Authorisation;
}

/**
 * Returns the mandate of one record as it is in force, or null with every error in the findings. Nobody is asked to
 * approve it, so a DebiCheck mandate requires the bank's reference of its approval.
 */
export function planImportedMandate(
  record: CreateMandateRecord,
  known: SubmitContext,
  findings: Findings,
): ImportedMandate | null {
  const { path, errors } = findings;
  if ((record['externalId'] ?? null) === null) errors.push(required([...path, 'externalId']));
  const before = errors.length;
  const mandate = planMandate({ ...record, isAuthorised: true }, known, findings);
  const fields = readFields(record, findings);
  const approvedAt = fields.instant('approvedAt');
  const authenticationReference = fields.text('authenticationReference', {
    max: AUTHENTICATION_REFERENCE_LENGTH_MAX,
    isReference: true,
  });
  const adjustmentAnchor = fields.date('adjustmentAnchor');
  if (approvedAt !== null && approvedAt > known.now) {
    errors.push(refused('INVALID_DATE', [...path, 'approvedAt'], 'Must not be in the future.'));
  }
  const type = known.methods.get(record.paymentMethodId)?.type;
  const needs = { approvedAt: type !== 'DEBIT_ORDER', authenticationReference: type === 'DEBICHECK' };
  for (const name of ['approvedAt', 'authenticationReference'] as const) {
    if (mandate && needs[name] && (record[name] ?? null) === null) {
      errors.push(methodMismatch('METHOD_REQUIRES', [...path, name], `An approved ${type} mandate requires it.`));
    }
  }
  if (type === 'DEBIT_ORDER') refuseApproval(record, findings);
  if (!mandate || errors.length > before) return null;
  const adjustmentsMade = adjustmentsBy(mandate.adjustmentCategory, adjustmentAnchor, civilDateOf(known.now));
  const status = mandate.status === 'PENDING' ? 'ACTIVE' : mandate.status;
  return {
    mandate: { ...mandate, status },
    authorisation: { ...NOT_APPROVED, approvedAt, authenticationReference, adjustmentAnchor, adjustmentsMade },
  };
}

function refuseApproval(record: CreateMandateRecord, { path, errors }: Findings): void {
  for (const name of ['approvedAt', 'authenticationReference', 'adjustmentAnchor']) {
    if ((record[name] ?? null) === null) continue;
    errors.push(methodMismatch('METHOD_FORBIDS', [...path, name], `DEBIT_ORDER mandates do not accept ${name}.`));
  }
}
