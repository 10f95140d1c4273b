import './scalars.ts';
import './merchant.ts';
import './lookup.ts';
import './payment-method.ts';
import './customer.ts';
import './customer-mutations.ts';
import './bank-account.ts';
import './bank-account-mutations.ts';
import './validate-bank-accounts.ts';
import './card.ts';
import './mandate.ts';
import './mandate-approval.ts';
import './mandate-mutations.ts';
import './repo-change.ts';
import './lifecycle.ts';
import './requirements.ts';
import './payment.ts';
import './transaction.ts';
import './submit-payments.ts';
import './merchant-settings.ts';
import './audit-log.ts';
import './sandbox.ts';
import './payment-status-changed.ts';
import './mandate-status-changed.ts';
import { builder } from './builder.ts';

/** The whole schema. */
export const schema = builder.toSchema();
