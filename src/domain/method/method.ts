import type { CdvMode } from '../bank-account/bank-account.ts';
import { type BankAccountRecord, parseBankAccount } from '../bank-account/parse.ts';
import type { DateAdjustmentRule } from '../calendar.ts';
import { type ConnectorKind, SANDBOX_CONNECTOR } from '../connector.ts';
import type { Target } from '../decide-each.ts';
import { methodMismatch, notFound, refused, required } from '../errors.ts';
import { readFields, type Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import type { DebicheckDefaults } from '../mandate/authorised-terms.ts';
import { parseDefaults } from '../mandate/parse-defaults.ts';
import { isMandateType } from '../mandate/state-machine.ts';
import type { PaymentMethodType, ProviderBank } from '../payment/state-machine.ts';
import type { PaymentIndustry } from '../payment-industries.ts';
import type { PayInAccount } from './pay-in-account.ts';

/** Maximum length of the name of a payment method, in characters. */
export const METHOD_NAME_LENGTH_MAX = 64;
/** Maximum length of the short name of the merchant on bank statements, in characters (DOMAIN §1.3). */
export const ABBREVIATED_NAME_LENGTH_MAX = 10;

/** The terms of a payment method, which can change. */
export interface MethodTerms {
  readonly name: string;
  readonly abbreviatedName: string;
  readonly isEnabled: boolean;
  /** Default of mandates that specify none; null for methods without mandates. */
  readonly paymentIndustry: PaymentIndustry | null;
  readonly dateAdjustmentRule: DateAdjustmentRule;
  /** Null unless the type is PAY_IN. */
  readonly payInAccount: PayInAccount | null;
  /** Maximum amount of one collection, in cents; null means no limit. */
  readonly itemLimitCents: number | null;
  /** Maximum total of the collections of a calendar month by action date, in cents; null means no limit. */
  readonly monthlyLimitCents: number | null;
  /** Null means the defaults of the gateway. */
  readonly debicheckDefaults: DebicheckDefaults | null;
  /** Connector to the bank through which the method collects. */
  readonly connectorId: string;
}

/** All fields of the terms: those that are written and audited. */
export const METHOD_FIELDS = [
  'name',
  'abbreviatedName',
  'isEnabled',
  'paymentIndustry',
  'dateAdjustmentRule',
  'payInAccount',
  'itemLimitCents',
  'monthlyLimitCents',
  'debicheckDefaults',
  'connectorId',
] as const satisfies ReadonlyArray<keyof MethodTerms>;

/** A payment method to create. */
export interface NewPaymentMethod extends MethodTerms {
  readonly type: PaymentMethodType;
  readonly providerBank: ProviderBank;
}

/** Input for a payment method; the scalars are not validated, the enums are. */
export interface MethodRecord extends Unvalidated {
  readonly clientKey?: string | null | undefined;
  readonly isEnabled?: boolean | null | undefined;
  readonly paymentIndustry?: PaymentIndustry | null | undefined;
  readonly dateAdjustmentRule?: DateAdjustmentRule | null | undefined;
  readonly payInAccount?: BankAccountRecord | null | undefined;
  readonly debicheckDefaults?: Unvalidated | null | undefined;
}

/** Input for a new payment method. */
export interface CreateMethodRecord extends MethodRecord {
  readonly type: PaymentMethodType;
  readonly providerBank: ProviderBank;
}

/** Input for changes to a payment method. */
export interface UpdateMethodRecord extends MethodRecord, Target {}

/** What validation depends on. */
export interface MethodContext {
  readonly now: Date;
  readonly cdvMode: CdvMode;
  /** Connectors that the operator allows the merchant, by id. */
  readonly connectors: ReadonlyMap<string, { readonly kind: ConnectorKind }>;
}

/** Returns the default terms of a payment method type. */
export function defaultTerms(type: PaymentMethodType): Omit<MethodTerms, 'name' | 'abbreviatedName' | 'connectorId'> {
  return {
    isEnabled: true,
    paymentIndustry: isMandateType(type) ? 'ACCOUNT_REPAYMENT' : null,
    // EFT is collected on business days only; all other methods collect on any day.
    dateAdjustmentRule: type === 'DEBIT_ORDER' ? 'COLLECT_ON_PREVIOUS_BUSINESS_DAY' : 'COLLECT_ON_COLLECTION_DAY',
    payInAccount: null,
    itemLimitCents: null,
    monthlyLimitCents: null,
    debicheckDefaults: null,
  };
}

/** Returns a validated new payment method, or null with every error in `findings`. */
export function parseMethod(
  record: CreateMethodRecord,
  context: MethodContext,
  findings: Findings,
): NewPaymentMethod | null {
  const { path } = findings;
  const { type, providerBank } = record;
  for (const name of ['name', 'abbreviatedName']) {
    if ((record[name] ?? null) === null) findings.errors.push(required([...path, name]));
  }
  if (type === 'PAY_IN' && !record.payInAccount) findings.errors.push(required([...path, 'payInAccount']));
  const given = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
  // A sandbox may use the sandbox bank, and does so unless it says otherwise; a live merchant has to choose.
  const isSandbox = context.connectors.has(SANDBOX_CONNECTOR);
  const connectorId = isSandbox ? SANDBOX_CONNECTOR : '';
  if (!isSandbox && !record['connectorId']) findings.errors.push(required([...path, 'connectorId']));
  const current = { ...defaultTerms(type), name: '', abbreviatedName: '', connectorId, type };
  const terms = readTerms(current, given, context, findings);
  return findings.errors.length === 0 ? { ...terms, type, providerBank } : null;
}

/**
 * Returns the terms with the changes of the caller, or null with every error in `findings`. Absent fields are left
 * unchanged; null clears a limit or the DebiCheck defaults.
 */
export function changeMethod(
  current: NewPaymentMethod,
  record: UpdateMethodRecord,
  context: MethodContext,
  findings: Findings,
): MethodTerms | null {
  refuseNulls(record, findings);
  const terms = readTerms(current, record, context, findings);
  return findings.errors.length === 0 ? terms : null;
}

const NOT_NULL = [
  'connectorId',
  'name',
  'abbreviatedName',
  'isEnabled',
  'paymentIndustry',
  'dateAdjustmentRule',
  'payInAccount',
];

function refuseNulls(record: MethodRecord, findings: Findings): void {
  const { path, errors } = findings;
  for (const name of NOT_NULL) {
    if (record[name] === null)
      errors.push(refused('NOT_CLEARABLE', [...path, name], 'This field can be changed but not cleared.'));
  }
}

function readTerms(
  current: MethodTerms & { readonly type: PaymentMethodType },
  record: MethodRecord,
  context: MethodContext,
  findings: Findings,
): MethodTerms {
  const { path, errors } = findings;
  const { type } = current;
  const fields = readFields(record, findings);
  const limit = (name: 'itemLimit' | 'monthlyLimit', now: number | null) =>
    record[name] === undefined ? now : fields.amount(name);
  if (record.paymentIndustry && !isMandateType(type)) {
    errors.push(methodMismatch('METHOD_FORBIDS', [...path, 'paymentIndustry'], `${type} does not use mandates.`));
  }
  return {
    name: fields.text('name', { max: METHOD_NAME_LENGTH_MAX, joiners: true }) ?? current.name,
    abbreviatedName: fields.text('abbreviatedName', { max: ABBREVIATED_NAME_LENGTH_MAX }) ?? current.abbreviatedName,
    isEnabled: record.isEnabled ?? current.isEnabled,
    paymentIndustry: record.paymentIndustry ?? current.paymentIndustry,
    dateAdjustmentRule: record.dateAdjustmentRule ?? current.dateAdjustmentRule,
    payInAccount: readAccount(current, record, context, findings),
    itemLimitCents: limit('itemLimit', current.itemLimitCents),
    monthlyLimitCents: limit('monthlyLimit', current.monthlyLimitCents),
    debicheckDefaults: readDefaults(current, record, context, findings),
    connectorId: readConnector(current, record, context, findings),
  };
}

function readConnector(
  { type, connectorId }: MethodTerms & { readonly type: PaymentMethodType },
  record: MethodRecord,
  { connectors }: MethodContext,
  findings: Findings,
): string {
  const given = record['connectorId'];
  if (given === undefined || given === null) return connectorId;
  const at = [...findings.path, 'connectorId'];
  const connector = typeof given === 'string' ? connectors.get(given) : undefined;
  if (!connector) findings.errors.push(notFound(at, 'connector'));
  else if (connector.kind === 'ISO20022' && type === 'CARD') {
    findings.errors.push(methodMismatch('METHOD_FORBIDS', at, 'Files of ISO 20022 do not carry cards.'));
  }
  return String(given);
}

function readAccount(
  { type, payInAccount }: MethodTerms & { readonly type: PaymentMethodType },
  record: MethodRecord,
  { cdvMode }: MethodContext,
  findings: Findings,
): PayInAccount | null {
  const { path } = findings;
  if (!record.payInAccount) return payInAccount;
  const at = [...path, 'payInAccount'];
  if (type !== 'PAY_IN') {
    findings.errors.push(methodMismatch('METHOD_FORBIDS', at, `${type} does not use a pay-in account.`));
    return null;
  }
  const account = parseBankAccount(record.payInAccount, cdvMode, findings.of(at));
  if (!account) return null;
  const { bank, branchCode, accountNumber, accountType, accountHolderName } = account;
  return { bank, branchCode, accountNumber, accountType, accountHolderName };
}

function readDefaults(
  { type, debicheckDefaults }: MethodTerms & { readonly type: PaymentMethodType },
  record: MethodRecord,
  { now }: MethodContext,
  findings: Findings,
): DebicheckDefaults | null {
  const { path, errors } = findings;
  if (record.debicheckDefaults === undefined) return debicheckDefaults;
  if (record.debicheckDefaults === null) return null;
  const at = [...path, 'debicheckDefaults'];
  if (type !== 'DEBICHECK' && type !== 'REGISTERED_MANDATE') {
    errors.push(methodMismatch('METHOD_FORBIDS', at, `${type} does not use DebiCheck defaults.`));
    return null;
  }
  const given = Object.entries(record.debicheckDefaults).filter(([, value]) => value !== null && value !== undefined);
  const defaults = parseDefaults(Object.fromEntries(given), now);
  if ('approvalWindow' in defaults) return defaults;
  errors.push(...defaults.map((error) => ({ ...error, path: [...at, ...error.path] })));
  return null;
}
