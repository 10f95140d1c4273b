import { parseAmount } from '../domain/money.ts';
import { setMethodLimits } from '../services/set-method-limits.ts';
import { type Command, CommandError } from './command.ts';

/** Says how much a method collects at a time, and in a month. */
export const setLimitsCommand: Command = {
  usage: 'set-limits <merchant id> <payment method id> <at a time> <in a month>',
  about: 'the most that a method collects, in rand as "500.00"; none for no limit',
  async run(app, [merchantId, methodId, item, monthly, ...rest], print) {
    if (!merchantId || !methodId || !item || !monthly || rest.length > 0) return false;
    const limits = { itemLimitCents: readLimit(item), monthlyLimitCents: readLimit(monthly) };
    if (!(await setMethodLimits(app, merchantId, methodId, limits)))
      throw new CommandError(`no such method: ${methodId}`);
    print(`limits of ${methodId} set`);
    return true;
  },
};

function readLimit(text: string): number | null {
  if (text === 'none') return null;
  const cents = parseAmount(text);
  if (cents === null || cents === 0) throw new CommandError(`not an amount as "500.00": ${text}`);
  return cents;
}
