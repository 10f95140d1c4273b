import { setDebicheckDefaults } from '../services/set-debicheck-defaults.ts';
import { type Command, CommandError } from './command.ts';

/** Says what new DebiCheck and registered mandates of a method get where they do not say. */
export const setDebicheckDefaultsCommand: Command = {
  usage: 'set-debicheck-defaults <merchant id> <payment method id> <json>',
  about: 'what new mandates of the method get where they do not say, as \'{"allowVariableAmount": true}\'',
  async run(app, [merchantId, methodId, json, ...rest], print) {
    if (!merchantId || !methodId || !json || rest.length > 0) return false;
    const errors = await setDebicheckDefaults(app, merchantId, methodId, readObject(json));
    if (errors === null) throw new CommandError(`no such method for DebiCheck or registered mandates: ${methodId}`);
    if (errors.length > 0) {
      throw new CommandError(errors.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
    }
    print(`defaults of ${methodId} set`);
    return true;
  },
};

function readObject(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // said below, in words for whoever typed it
  }
  throw new CommandError(`not a JSON object: ${json}`);
}
