import { RETURNED_STATUSES, type TransactionStatus } from '../transaction.ts';
import { effectOn, unpaidCode } from '../unpaid-codes.ts';
import type { PaymentMethodType } from './state-machine.ts';

/** How one debit of a payment stands. */
export interface Result {
  readonly status: TransactionStatus;
  readonly unpaidCode: string | null;
}

/** Why a debit that came back stops its payment, in the words of its return code; null when it does not (DOMAIN §2.14). */
export function stopReasonOf({ status, unpaidCode: code }: Result, methodType: PaymentMethodType): string | null {
  if (!RETURNED_STATUSES.includes(status) || effectOn(methodType, code) === 'NONE') return null;
  return unpaidCode(code)?.meaning ?? null;
}
