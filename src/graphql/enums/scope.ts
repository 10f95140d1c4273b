import type { Scope } from '../../services/app.ts';
import { builder } from '../builder.ts';

export const ScopeRef = builder.enumType('Scope', {
  description: 'What a key allows. None implies another.',
  values: {
    READ: { value: 'read', description: 'Queries and subscriptions.' },
    WRITE: { value: 'write', description: 'Mutations but those of the other scopes.' },
    PAYMENTS_SUBMIT: { value: 'payments:submit', description: 'submitPayments and retryPayments.' },
    PII_READ: { value: 'pii:read', description: 'Whole account, id and tax numbers; each reading is noted.' },
    SANDBOX: { value: 'sandbox', description: "The sandbox's clock, simulate, resetSandbox." },
    ADMIN: { value: 'admin', description: 'Settings, holidays, erasures, the audit log, keys.' },
  } as const satisfies Record<string, { value: Scope; description: string }>,
});
