import type { Scope } from '../../services/app.ts';
import { builder } from '../builder.ts';

export const ScopeRef = builder.enumType('Scope', {
  description: 'Permission of an API key. No scope includes another.',
  values: {
    READ: { value: 'read', description: 'Run queries and subscriptions, and read objects in mutation payloads.' },
    WRITE: { value: 'write', description: 'Run mutations, except those that require another scope.' },
    PAYMENTS_SUBMIT: { value: 'payments:submit', description: 'Run `submitPayments` and `retryPayments`.' },
    PII_READ: { value: 'pii:read', description: 'Read full account, ID and tax numbers; every read is audited.' },
    SANDBOX: { value: 'sandbox', description: 'Move the sandbox clock, run `simulate` and `resetSandbox`.' },
    ADMIN: {
      value: 'admin',
      description:
        'Manage settings, payment methods, holidays, repo rate changes, API keys and webhook endpoints; erase customers; read the audit log.',
    },
    EXPORT: {
      value: 'export',
      description: 'Export all objects of a type by `GET /export/…`; every export is audited.',
    },
  } as const satisfies Record<string, { value: Scope; description: string }>,
});
