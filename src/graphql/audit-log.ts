import { AUDIT_ENTRIES } from '../store/reading/description.ts';
import { builder } from './builder.ts';
import { rootConnection } from './connection.ts';

const AuditEntryRef = builder.prismaObject('AuditEntry', {
  description: 'Someone read a personal number, or made or revoked a key.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id.' }),
    clientId: t.exposeString('clientId', { description: 'The API key, or "user:" and the user.' }),
    requestId: t.exposeID('requestId', { description: 'The request that read it.' }),
    action: t.exposeString('action', { description: 'PERSONAL_NUMBER_READ, API_KEY_CREATED or API_KEY_REVOKED.' }),
    objectId: t.exposeID('objectId', { description: 'The customer, the bank account or the key.' }),
    field: t.exposeString('field', { description: 'accountNumber, idNumber or taxNumber; apiKey for a key.' }),
    createdAt: t.expose('createdAt', { description: 'When: wall time.', type: 'DateTime' }),
  }),
});

rootConnection(
  'auditLog',
  'AuditEntry',
  AuditEntryRef,
  { entity: 'auditEntry', reading: AUDIT_ENTRIES },
  'Who read which personal number, or made or revoked which key, and when.',
  'admin',
);
