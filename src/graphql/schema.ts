import './scalars.ts';
import './merchant.ts';
import './lookup.ts';
import './payment-method.ts';
import './customer.ts';
import './bank-account.ts';
import './mandate.ts';
import './payment.ts';
import './transaction.ts';
import './submit-payments.ts';
import './sandbox.ts';
import './payment-status-changed.ts';
import { builder } from './builder.ts';

/** The whole schema. */
export const schema = builder.toSchema();
