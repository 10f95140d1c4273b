import type { AuditAction } from '../../store/audit.ts';
import { builder } from '../builder.ts';
import { describe } from './describe.ts';

export const AuditActionRef = builder.enumType('AuditAction', {
  description: 'Action recorded in the audit log.',
  values: describe({
    PERSONAL_NUMBER_READ: 'A full account, ID or tax number was read, or found by a filter.',
    API_KEY_CREATED: 'An API key was created.',
    API_KEY_REVOKED: 'An API key was revoked.',
    SETTING_CHANGED: 'A setting of the merchant or of a payment method was changed.',
    HOLIDAY_SET: 'A public holiday was added or renamed.',
    HOLIDAY_REMOVED: 'A public holiday was removed.',
    REPO_CHANGE_POSTED: 'A change of the repo rate was posted.',
    PAYMENT_METHOD_CREATED: 'A payment method was created.',
    CUSTOMER_ERASED: 'The personal data of a customer was erased.',
    SANDBOX_RESET: 'All data of the sandbox merchant was deleted.',
    EXPORTED: 'An export of all objects of a type was begun; `field` names it.',
  } satisfies Record<AuditAction, string>),
});
