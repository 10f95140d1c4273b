import type { CivilDate } from '../dates.ts';
import { areSound, invalid, refused, required } from '../errors.ts';
import { readExternalId } from '../external-id.ts';
import { parseText } from '../fields.ts';
import type { Findings } from '../findings.ts';
import { mergeMetadata, parseMetadata, withinLimits } from '../metadata.ts';
import { parseDialCode } from './contact.ts';
import { checkIdentity, checkTax, requireName } from './cross-field-rules.ts';
import { CLIENT_TYPES, type CustomerProfile, type NewCustomer } from './customer.ts';
import { CUSTOMER_TEXT_NAMES, CUSTOMER_TEXTS, type CustomerText, type CustomerTextName } from './fields.ts';
import type { CustomerRecord, Draft } from './record.ts';

const BLANK: CustomerProfile = {
  ...(Object.fromEntries(CUSTOMER_TEXT_NAMES.map((name) => [name, null])) as Record<CustomerTextName, null>),
  reference: '',
  email: '',
  kind: 'INDIVIDUAL',
  clientType: null,
  idType: null,
  isTax: false,
  metadata: {},
};

const NOT_CLEARABLE = 'This field can be changed but not cleared.';

/** Returns a validated new customer, or null with every error in `findings` (DOMAIN §1.1). */
export function parseCustomer(record: CustomerRecord, today: CivilDate, findings: Findings): NewCustomer | null {
  const { path } = findings;
  const before = findings.errors.length;
  for (const name of CUSTOMER_TEXT_NAMES) {
    const field: CustomerText = CUSTOMER_TEXTS[name];
    if (field.required && (record[name] ?? null) === null) findings.errors.push(required([...path, name]));
  }
  // For a new customer, null means the same as an absent field.
  const given = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
  const profile = readProfile(BLANK, given, today, findings);
  const externalId = readExternalId(record, findings);
  const status = record.status ?? 'ACTIVE';
  if (status === 'ARCHIVED') {
    findings.errors.push(invalid([...path, 'status'], 'first_status', 'A new customer must be ACTIVE or DISABLED.'));
    return null;
  }
  if (findings.errors.length > before) return null;
  return { ...profile, status, externalId, reference: profile.reference === '' ? null : profile.reference };
}

/**
 * Returns a customer with the changes of the caller, or null with every error in `findings`. Absent fields are left
 * unchanged; null clears a field that can be cleared.
 */
export function changeCustomer(
  current: CustomerProfile,
  record: CustomerRecord,
  today: CivilDate,
  findings: Findings,
): CustomerProfile | null {
  const before = findings.errors.length;
  const profile = readProfile(current, record, today, findings);
  return findings.errors.length === before ? profile : null;
}

function readProfile(
  current: CustomerProfile,
  record: CustomerRecord,
  today: CivilDate,
  findings: Findings,
): CustomerProfile {
  const { path, errors } = findings;
  const draft: Draft = { ...current };
  readTexts(draft, current, record, findings);
  readKind(draft, current, record, findings);
  if (record.idType !== undefined) draft.idType = record.idType;
  if (record.isTax === null)
    errors.push(refused('NOT_CLEARABLE', [...path, 'isTax'], 'This field cannot be cleared; send false.'));
  else if (record.isTax !== undefined) draft.isTax = record.isTax;
  readMetadata(draft, record, findings);
  // Rules between fields are checked only if each of the fields is valid.
  if (areSound(errors, path, ['companyName', 'personName', 'personSurname'])) requireName(draft, findings);
  if (areSound(errors, path, ['idType', 'idNumber'])) checkIdentity(draft, record, today, findings);
  if (areSound(errors, path, ['isTax', 'taxNumber'])) checkTax(draft, record, findings);
  return draft;
}

function readTexts(draft: Draft, current: CustomerProfile, record: CustomerRecord, findings: Findings): void {
  const { path, errors } = findings;
  const texts = draft as Record<CustomerTextName, string | null>;
  const dialCode = readDialCode(record, findings);
  for (const name of CUSTOMER_TEXT_NAMES) {
    const value = valueToRead(name, draft, current, record);
    if (value === undefined) continue;
    const field: CustomerText = CUSTOMER_TEXTS[name];
    const at = [...path, name];
    if (value === null) {
      if (field.clears) texts[name] = null;
      else errors.push(refused('NOT_CLEARABLE', at, NOT_CLEARABLE));
      continue;
    }
    const { parse, ...options } = field;
    const judged = parse ? { ...options, parse: (text: string) => parse(text, { ...draft, dialCode }) } : options;
    const text = parseText(value, judged, findings.of(at));
    if (text !== null) texts[name] = text;
  }
}

/** Returns the given text; or the stored postal code if its country changes, so that it is validated again. */
function valueToRead(name: CustomerTextName, draft: Draft, current: CustomerProfile, record: CustomerRecord): unknown {
  if (record[name] !== undefined) return record[name];
  const isMoved =
    (name === 'billingPostalCode' && draft.billingCountry !== current.billingCountry) ||
    (name === 'shippingPostalCode' && draft.shippingCountry !== current.shippingCountry);
  return isMoved ? (current[name] ?? undefined) : undefined;
}

function readDialCode(record: CustomerRecord, findings: Findings): string | null {
  const value = record['dialCode'] ?? null;
  if (value === null) return null;
  return parseText(value, { max: 5, parse: parseDialCode, rule: 'dial_code' }, findings.at('dialCode'));
}

/**
 * Sets the kind: COMPANY with a company name; otherwise the given kind, or INDIVIDUAL if the company name was removed,
 * or the stored kind.
 */
function readKind(draft: Draft, current: CustomerProfile, record: CustomerRecord, findings: Findings): void {
  const { path, errors } = findings;
  if (record.kind === null) errors.push(refused('NOT_CLEARABLE', [...path, 'kind'], NOT_CLEARABLE));
  if (record.kind === 'INDIVIDUAL' && draft.companyName !== null) {
    errors.push(
      invalid([...path, 'kind'], 'kind_with_company_name', 'A customer with a company name must be a COMPANY.'),
    );
  }
  if (draft.companyName !== null) draft.kind = 'COMPANY';
  else if (record.kind) draft.kind = record.kind;
  else if (current.companyName !== null) draft.kind = 'INDIVIDUAL';
  if (record.clientType !== undefined) draft.clientType = record.clientType;
  else if (draft.kind !== current.kind) draft.clientType = null;
  if (draft.clientType !== null && CLIENT_TYPES[draft.clientType] !== draft.kind) {
    const message = `${draft.clientType} is not a client type of ${draft.kind === 'COMPANY' ? 'companies' : 'individuals'}.`;
    errors.push(invalid([...path, 'clientType'], 'client_type_for_kind', message));
  }
}

function readMetadata(draft: Draft, record: CustomerRecord, findings: Findings): void {
  const { path, errors } = findings;
  const { metadata, metadataReplace } = record;
  if (metadata === null || metadataReplace === null) {
    const name = metadata === null ? 'metadata' : 'metadataReplace';
    errors.push(
      refused(
        'NOT_CLEARABLE',
        [...path, name],
        'This field cannot be null. To remove all metadata, send metadataReplace: {}.',
      ),
    );
    return;
  }
  if (metadata !== undefined && metadataReplace !== undefined) {
    const message = 'Send either metadata, which merges, or metadataReplace, not both.';
    errors.push(invalid([...path, 'metadataReplace'], 'metadata_or_replace', message));
    return;
  }
  if (metadata !== undefined) {
    const change = parseMetadata(metadata, findings.at('metadata'));
    draft.metadata = (change && mergeMetadata(draft.metadata, change, findings.at('metadata'))) ?? {};
  } else if (metadataReplace !== undefined) {
    const whole = parseMetadata(metadataReplace, findings.at('metadataReplace'));
    draft.metadata = (whole && withinLimits(whole, findings.at('metadataReplace'))) ?? {};
  }
}
