import type { AuditAction } from '../../store/audit.ts';
import { builder } from '../builder.ts';
import { describe } from './describe.ts';

export const AuditActionRef = builder.enumType('AuditAction', {
  description: 'What somebody accounts for.',
  values: describe({
    PERSONAL_NUMBER_READ: 'A whole account, id or tax number was read.',
    API_KEY_CREATED: 'A key was made.',
    API_KEY_REVOKED: 'A key was revoked.',
    SETTING_CHANGED: 'A setting of the merchant, or of a payment method.',
    HOLIDAY_SET: 'A day was made a holiday, or named anew.',
    HOLIDAY_REMOVED: 'A holiday is none any more.',
    REPO_CHANGE_POSTED: 'A change of the repo rate.',
    PAYMENT_METHOD_CREATED: 'A payment method was made.',
    CUSTOMER_ERASED: 'A customer was erased.',
    SANDBOX_RESET: 'The sandbox was emptied.',
  } satisfies Record<AuditAction, string>),
});
