import { AUDIT_ENTRIES } from '../../store/reading/description.ts';
import { builder } from '../builder.ts';
import { marked } from '../direct/marks.ts';
import { AuditActionRef } from '../enums/audit.ts';
import { rootConnection } from '../lists/connection.ts';

const AuditEntryRef = builder.prismaObject('AuditEntry', {
  description:
    'An audit entry: a read of a personal number, or an administrative change such as of API keys, settings or the holiday calendar.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the audit entry.' }),
    clientId: t.exposeString('clientId', {
      description:
        'Identifier of the API key, "user:" and the user, or "operator" for the command line and the first start.',
    }),
    requestId: t.exposeID('requestId', { description: 'Identifier of the request; "operator" when there was none.' }),
    action: t.field({
      description: 'The action that was audited.',
      type: AuditActionRef,
      extensions: marked({ column: 'action' }),
      select: { action: true },
      resolve: ({ action }) => action as typeof AuditActionRef.$inferType,
    }),
    objectId: t.exposeID('objectId', {
      description:
        'Identifier of the object concerned, for example a customer, bank account, API key, payment method or merchant.',
    }),
    field: t.exposeString('field', {
      description: 'Field of the object concerned, for example accountNumber, cdvMode or apiKey.',
    }),
    from: t.exposeString('fromValue', {
      description: 'Value before the action, as text; null for personal numbers and keys, and when there was none.',
      nullable: true,
    }),
    to: t.exposeString('toValue', {
      description: 'Value after the action, as text; null for personal numbers and keys, and when there is none.',
      nullable: true,
    }),
    createdAt: t.expose('createdAt', { description: 'Time of the action: wall-clock time in UTC.', type: 'DateTime' }),
  }),
});

rootConnection(
  'auditLog',
  'AuditEntry',
  AuditEntryRef,
  { entity: 'auditEntry', reading: AUDIT_ENTRIES },
  'Lists the audit entries of the merchant: who read which personal number or made which administrative change, and when.',
  'admin',
);
