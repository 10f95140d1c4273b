import { methodMismatch, notFound, stateConflict } from '../errors.ts';
import type { Findings } from '../findings.ts';
import { variantOf } from '../method/matrix.ts';
import { chooseBankAccount, chooseCustomer, type MandateMethodKnown } from '../submit/parties.ts';
import type { SubmitContext } from '../submit/submit-context.ts';
import type { KnownMandate, NewMandate } from './mandate.ts';
import { type MandateRecord, parseMandate } from './parse.ts';
import { isMandateType } from './state-machine.ts';

/** Input of a mandate created on its own, for an existing customer, bank account and payment method. */
export interface CreateMandateRecord extends MandateRecord {
  readonly clientKey?: string | null | undefined;
  readonly customerId: string;
  readonly bankAccountId: string;
  readonly paymentMethodId: string;
}

const NOTHING = { customer: null, bankAccount: null };

/** Returns the mandate to create for one record, or null with every error in the findings (DOMAIN §3.5, §5). */
export function planMandate(record: CreateMandateRecord, known: SubmitContext, findings: Findings): NewMandate | null {
  const { errors } = findings;
  const method = chooseMandateMethod(record.paymentMethodId, known, findings.at('paymentMethodId'));
  if (!method) return null;
  const before = errors.length;
  chooseCustomer(record, method, NOTHING, known, findings);
  chooseBankAccount(record, method, NOTHING, known, findings);
  const variant = variantOf(method.type, method.providerBank);
  const mandate = parseMandate(record, { ...method, variant }, known, findings);
  return errors.length > before ? null : mandate;
}

/** Adds an error for each way in which the customer or account of a mandate does not meet the rules of a method. */
export function checkParties(
  { customerId, bankAccountId }: Pick<KnownMandate, 'customerId' | 'bankAccountId'>,
  paymentMethodId: string,
  known: SubmitContext,
  findings: Findings,
): void {
  const method = known.methods.get(paymentMethodId);
  if (!method) return;
  chooseCustomer({ customerId }, method, NOTHING, known, findings);
  chooseBankAccount({ customerId, bankAccountId }, method, NOTHING, known, findings);
}

/** Returns the payment method if it exists and uses mandates, otherwise null. A disabled method is an error too. */
export function chooseMandateMethod(
  id: string,
  known: Pick<SubmitContext, 'methods'>,
  findings: Findings,
): MandateMethodKnown | null {
  const { path, errors } = findings;
  const method = known.methods.get(id);
  if (!method) {
    errors.push(notFound(path, 'payment method'));
    return null;
  }
  if (!method.isEnabled) {
    const message = 'The payment method is disabled.';
    errors.push(stateConflict(path, { message, currentStatus: 'DISABLED', blockedBy: [method.id] }));
  }
  const { type } = method;
  if (isMandateType(type)) return { ...method, type };
  errors.push(methodMismatch('METHOD_FORBIDS', path, `${type} payment methods do not use mandates.`));
  return null;
}
