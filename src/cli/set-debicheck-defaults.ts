import { operatorOf } from '../services/access/operator.ts';
import { updatePaymentMethods } from '../services/merchants/update-payment-methods.ts';
import type { Command } from './command.ts';
import { ONE_RECORD, readJsonObject, soleResult } from './record-command.ts';

/** Sets the defaults of a payment method for new DebiCheck and registered mandates. */
export const setDebicheckDefaultsCommand: Command = {
  usage: 'set-debicheck-defaults <merchant id> <payment method id> <json>',
  about:
    'sets the defaults for new DebiCheck and registered mandates of a method, such as \'{"allowVariableAmount": true}\'',
  async run(app, [merchantId, methodId, json, ...rest], print) {
    if (!merchantId || !methodId || !json || rest.length > 0) return false;
    const record = { id: methodId, debicheckDefaults: readJsonObject(json) };
    soleResult(await updatePaymentMethods(app, operatorOf(merchantId), { ...ONE_RECORD, records: [record] }));
    print(`defaults of ${methodId} set`);
    return true;
  },
};
