import {
  PAYMENT_METHOD_TYPES,
  type PaymentMethodType,
  PROVIDER_BANKS,
  type ProviderBank,
} from '../domain/payment/state-machine.ts';
import { operatorOf } from '../services/access/operator.ts';
import { modeOf } from '../services/merchants/create-merchant.ts';
import { createPaymentMethods } from '../services/merchants/create-payment-methods.ts';
import { type Command, CommandError } from './command.ts';
import { readOptions } from './read-options.ts';
import { ONE_RECORD, readJsonObject, soleResult } from './record-command.ts';

/** Creates another payment method for a merchant. */
export const createMethodCommand: Command = {
  usage:
    'create-method <merchant id> <type> <provider bank> <name> <abbreviated name> [<pay-in account as json>] [--connector <connector id>]',
  about: `creates a payment method; the type is one of ${PAYMENT_METHOD_TYPES.join(', ')}, the provider bank ${PROVIDER_BANKS.join(' or ')}; a live merchant names a connector; PAY_IN requires the account that receives the pay-ins, such as '{"bank": "FNB", "accountNumber": "62001872440", "accountType": "SAVINGS", "accountHolderName": "ACME"}'`,
  async run(app, args, print) {
    const read = readOptions(args, { connector: { type: 'string' } });
    if (!read) return false;
    const { connector: connectorId } = read.values;
    const [merchantId, type, providerBank, name, abbreviatedName, account, ...rest] = read.positionals;
    if (!merchantId || !type || !providerBank || !name || !abbreviatedName || rest.length > 0) return false;
    if (!(PAYMENT_METHOD_TYPES as readonly string[]).includes(type)) {
      throw new CommandError(`no such type: ${type}; use one of ${PAYMENT_METHOD_TYPES.join(', ')}`);
    }
    if (!(PROVIDER_BANKS as readonly string[]).includes(providerBank)) {
      throw new CommandError(`no such provider bank: ${providerBank}; use one of ${PROVIDER_BANKS.join(', ')}`);
    }
    if (!(await modeOf(app, merchantId)))
      throw new CommandError(`no such merchant: ${merchantId}; check the merchant id`);
    const record = {
      type: type as PaymentMethodType,
      providerBank: providerBank as ProviderBank,
      name,
      abbreviatedName,
      ...(connectorId === undefined ? {} : { connectorId }),
      ...(account === undefined ? {} : { payInAccount: readJsonObject(account) }),
    };
    const answer = await createPaymentMethods(app, operatorOf(merchantId), { ...ONE_RECORD, records: [record] });
    print(`payment method ${soleResult(answer)}`);
    return true;
  },
};
