import { operatorOf } from '../services/access/operator.ts';
import { updatePaymentMethods } from '../services/merchants/update-payment-methods.ts';
import type { Command } from './command.ts';
import { ONE_RECORD, soleResult } from './record-command.ts';

/** Sets how much a method collects at a time, and in a month. */
export const setLimitsCommand: Command = {
  usage: 'set-limits <merchant id> <payment method id> <at a time> <in a month>',
  about: 'sets the most that a method collects, in rand as "500.00"; none for no limit',
  async run(app, [merchantId, methodId, item, monthly, ...rest], print) {
    if (!merchantId || !methodId || !item || !monthly || rest.length > 0) return false;
    const limitOf = (text: string) => (text === 'none' ? null : text);
    const record = { id: methodId, itemLimit: limitOf(item), monthlyLimit: limitOf(monthly) };
    soleResult(await updatePaymentMethods(app, operatorOf(merchantId), { ...ONE_RECORD, records: [record] }));
    print(`limits of ${methodId} set`);
    return true;
  },
};
