import { RETURNED_STATUSES, type TransactionStatus } from '../transaction.ts';
import { effectOn, unpaidCode } from '../unpaid-codes.ts';
import type { PaymentMethodType } from './state-machine.ts';

/** Status and return code of one debit. */
export interface Result {
  readonly status: TransactionStatus;
  readonly unpaidCode: string | null;
}

/** Returns the meaning of the return code if the returned debit stops its payment, otherwise null (DOMAIN §2.14). */
export function stopReasonOf({ status, unpaidCode: code }: Result, methodType: PaymentMethodType): string | null {
  if (!RETURNED_STATUSES.includes(status) || effectOn(methodType, code) === 'NONE') return null;
  return unpaidCode(code)?.meaning ?? null;
}
