import type {
  BANK_ACCOUNT_STATUSES,
  BANK_ACCOUNT_TYPES,
  CDV_MODES,
  CDV_STATUSES,
} from '../domain/bank-account/bank-account.ts';
import type { VERIFICATION_STATUSES } from '../domain/bank-account/verification.ts';
import { BANKS, type Bank } from '../domain/banks.ts';
import type { BATCH_MODES, OUTCOMES } from '../domain/batch.ts';
import type { DATE_ADJUSTMENT_RULES } from '../domain/calendar.ts';
import type { CARD_STATUSES } from '../domain/card.ts';
import {
  CLIENT_TYPES,
  type ClientType,
  type CUSTOMER_KINDS,
  type CUSTOMER_STATUSES,
  type ID_TYPES,
} from '../domain/customer/customer.ts';
import type { CUSTOMER_ACTIONS } from '../domain/customer/status.ts';
import { type ErrorCode, RECORD_ERROR_CODES } from '../domain/errors.ts';
import type { EVENT_ACTORS } from '../domain/event.ts';
import type { MANDATE_STATUSES } from '../domain/mandate.ts';
import type { PAYMENT_KINDS, PAYMENT_METHOD_TYPES, PAYMENT_STATUSES, PROVIDER_BANKS } from '../domain/payment.ts';
import { PAYMENT_INDUSTRIES, type PaymentIndustry } from '../domain/payment-industries.ts';
import type { PAYMENT_INTERVALS } from '../domain/schedule.ts';
import type { TRANSACTION_KINDS, TRANSACTION_STATUSES } from '../domain/transaction.ts';
import { builder } from './builder.ts';

/** An enum of the domain with a description for each value, in the order of the domain. */
export function describe<Value extends string>(
  descriptions: Record<Value, string>,
): Record<Value, { description: string }> {
  return Object.fromEntries(
    Object.entries<string>(descriptions).map(([value, description]) => [value, { description }]),
  ) as Record<Value, { description: string }>;
}

function titles<Name extends string>(table: Record<Name, { title: string }>): Record<Name, { description: string }> {
  return describe(
    Object.fromEntries(Object.entries<{ title: string }>(table).map(([name, { title }]) => [name, title])) as Record<
      Name,
      string
    >,
  );
}

export const BankRef = builder.enumType('Bank', {
  description: 'A bank in South Africa.',
  values: titles<Bank>(BANKS),
});
export const PaymentIndustryRef = builder.enumType('PaymentIndustry', {
  description: 'What a collection is for: the entry class of the scheme.',
  values: titles<PaymentIndustry>(PAYMENT_INDUSTRIES),
});
export const CustomerKindRef = builder.enumType('CustomerKind', {
  description: 'A person or a company. A customer with a company name is a company.',
  values: describe({
    INDIVIDUAL: 'A person.',
    COMPANY: 'A company, or whoever is one for the law.',
  } satisfies Record<(typeof CUSTOMER_KINDS)[number], string>),
});
export const CustomerStatusRef = builder.enumType('CustomerStatus', {
  description: 'Only an ACTIVE customer can be given accounts, mandates and payments.',
  values: describe({
    ACTIVE: 'Accounts, mandates and payments can be made for it. First status. Next: DISABLED, ARCHIVED.',
    DISABLED:
      'Nothing new is made for it; it is there. May be the first status. Next: ACTIVE, unless blacklisted; ARCHIVED.',
    ARCHIVED: 'Put away; nothing new is made for it. Next: ACTIVE. An archived customer can be erased.',
  } satisfies Record<(typeof CUSTOMER_STATUSES)[number], string>),
});
export const IdTypeRef = builder.enumType('IdType', {
  description: 'What kind of document an id number is from.',
  values: describe({
    COMPANY_REGISTRATION_NUMBER: '`YYYY/NNNNNN/NN`, with up to two letters before; the slashes may be left out.',
    PASSPORT_NUMBER: '6 to 14 letters and digits.',
    SOUTH_AFRICAN_ID: '13 digits: a birth date, and a check digit at the end.',
    TEMPORARY_RESIDENCE: '1 to 14 letters and digits.',
  } satisfies Record<(typeof ID_TYPES)[number], string>),
});
export const ClientTypeRef = builder.enumType('ClientType', {
  description: 'What a customer is to Nedbank.',
  values: describe(
    Object.fromEntries(
      Object.entries(CLIENT_TYPES).map(([type, kind]) => [type, `Of ${kind === 'COMPANY' ? 'companies' : 'persons'}.`]),
    ) as Record<ClientType, string>,
  ),
});
export const CustomerActionRef = builder.enumType('CustomerAction', {
  description: 'What can be done to a customer.',
  values: describe({
    UPDATE: 'updateCustomers.',
    ENABLE: 'setCustomerStatus to ACTIVE: enables, or restores from the archive.',
    DISABLE: 'setCustomerStatus to DISABLED.',
    ARCHIVE: 'setCustomerStatus to ARCHIVED.',
    BLACKLIST: 'blacklistCustomers.',
    UNBLACKLIST: 'unblacklistCustomers.',
    ERASE: 'eraseCustomers, perhaps with `force`.',
  } satisfies Record<(typeof CUSTOMER_ACTIONS)[number], string>),
});
export const BlacklistedPaymentsRef = builder.enumType('BlacklistedPayments', {
  description: 'What becomes of the running payments of a customer that is blacklisted.',
  values: describe({ PAUSE: 'They are paused until it is taken off the list.', STOP: 'They are stopped.' }),
});
export const CardStatusRef = builder.enumType('CardStatus', {
  description: 'Whether a card can be used.',
  values: describe({ ACTIVE: 'It can.', REMOVED: 'It was removed. Final.' } satisfies Record<
    (typeof CARD_STATUSES)[number],
    string
  >),
});
export const CdvModeRef = builder.enumType('CdvMode', {
  description: 'What a failed check of digits (CDV) is.',
  values: describe({ ERROR: 'The account is refused.', WARN: 'It is taken, with a warning.' } satisfies Record<
    (typeof CDV_MODES)[number],
    string
  >),
});
export const CdvStatusRef = builder.enumType('CdvStatus', {
  description: 'What the check digits of an account number say.',
  values: describe({
    PASSED: 'They are right, which does not prove that the account exists.',
    FAILED: 'They are wrong.',
    SKIPPED: 'No check is known for this bank or this range of numbers.',
  } satisfies Record<(typeof CDV_STATUSES)[number], string>),
});
export const VerificationStatusRef = builder.enumType('VerificationStatus', {
  description: 'What the bank said of an account (AVS).',
  values: describe({
    UNVERIFIED: 'It was not asked, or the number or its owner has changed since.',
    VERIFIED: "The account is open, takes debits, and is the customer's.",
    PARTIAL: 'It is, but for initials or name.',
    FAILED: "It is not there, is closed, takes no debits, or is someone else's.",
  } satisfies Record<(typeof VERIFICATION_STATUSES)[number], string>),
});
export const BankAccountStatusRef = builder.enumType('BankAccountStatus', {
  description: 'Only an ACTIVE account can be debited.',
  values: describe({
    ACTIVE: 'It can be debited. First status. Next: DISABLED, ARCHIVED.',
    DISABLED: 'It cannot be debited now. May be the first status. Next: ACTIVE, ARCHIVED.',
    ARCHIVED: 'Put away for good. Final.',
  } satisfies Record<(typeof BANK_ACCOUNT_STATUSES)[number], string>),
});
export const BankAccountTypeRef = builder.enumType('BankAccountType', {
  description: 'The type of an account at its bank.',
  values: describe({
    CHEQUE_OR_CURRENT: 'Cheque or current account.',
    SAVINGS: 'Savings account.',
    TRANSMISSION: 'Transmission account.',
    BOND: 'Bond account; EFT debit orders alone.',
    SUBSCRIPTION_SHARE: 'Subscription share account; EFT debit orders alone.',
  } satisfies Record<(typeof BANK_ACCOUNT_TYPES)[number], string>),
});
export const PaymentMethodTypeRef = builder.enumType('PaymentMethodType', {
  description: 'How money is collected.',
  values: describe({
    DEBIT_ORDER: 'An EFT debit order: the account is debited on the day, with a mandate that needs no approval.',
    PAY_IN: 'The payer pays into your account, quoting a reference.',
    DEBICHECK: 'A debit order that the debtor has approved at the bank.',
    REGISTERED_MANDATE: 'A debit order that the bank has registered, without the debtor.',
    CARD: 'A card, by the token of its provider.',
  } satisfies Record<(typeof PAYMENT_METHOD_TYPES)[number], string>),
});
export const ProviderBankRef = builder.enumType('ProviderBank', {
  description: 'The bank that provides a method.',
  values: describe({
    ABSA_BANK_LIMITED: 'ABSA.',
    NEDBANK_LIMITED: 'Nedbank.',
  } satisfies Record<(typeof PROVIDER_BANKS)[number], string>),
});
export const DateAdjustmentRuleRef = builder.enumType('DateAdjustmentRule', {
  description: 'Where a collection goes whose day is a weekend or a public holiday.',
  values: describe({
    COLLECT_ON_COLLECTION_DAY: 'On the day all the same.',
    COLLECT_ON_PREVIOUS_BUSINESS_DAY: 'On the day before that is Monday to Friday and no holiday.',
    COLLECT_ON_PREVIOUS_BANKING_DAY: 'On the day before that is Monday to Saturday and no holiday.',
    COLLECT_ON_NEXT_BUSINESS_DAY: 'On the day after that is Monday to Friday and no holiday.',
  } satisfies Record<(typeof DATE_ADJUSTMENT_RULES)[number], string>),
});
export const MandateStatusRef = builder.enumType('MandateStatus', {
  description: 'Where a mandate is in its life. An EFT mandate is ACTIVE from the start.',
  values: describe({
    PENDING: 'Awaits approval. Next: ACTIVE, REJECTED, EXPIRED, CANCELLED.',
    ACTIVE: 'Can be collected by. First status of an EFT mandate. Next: SUSPENDED, DISABLED, CANCELLED, COMPLETED.',
    REJECTED: 'The debtor or the bank refused it.',
    EXPIRED: 'Nobody answered in time.',
    SUSPENDED: 'Held by debtor or bank. Next: ACTIVE, CANCELLED.',
    DISABLED: 'Held by you. Next: ACTIVE, CANCELLED.',
    CANCELLED: 'Ended for good before its time.',
    COMPLETED: 'Everything it allows was collected.',
    ARCHIVED: 'Put away. Final.',
  } satisfies Record<(typeof MANDATE_STATUSES)[number], string>),
});
export const PaymentIntervalRef = builder.enumType('PaymentInterval', {
  description: 'How often a mandate is collected.',
  values: describe({
    WEEKLY: 'Every week.',
    FORTNIGHTLY: 'Every two weeks.',
    MONTHLY: 'Every month.',
    QUARTERLY: 'Every three months.',
    BIANNUALLY: 'Every six months.',
    YEARLY: 'Every year.',
  } satisfies Record<(typeof PAYMENT_INTERVALS)[number], string>),
});
export const PaymentKindRef = builder.enumType('PaymentKind', {
  description: 'Once, repeatedly, or when the payer pays.',
  values: describe({
    ONE_TIME: 'Once, on a day.',
    RECURRING: 'Repeatedly.',
    PAY_IN: 'When the payer pays.',
  } satisfies Record<(typeof PAYMENT_KINDS)[number], string>),
});
export const PaymentStatusRef = builder.enumType('PaymentStatus', {
  description: 'Where a payment is in its life.',
  values: describe({
    PENDING: 'Its mandate awaits approval. Next: RUNNING, STOPPED, CANCELLED.',
    WAITING_FOR_PAYMENT: 'A pay-in that has not been paid. First status of a pay-in. Next: COMPLETED, CANCELLED.',
    RUNNING: 'Collected on its dates. First status of a debit order. Next: PAUSED, STOPPED, COMPLETED, CANCELLED.',
    PAUSED: 'Not collected until it runs again. Next: RUNNING, STOPPED, CANCELLED.',
    STOPPED: 'Not collected any more: failed, or stopped by a caller. `failedReason` says why it failed.',
    COMPLETED: 'Everything was collected.',
    CANCELLED: 'Ended for good by a caller.',
  } satisfies Record<(typeof PAYMENT_STATUSES)[number], string>),
});
export const TransactionKindRef = builder.enumType('TransactionKind', {
  description: 'The first collection of a mandate, where it has one of its own, or a regular one.',
  values: describe({
    FIRST: 'The first collection of a mandate that has one of its own.',
    REGULAR: 'Any other.',
  } satisfies Record<(typeof TRANSACTION_KINDS)[number], string>),
});
export const TransactionStatusRef = builder.enumType('TransactionStatus', {
  description: 'Where one debit is in its life.',
  values: describe({
    PENDING: 'Awaits sending. Next: SENT_TO_BANK, CANCELLED, REJECTED_BY_API.',
    SENT_TO_BANK: 'The bank has it. Next: ACCEPTED_BY_BANK, REJECTED_BY_BANK, CANCELLED, PAID, UNPAID.',
    ACCEPTED_BY_BANK: 'Taken for processing; the result follows after the day. Next: PAID, UNPAID, CANCELLED.',
    REJECTED_BY_API: 'Refused before it was sent. Final.',
    REJECTED_BY_BANK: 'The bank refused to process it. Final.',
    NO_RESPONSE: 'The bank has not answered in time; it still may.',
    IN_TRACKING: 'The bank watches the account for funds. Next: PAID, UNPAID.',
    PAID: 'The money was transferred. An UNPAID, a dispute or a reversal may still follow.',
    UNPAID: 'Not paid; `unpaidCode` says why. Final for this attempt.',
    DISPUTED: 'The account holder contests it. Next: REVERSED.',
    REVERSED: 'The money was taken back. Final.',
    REFUNDED: 'A card payment that was paid back. Final.',
    CHARGEBACK: 'A card payment that the card holder took back. Final.',
    DECLINED: 'A card that was declined. Final.',
    CANCELLED: 'Withdrawn before it was settled. Final.',
  } satisfies Record<(typeof TRANSACTION_STATUSES)[number], string>),
});
export const BatchModeRef = builder.enumType('BatchMode', {
  description: 'What one bad record does to the others of its batch.',
  values: describe({
    ATOMIC: 'One bad record and nothing is written.',
    PARTIAL: 'The sound records are written, in one transaction.',
  } satisfies Record<(typeof BATCH_MODES)[number], string>),
});
export const OutcomeRef = builder.enumType('Outcome', {
  description: 'What came of one record.',
  values: describe({
    CREATED: 'Made.',
    UPDATED: 'Changed.',
    UNCHANGED: 'It was as asked already: nothing was written.',
    FAILED: 'Not written; `errors` has every reason.',
    NOT_APPLIED: 'Sound, but not written, because another record of an ATOMIC batch failed.',
    WOULD_CREATE: 'Dry run: it would be written.',
    WOULD_UPDATE: 'Dry run: it would be changed.',
    WOULD_FAIL: 'Dry run: it would fail; `errors` has every reason.',
  } satisfies Record<(typeof OUTCOMES)[number], string>),
});
export const ErrorCodeRef = builder.enumType('ErrorCode', {
  description: 'Why a record was refused. For programs, and stable.',
  values: describe<ErrorCode>(RECORD_ERROR_CODES),
});
export const EventActorRef = builder.enumType('EventActor', {
  description: 'Who caused a change.',
  values: describe({ API: 'A caller.', BANK: 'The bank.', SCHEDULER: 'The clock.' } satisfies Record<
    (typeof EVENT_ACTORS)[number],
    string
  >),
});
export const OrderDirectionRef = builder.enumType('OrderDirection', {
  description: 'Ascending or descending.',
  values: describe({ ASC: 'The least first.', DESC: 'The greatest first.' }),
});

/** The enums that filters compare with, by name. */
export const FILTER_ENUMS = {
  Bank: BankRef,
  BankAccountStatus: BankAccountStatusRef,
  CardStatus: CardStatusRef,
  CustomerKind: CustomerKindRef,
  CustomerStatus: CustomerStatusRef,
  MandateStatus: MandateStatusRef,
  PaymentMethodType: PaymentMethodTypeRef,
  PaymentStatus: PaymentStatusRef,
  TransactionStatus: TransactionStatusRef,
  VerificationStatus: VerificationStatusRef,
} as const;
