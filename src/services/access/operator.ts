import { OPERATOR } from '../../store/audit.ts';
import type { Caller } from '../app.ts';

/** Whoever runs the gateway, as the caller of what the command line does for a merchant. */
export function operatorOf(merchantId: string): Caller {
  return { merchantId, ...OPERATOR, scopes: new Set(['admin']), expiresAt: null };
}
