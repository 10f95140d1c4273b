import type { DATE_ADJUSTMENT_RULES } from '../../domain/calendar.ts';
import type { DEPOSIT_MATCHES } from '../../domain/deposit.ts';
import type { PAYMENT_ACTIONS } from '../../domain/payment/actions.ts';
import type {
  PAUSE_CAUSES,
  PAYMENT_KINDS,
  PAYMENT_METHOD_TYPES,
  PAYMENT_STATUSES,
  PaymentOutcome,
  PROVIDER_BANKS,
} from '../../domain/payment/state-machine.ts';
import { PAYMENT_INDUSTRIES, type PaymentIndustry } from '../../domain/payment-industries.ts';
import type { PAYMENT_INTERVALS } from '../../domain/schedule.ts';
import type { TRANSACTION_KINDS, TRANSACTION_STATUSES } from '../../domain/transaction.ts';
import type { UNPAID_CATEGORIES } from '../../domain/unpaid-codes.ts';
import { builder } from '../builder.ts';
import { describe, statuses, titles } from './describe.ts';

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
export const PaymentIndustryRef = builder.enumType('PaymentIndustry', {
  description: 'What a collection is for: the entry class of the scheme.',
  values: titles<PaymentIndustry>(PAYMENT_INDUSTRIES),
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
  values: statuses('PAYMENT', {
    PENDING: 'Its mandate awaits approval.',
    WAITING_FOR_PAYMENT: 'A pay-in that has not been paid.',
    RUNNING: 'Collected on its dates.',
    PAUSED:
      'Not collected until it runs again: what was not sent yet is held until its cut-off. What was sent before may still be answered.',
    STOPPED:
      'Not collected any more; `failedReason` says why. It runs again when a caller says so or retries it, awaits approval again when its refused mandate is resubmitted, and is completed by a collection that is heard to be paid after all.',
    COMPLETED:
      'Everything was collected. A one-time collection that comes back unpaid stops it after all, and can be retried.',
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
  values: statuses('TRANSACTION', {
    PENDING: 'Awaits sending.',
    SENT_TO_BANK: 'The bank has it.',
    ACCEPTED_BY_BANK: 'Taken for processing; the result follows after the day.',
    REJECTED_BY_API: 'Refused before it was sent, for a limit of the method.',
    REJECTED_BY_BANK: 'The bank refused to process it.',
    NO_RESPONSE: 'The bank has said nothing within two business days of the action date; it still may.',
    IN_TRACKING: 'The bank watches the account for funds.',
    PAID: 'The money was transferred, which is not the last word.',
    UNPAID: 'Not paid; `unpaidCode` says why. A retry is another transaction.',
    DISPUTED: 'The account holder contests it: it is reversed, or paid again when that is withdrawn.',
    REVERSED: 'The money was taken back.',
    REFUNDED: 'A card payment that was paid back.',
    CHARGEBACK: 'A card payment that the card holder took back.',
    DECLINED: 'A card that was declined.',
    CANCELLED: 'Withdrawn before it was settled.',
  } satisfies Record<(typeof TRANSACTION_STATUSES)[number], string>),
});
export const PaymentActionRef = builder.enumType('PaymentAction', {
  description: 'What a caller can do to a payment.',
  values: describe({
    UPDATE: 'updatePayments.',
    PAUSE: 'setPaymentStatus to PAUSED.',
    RUN: 'setPaymentStatus to RUNNING.',
    STOP: 'setPaymentStatus to STOPPED.',
    CANCEL: 'setPaymentStatus to CANCELLED.',
    RETRY: 'retryPayments.',
  } satisfies Record<(typeof PAYMENT_ACTIONS)[number], string>),
});
export const PauseCauseRef = builder.enumType('PauseCause', {
  description: 'Why a payment is PAUSED. It runs again when no cause is left.',
  values: describe({
    CALLER: 'A caller paused it.',
    CUSTOMER_BLACKLISTED: 'Its customer is blacklisted.',
    MANDATE_SUSPENDED: 'Its mandate is SUSPENDED.',
    MANDATE_DISABLED: 'Its mandate is DISABLED.',
  } satisfies Record<(typeof PAUSE_CAUSES)[number], string>),
});
export const PaymentOutcomeRef = builder.enumType('PaymentOutcome', {
  description: 'How a COMPLETED payment turned out after all.',
  values: describe({
    REVERSED: 'What it collected was taken back: unpaid late, disputed, reversed, refunded or charged back.',
  } satisfies Record<PaymentOutcome, string>),
});
export const UnpaidCategoryRef = builder.enumType('UnpaidCategory', {
  description: 'What kind of reason a return code is.',
  values: describe({
    FUNDS: 'No money. May pass.',
    ACCOUNT: 'The account takes no debits.',
    STOPPED: 'The payer stopped it.',
    LEGAL: 'Sequestration, liquidation or death.',
    INFO: 'Redirected: it was paid.',
    RECALL: 'Recalled.',
    DISPUTE: 'The payer disputes the authority.',
    LIMIT: 'A limit of the payment method, or its being disabled.',
    SYSTEM: 'The bank could not. May pass.',
    FORMAT: 'The bank takes no such debit.',
    TRACKING: 'The account is watched for funds.',
    CARD: 'The card.',
  } satisfies Record<(typeof UNPAID_CATEGORIES)[number], string>),
});
export const DepositMatchRef = builder.enumType('DepositMatch', {
  description: 'How a deposit fits what a pay-in asked for.',
  values: describe({
    PARTIAL: 'A part; the pay-in waits for the rest.',
    EXACT: 'With what had come before, just what was asked for.',
    OVER: 'More than was asked for, or after it was over.',
    UNKNOWN: 'Nobody knows for what it is.',
  } satisfies Record<(typeof DEPOSIT_MATCHES)[number], string>),
});
