import type { BankAccountRecord } from '../bank-account/parse.ts';
import type { CustomerRecord } from '../customer/record.ts';
import type { Unjudged } from '../fields.ts';
import type { MandateRecord } from '../mandate/parse.ts';

/** One payment as a caller submits it: exactly one of each id and object, as the method asks (DOMAIN §5). */
export interface SubmitPaymentRecord extends Unjudged {
  readonly clientKey?: string | null | undefined;
  readonly paymentMethodId: string;
  readonly customerId?: string | null | undefined;
  readonly customer?: CustomerRecord | null | undefined;
  readonly bankAccountId?: string | null | undefined;
  readonly bankAccount?: BankAccountRecord | null | undefined;
  readonly mandateId?: string | null | undefined;
  readonly mandate?: MandateRecord | null | undefined;
  readonly recurring?: Unjudged | null | undefined;
  readonly oneTime?: Unjudged | null | undefined;
  readonly payIn?: Unjudged | null | undefined;
  readonly card?: Unjudged | null | undefined;
  readonly items?: readonly Unjudged[] | null | undefined;
}
