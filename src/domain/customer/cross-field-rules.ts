import type { CivilDate } from '../dates.ts';
import { invalid, required } from '../errors.ts';
import { type Findings, warning } from '../warnings.ts';
import { isUsualTaxNumber, parseIdentity } from './identity.ts';
import type { CustomerRecord, Draft } from './record.ts';

/** A customer has a company name, or both names of a person. */
export function requireName(draft: Draft, findings: Findings): void {
  const { path, errors } = findings;
  if (draft.companyName !== null || (draft.personName !== null && draft.personSurname !== null)) return;
  const missing = draft.personName === null ? 'personName' : 'personSurname';
  errors.push(required([...path, missing], 'A customer has a company name, or a name and a surname.'));
}

/** The type and the number of an identity go together, and the number is as its type demands. */
export function checkIdentity(draft: Draft, record: CustomerRecord, today: CivilDate, findings: Findings): void {
  const { path } = findings;
  const { idType, idNumber } = draft;
  if ((idType === null) !== (idNumber === null)) {
    const message = 'The type and the number of an identity document go together.';
    const at = [...path, idType === null ? 'idType' : 'idNumber'];
    findings.errors.push(invalid(at, 'id_type_with_number', message));
  } else if (idType !== null && idNumber !== null && (record.idType || record['idNumber'])) {
    draft.idNumber = parseIdentity(idType, idNumber, today, findings.at('idNumber'));
  }
}

/** What is odd about a tax number is worth a warning, no more. */
export function checkTax(draft: Draft, record: CustomerRecord, findings: Findings): void {
  const { path, warnings } = findings;
  const at = [...path, 'taxNumber'];
  if (record['taxNumber'] && draft.taxNumber !== null && !isUsualTaxNumber(draft.taxNumber)) {
    warnings.push(warning('TAX_NUMBER_UNUSUAL', at, 'It is no ten digits that begin with 0, 1, 2, 3, 4 or 9.'));
  }
  if (draft.isTax && draft.taxNumber === null && (record.isTax || record['taxNumber'] === null)) {
    warnings.push(warning('TAX_NUMBER_MISSING', at, 'The customer is taxed, but has no tax number.'));
  }
}
