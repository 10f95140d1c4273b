import { BankAccountStatusRef, BankRef, VerificationStatusRef } from './bank-account.ts';
import { CardStatusRef, CustomerKindRef, CustomerStatusRef } from './customer.ts';
import { AmendmentStatusRef, MandateStatusRef } from './mandate.ts';
import {
  DepositMatchRef,
  PaymentMethodTypeRef,
  PaymentOutcomeRef,
  PaymentStatusRef,
  TransactionStatusRef,
} from './payment.ts';
import { DeliveryStatusRef, WebhookStatusRef } from './webhook.ts';

/** The enums that filter conditions can compare with, by GraphQL name. */
export const FILTER_ENUMS = {
  Bank: BankRef,
  AmendmentStatus: AmendmentStatusRef,
  BankAccountStatus: BankAccountStatusRef,
  CardStatus: CardStatusRef,
  CustomerKind: CustomerKindRef,
  DepositMatch: DepositMatchRef,
  CustomerStatus: CustomerStatusRef,
  MandateStatus: MandateStatusRef,
  PaymentMethodType: PaymentMethodTypeRef,
  PaymentOutcome: PaymentOutcomeRef,
  PaymentStatus: PaymentStatusRef,
  TransactionStatus: TransactionStatusRef,
  VerificationStatus: VerificationStatusRef,
  WebhookStatus: WebhookStatusRef,
  DeliveryStatus: DeliveryStatusRef,
} as const;
