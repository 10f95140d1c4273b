import type { Path } from '../errors.ts';
import type { PaymentMethodType } from '../payment/state-machine.ts';
import { effectOn, unpaidCode } from '../unpaid-codes.ts';
import { type Warning, warning } from '../warnings.ts';

/** Return code of the last presented debit of a mandate, and the type of its payment method. */
export interface LastReturn {
  readonly methodType: PaymentMethodType;
  readonly code: string;
}

/**
 * Returns the warning for a new use of a mandate whose last debit was returned with a code that stops the payment but
 * does not withdraw the authority: 06, 10, 16, 56, E1, and 04 under an authorised mandate (DOMAIN §2.14). Otherwise
 * null.
 */
export function returnWarning(
  lastReturns: ReadonlyMap<string, LastReturn>,
  mandateId: string | null,
  path: Path,
): Warning | null {
  const last = mandateId === null ? undefined : lastReturns.get(mandateId);
  if (
    mandateId === null ||
    !last ||
    effectOn(last.methodType, last.code) !== 'STOP' ||
    unpaidCode(last.code)?.disablesAccount
  )
    return null;
  const message = `The last debit of the mandate was returned with code ${last.code}: ${unpaidCode(last.code)?.meaning}.`;
  return warning('DEBIT_RETURNED', path, message, [mandateId]);
}
