import type { CivilDate } from '../dates.ts';
import { invalid, required } from '../errors.ts';
import type { Findings } from '../findings.ts';
import { warning } from '../warnings.ts';
import { isUsualTaxNumber, parseIdentity } from './identity.ts';
import type { CustomerRecord, Draft } from './record.ts';

/** Adds an error unless the customer has a company name, or a first name and a surname. */
export function requireName(draft: Draft, findings: Findings): void {
  const { path, errors } = findings;
  if (draft.companyName !== null || (draft.personName !== null && draft.personSurname !== null)) return;
  const missing = draft.personName === null ? 'personName' : 'personSurname';
  errors.push(required([...path, missing], 'Give either companyName, or both personName and personSurname.'));
}

/**
 * Adds errors unless ID type and ID number are given together and the number is valid for its type; normalises the
 * number.
 */
export function checkIdentity(draft: Draft, record: CustomerRecord, today: CivilDate, findings: Findings): void {
  const { path } = findings;
  const { idType, idNumber } = draft;
  if ((idType === null) !== (idNumber === null)) {
    const message = 'idType and idNumber must be given together.';
    const at = [...path, idType === null ? 'idType' : 'idNumber'];
    findings.errors.push(invalid(at, 'id_type_with_number', message));
  } else if (idType !== null && idNumber !== null && (record.idType || record['idNumber'])) {
    draft.idNumber = parseIdentity(idType, idNumber, today, findings.at('idNumber'));
  }
}

/** Adds warnings for an unusual or missing tax number. */
export function checkTax(draft: Draft, record: CustomerRecord, findings: Findings): void {
  const { path, warnings } = findings;
  const at = [...path, 'taxNumber'];
  if (record['taxNumber'] && draft.taxNumber !== null && !isUsualTaxNumber(draft.taxNumber)) {
    warnings.push(
      warning(
        'TAX_NUMBER_UNUSUAL',
        at,
        'A South African tax number usually has ten digits and starts with 0, 1, 2, 3, 4 or 9.',
      ),
    );
  }
  if (draft.isTax && draft.taxNumber === null && (record.isTax || record['taxNumber'] === null)) {
    warnings.push(warning('TAX_NUMBER_MISSING', at, 'The customer is taxable but has no tax number.'));
  }
}
