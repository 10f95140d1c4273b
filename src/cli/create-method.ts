import {
  PAYMENT_METHOD_TYPES,
  type PaymentMethodType,
  PROVIDER_BANKS,
  type ProviderBank,
} from '../domain/payment/life.ts';
import { createPaymentMethod, hasMerchant, NAME_LENGTH_MAX } from '../services/create-merchant.ts';
import { type Command, CommandError } from './command.ts';

/** Gives a merchant another payment method. */
export const createMethodCommand: Command = {
  usage: 'create-method <merchant id> <type> <provider bank> <name> <abbreviated name>',
  about: `makes a payment method of ${PAYMENT_METHOD_TYPES.join(', ')} at ${PROVIDER_BANKS.join(' or ')}, not for PAY_IN`,
  async run(app, [merchantId, type, providerBank, name, abbreviatedName, ...rest], print) {
    if (!merchantId || !type || !providerBank || !name || !abbreviatedName || rest.length > 0) return false;
    const types: readonly string[] = PAYMENT_METHOD_TYPES.filter((known) => known !== 'PAY_IN');
    if (!types.includes(type)) throw new CommandError(`no such type: ${type}; there are ${types.join(', ')}`);
    if (!(PROVIDER_BANKS as readonly string[]).includes(providerBank)) {
      throw new CommandError(`no such provider bank: ${providerBank}; there are ${PROVIDER_BANKS.join(', ')}`);
    }
    if (abbreviatedName.length > NAME_LENGTH_MAX) {
      throw new CommandError(`the abbreviated name stands on bank statements: at most ${NAME_LENGTH_MAX} characters`);
    }
    if (!(await hasMerchant(app, merchantId))) throw new CommandError(`no such merchant: ${merchantId}`);
    const id = await createPaymentMethod(app, merchantId, {
      name,
      type: type as PaymentMethodType,
      providerBank: providerBank as ProviderBank,
      abbreviatedName,
    });
    print(`payment method ${id}`);
    return true;
  },
};
