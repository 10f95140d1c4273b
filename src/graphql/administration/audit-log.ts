import { AUDIT_ENTRIES } from '../../store/reading/description.ts';
import { builder } from '../builder.ts';
import { AuditActionRef } from '../enums/audit.ts';
import { rootConnection } from '../lists/connection.ts';

const AuditEntryRef = builder.prismaObject('AuditEntry', {
  description:
    'Someone read a personal number, or changed what is not in the log of events: keys, settings, the calendar.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id.' }),
    clientId: t.exposeString('clientId', {
      description: 'The API key; "user:" and the user; "operator", by the command line or at the start.',
    }),
    requestId: t.exposeID('requestId', { description: 'The request that did it; "operator" where there was none.' }),
    action: t.field({
      description: 'What was done.',
      type: AuditActionRef,
      select: { action: true },
      resolve: ({ action }) => action as typeof AuditActionRef.$inferType,
    }),
    objectId: t.exposeID('objectId', {
      description: 'To what: a customer, a bank account, a key, a method, the merchant.',
    }),
    field: t.exposeString('field', { description: 'What of it: accountNumber, cdvMode, apiKey.' }),
    from: t.exposeString('fromValue', {
      description: 'The value before, as text. null for personal numbers and keys, and where there was none.',
      nullable: true,
    }),
    to: t.exposeString('toValue', { description: 'The value after, alike.', nullable: true }),
    createdAt: t.expose('createdAt', { description: 'When: wall time.', type: 'DateTime' }),
  }),
});

rootConnection(
  'auditLog',
  'AuditEntry',
  AuditEntryRef,
  { entity: 'auditEntry', reading: AUDIT_ENTRIES },
  'Who read which personal number, or changed what an administrator changes, and when.',
  'admin',
);
