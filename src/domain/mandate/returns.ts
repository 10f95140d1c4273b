import type { Path } from '../errors.ts';
import type { PaymentMethodType } from '../payment/state-machine.ts';
import { effectOn, unpaidCode } from '../unpaid-codes.ts';
import { type Warning, warning } from '../warnings.ts';

/** How the debit of a mandate that was presented last came back. */
export interface LastReturn {
  readonly methodType: PaymentMethodType;
  readonly code: string;
}

/**
 * The warning for a new use of a mandate whose last debit was returned with a code that stops a payment and leaves the authority: 06, 10,
 * 16, 56, E1, and 04 under an authorised mandate (DOMAIN §2.14). null when there is nothing to warn of.
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
