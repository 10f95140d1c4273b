import { OPERATOR } from '../../store/audit.ts';
import type { Caller } from '../app.ts';

/** Returns the operator of the gateway as the caller of a command-line action for a merchant. */
export function operatorOf(merchantId: string): Caller {
  return { merchantId, ...OPERATOR, scopes: new Set(['admin']), expiresAt: null };
}
