import { operatorOf } from '../services/access/operator.ts';
import { updatePaymentMethods } from '../services/merchants/update-payment-methods.ts';
import type { Command } from './command.ts';
import { ONE_RECORD, soleResult } from './record-command.ts';

/** Sets the limits of a payment method per collection and per month. */
export const setLimitsCommand: Command = {
  usage: 'set-limits <merchant id> <payment method id> <item limit> <monthly limit>',
  about: 'sets the highest amount per collection and per month, in rand such as "500.00"; "none" removes a limit',
  async run(app, [merchantId, methodId, item, monthly, ...rest], print) {
    if (!merchantId || !methodId || !item || !monthly || rest.length > 0) return false;
    const limitOf = (text: string) => (text === 'none' ? null : text);
    const record = { id: methodId, itemLimit: limitOf(item), monthlyLimit: limitOf(monthly) };
    soleResult(await updatePaymentMethods(app, operatorOf(merchantId), { ...ONE_RECORD, records: [record] }));
    print(`limits of ${methodId} set`);
    return true;
  },
};
