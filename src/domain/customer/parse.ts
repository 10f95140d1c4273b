import type { CivilDate } from '../dates.ts';
import { areSound, invalid, refused, required } from '../errors.ts';
import { parseText } from '../fields.ts';
import { mergeMetadata, parseMetadata, withinLimits } from '../metadata.ts';
import type { Findings } from '../warnings.ts';
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

/** The checked fields of a new customer, or null with every reason in `findings` (DOMAIN §1.1). */
export function parseCustomer(record: CustomerRecord, today: CivilDate, findings: Findings): NewCustomer | null {
  const { path } = findings;
  const before = findings.errors.length;
  for (const name of CUSTOMER_TEXT_NAMES) {
    const field: CustomerText = CUSTOMER_TEXTS[name];
    if (field.required && (record[name] ?? null) === null) findings.errors.push(required([...path, name]));
  }
  // To leave out and to send null is the same for what is not there yet.
  const given = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
  const profile = readProfile(BLANK, given, today, findings);
  const status = record.status ?? 'ACTIVE';
  if (status === 'ARCHIVED') {
    findings.errors.push(invalid([...path, 'status'], 'first_status', 'A new customer is ACTIVE or DISABLED.'));
    return null;
  }
  if (findings.errors.length > before) return null;
  return { ...profile, status, reference: profile.reference === '' ? null : profile.reference };
}

/** A customer with a caller's changes: absent keeps, null clears what may be cleared. Null with every reason in `findings`. */
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
  if (record.isTax === null) errors.push(refused('NOT_CLEARABLE', [...path, 'isTax'], 'Say false.'));
  else if (record.isTax !== undefined) draft.isTax = record.isTax;
  readMetadata(draft, record, findings);
  // What one field is to another can be judged when each is sound by itself.
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
      else errors.push(refused('NOT_CLEARABLE', at, 'It can be changed, not removed.'));
      continue;
    }
    const { parse, ...options } = field;
    const judged = parse ? { ...options, parse: (text: string) => parse(text, { ...draft, dialCode }) } : options;
    const text = parseText(value, judged, findings.of(at));
    if (text !== null) texts[name] = text;
  }
}

/** What is said of a text; and a postal code that is there already, when it comes to stand in another country. */
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

/** A company name makes a company. Without one a customer is what it is said to be, else what it was, else a person. */
function readKind(draft: Draft, current: CustomerProfile, record: CustomerRecord, findings: Findings): void {
  const { path, errors } = findings;
  if (record.kind === null) errors.push(refused('NOT_CLEARABLE', [...path, 'kind'], 'It can be changed, not removed.'));
  if (record.kind === 'INDIVIDUAL' && draft.companyName !== null) {
    errors.push(invalid([...path, 'kind'], 'kind_with_company_name', 'A customer with a company name is a COMPANY.'));
  }
  if (draft.companyName !== null) draft.kind = 'COMPANY';
  else if (record.kind) draft.kind = record.kind;
  else if (current.companyName !== null) draft.kind = 'INDIVIDUAL';
  if (record.clientType !== undefined) draft.clientType = record.clientType;
  else if (draft.kind !== current.kind) draft.clientType = null;
  if (draft.clientType !== null && CLIENT_TYPES[draft.clientType] !== draft.kind) {
    const message = `${draft.clientType} is no type of ${draft.kind === 'COMPANY' ? 'a company' : 'a person'}.`;
    errors.push(invalid([...path, 'clientType'], 'client_type_for_kind', message));
  }
}

function readMetadata(draft: Draft, record: CustomerRecord, findings: Findings): void {
  const { path, errors } = findings;
  const { metadata, metadataReplace } = record;
  if (metadata === null || metadataReplace === null) {
    const name = metadata === null ? 'metadata' : 'metadataReplace';
    errors.push(refused('NOT_CLEARABLE', [...path, name], 'To remove all, say metadataReplace: {}.'));
    return;
  }
  if (metadata !== undefined && metadataReplace !== undefined) {
    const message = 'Either merges, or replaces.';
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
