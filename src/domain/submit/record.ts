import type { BankAccountRecord } from '../bank-account/parse.ts';
import type { CustomerRecord } from '../customer/record.ts';
import type { Unvalidated } from '../fields.ts';
import type { MandateRecord } from '../mandate/parse.ts';

/** Input of one payment, not validated: parties by id or as new objects, as the payment method requires (DOMAIN §5). */
export interface SubmitPaymentRecord extends Unvalidated {
  readonly clientKey?: string | null | undefined;
  readonly paymentMethodId: string;
  readonly customerId?: string | null | undefined;
  readonly customer?: CustomerRecord | null | undefined;
  readonly bankAccountId?: string | null | undefined;
  readonly bankAccount?: BankAccountRecord | null | undefined;
  readonly mandateId?: string | null | undefined;
  readonly mandate?: MandateRecord | null | undefined;
  readonly recurring?: Unvalidated | null | undefined;
  readonly oneTime?: Unvalidated | null | undefined;
  readonly payIn?: Unvalidated | null | undefined;
  readonly card?: Unvalidated | null | undefined;
  readonly items?: readonly Unvalidated[] | null | undefined;
}
