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
import { ANSWER_BUSINESS_DAYS } from '../../domain/transaction.ts';
import type { UNPAID_CATEGORIES } from '../../domain/unpaid-codes.ts';
import { builder } from '../builder.ts';
import { describe, statuses } from './describe.ts';

export const PaymentMethodTypeRef = builder.enumType('PaymentMethodType', {
  description: 'Collection method of a payment method.',
  values: describe({
    DEBIT_ORDER: 'EFT debit order: the account is debited on the action date, under a mandate that needs no approval.',
    PAY_IN: 'Pay-in: the payer transfers money into the merchant account and quotes a reference.',
    DEBICHECK: 'DebiCheck: a debit order under a mandate that the debtor approved at the bank.',
    REGISTERED_MANDATE:
      'Registered mandate: a debit order under a mandate that the bank registered without approval by the debtor.',
    CARD: 'Card payment, charged by the token of the card provider.',
  } satisfies Record<(typeof PAYMENT_METHOD_TYPES)[number], string>),
});
export const ProviderBankRef = builder.enumType('ProviderBank', {
  description: 'Bank that provides a payment method.',
  values: describe({
    ABSA_BANK_LIMITED: 'Absa Bank Limited (ABSA).',
    NEDBANK_LIMITED: 'Nedbank Limited, South Africa.',
  } satisfies Record<(typeof PROVIDER_BANKS)[number], string>),
});
export const DateAdjustmentRuleRef = builder.enumType('DateAdjustmentRule', {
  description: 'How a collection whose nominal date is on a weekend or a public holiday is moved.',
  values: describe({
    COLLECT_ON_COLLECTION_DAY: 'The collection stays on its nominal date.',
    COLLECT_ON_PREVIOUS_BUSINESS_DAY: 'Moved to the previous business day (Monday to Friday, no public holiday).',
    COLLECT_ON_PREVIOUS_BANKING_DAY: 'Moved to the previous banking day (Monday to Saturday, no public holiday).',
    COLLECT_ON_NEXT_BUSINESS_DAY: 'Moved to the next business day (Monday to Friday, no public holiday).',
  } satisfies Record<(typeof DATE_ADJUSTMENT_RULES)[number], string>),
});
export const PaymentIndustryRef = builder.enumType('PaymentIndustry', {
  description: 'Purpose of a collection: the entry class of the scheme.',
  values: describe(
    Object.fromEntries(
      Object.entries(PAYMENT_INDUSTRIES).map(([name, { title, entryClass }]) => [
        name,
        `${title} (entry class ${entryClass}).`,
      ]),
    ) as Record<PaymentIndustry, string>,
  ),
});
export const PaymentIntervalRef = builder.enumType('PaymentInterval', {
  description: 'Interval between two collections of a payment or mandate.',
  values: describe({
    WEEKLY: 'One collection every week.',
    FORTNIGHTLY: 'One collection every two weeks.',
    MONTHLY: 'One collection every month.',
    QUARTERLY: 'One collection every three months.',
    BIANNUALLY: 'One collection every six months.',
    YEARLY: 'One collection every year.',
  } satisfies Record<(typeof PAYMENT_INTERVALS)[number], string>),
});
export const PaymentKindRef = builder.enumType('PaymentKind', {
  description: 'Whether a payment is collected once, repeatedly, or paid in by the payer.',
  values: describe({
    ONE_TIME: 'Collected once, on one date.',
    RECURRING: 'Collected repeatedly at an interval.',
    PAY_IN: 'Paid in by the payer, without a debit.',
  } satisfies Record<(typeof PAYMENT_KINDS)[number], string>),
});
export const PaymentStatusRef = builder.enumType('PaymentStatus', {
  description: 'Status of a payment.',
  values: statuses('PAYMENT', {
    PENDING: 'The mandate of the payment awaits approval.',
    WAITING_FOR_PAYMENT: 'The pay-in has not been paid in full.',
    RUNNING: 'The payment is collected on its scheduled dates.',
    PAUSED:
      'Collection is paused until the payment runs again. Unsent transactions are held until their cut-off; the bank may still answer transactions already sent.',
    STOPPED:
      'Collection has stopped; `failedReason` gives the reason. A caller can set the payment to RUNNING or retry it; resubmitting its rejected mandate sets it to PENDING; a late report that its collection was paid sets it to COMPLETED.',
    COMPLETED:
      'Everything was collected. A one-time collection that is returned unpaid later sets the payment to STOPPED and can be retried.',
    CANCELLED: 'The payment was cancelled or, for a pay-in, expired. It cannot run again.',
  } satisfies Record<(typeof PAYMENT_STATUSES)[number], string>),
});
export const TransactionKindRef = builder.enumType('TransactionKind', {
  description: 'Whether a transaction is the separate first collection of a mandate or a regular one.',
  values: describe({
    FIRST: 'First collection of a mandate that defines one separately.',
    REGULAR: 'Any other, regular collection.',
  } satisfies Record<(typeof TRANSACTION_KINDS)[number], string>),
});
export const TransactionStatusRef = builder.enumType('TransactionStatus', {
  description: 'Status of a transaction.',
  values: statuses('TRANSACTION', {
    PENDING: 'The transaction waits to be sent to the bank.',
    SENT_TO_BANK: 'The transaction was sent to the bank.',
    ACCEPTED_BY_BANK: 'The bank accepted the transaction for processing; the result follows after the action date.',
    REJECTED_BY_API:
      'The gateway refused the transaction before sending it, for example because of a limit of the payment method.',
    REJECTED_BY_BANK: 'The bank rejected the transaction without processing it.',
    NO_RESPONSE: `The bank did not answer within ${ANSWER_BUSINESS_DAYS} business days after the action date; a later answer still counts.`,
    IN_TRACKING: 'The bank tracks the account for funds and then reports PAID or UNPAID.',
    PAID: 'The money was collected; a late return, dispute or reversal is still possible.',
    UNPAID: 'The debit was returned unpaid; `unpaidCode` gives the return code. A retry is a new transaction.',
    DISPUTED:
      'The account holder disputes the debit. It becomes REVERSED, or PAID again when the dispute is withdrawn.',
    REVERSED: 'The collected money was returned to the payer.',
    REFUNDED: 'The card payment was refunded.',
    CHARGEBACK: 'The cardholder charged the card payment back.',
    DECLINED: 'The card charge was declined.',
    CANCELLED: 'The transaction was cancelled or recalled before settlement.',
  } satisfies Record<(typeof TRANSACTION_STATUSES)[number], string>),
});
export const PaymentActionRef = builder.enumType('PaymentAction', {
  description: 'Action that a caller can take on a payment.',
  values: describe({
    UPDATE: 'Change the payment with `updatePayments`.',
    PAUSE: 'Pause the payment with `setPaymentStatus` to PAUSED.',
    RUN: 'Resume the payment with `setPaymentStatus` to RUNNING.',
    STOP: 'Stop the payment with `setPaymentStatus` to STOPPED.',
    CANCEL: 'Cancel the payment with `setPaymentStatus` to CANCELLED.',
    RETRY: 'Retry the failed collection with `retryPayments`.',
  } satisfies Record<(typeof PAYMENT_ACTIONS)[number], string>),
});
export const PauseCauseRef = builder.enumType('PauseCause', {
  description: 'Cause of a PAUSED payment. The payment runs again when no cause is left.',
  values: describe({
    CALLER: 'A caller paused the payment.',
    CUSTOMER_BLACKLISTED: 'The customer of the payment is blacklisted.',
    MANDATE_SUSPENDED: 'The mandate of the payment is SUSPENDED.',
    MANDATE_DISABLED: 'The mandate of the payment is DISABLED.',
  } satisfies Record<(typeof PAUSE_CAUSES)[number], string>),
});
export const PaymentOutcomeRef = builder.enumType('PaymentOutcome', {
  description: 'Later outcome of a COMPLETED payment.',
  values: describe({
    REVERSED: 'The collected money was lost again: returned unpaid late, disputed, reversed, refunded or charged back.',
  } satisfies Record<PaymentOutcome, string>),
});
export const UnpaidCategoryRef = builder.enumType('UnpaidCategory', {
  description: 'Category of a return code.',
  values: describe({
    FUNDS: 'Insufficient funds; a retry may succeed.',
    ACCOUNT: 'The account does not accept debits.',
    STOPPED: 'The payer stopped the debit.',
    LEGAL: 'Sequestration, liquidation or death of the payer.',
    INFO: 'The bank redirected the debit to another account and paid it.',
    RECALL: 'The debit was recalled, or a recall failed.',
    DISPUTE: 'The payer disputes the authority to debit.',
    LIMIT:
      'The debit was not sent: limit exceeded, cut-off missed, payment paused, or payment method disabled; or the bank applied its item limit.',
    SYSTEM: 'The bank was unable to process the debit; a retry may succeed.',
    FORMAT: 'The bank rejects the debit because its details are invalid.',
    TRACKING: 'The bank tracks the account for funds.',
    CARD: 'The card was declined, expired, removed or not authenticated.',
  } satisfies Record<(typeof UNPAID_CATEGORIES)[number], string>),
});
export const DepositMatchRef = builder.enumType('DepositMatch', {
  description: 'How a deposit matches the amount that a pay-in requested.',
  values: describe({
    PARTIAL: 'The deposit covers a part; the pay-in waits for the remaining amount.',
    EXACT: 'The deposit, with earlier ones, equals the requested amount.',
    OVER: 'The deposit exceeds the requested amount, or arrived when the pay-in was no longer open.',
    UNKNOWN: 'The reference of the deposit matches no pay-in.',
  } satisfies Record<(typeof DEPOSIT_MATCHES)[number], string>),
});
