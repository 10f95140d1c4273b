import type { CONNECTOR_KINDS } from '../../domain/connector.ts';
import type { LATE_RUN_POLICIES, MERCHANT_MODES, SANDBOX_DEFAULTS } from '../../domain/merchant.ts';
import type { Scenario } from '../../domain/simulation.ts';
import { builder } from '../builder.ts';
import { describe } from './describe.ts';

export const MerchantModeRef = builder.enumType('MerchantMode', {
  description: 'Whether a merchant is a sandbox or collects money.',
  values: describe({
    SANDBOX: 'It has its own clock and may use a simulated bank whose answers depend on the account number.',
    LIVE: 'It collects money through the connectors of the operator, on wall-clock time.',
  } satisfies Record<(typeof MERCHANT_MODES)[number], string>),
});
export const ConnectorKindRef = builder.enumType('ConnectorKind', {
  description: 'How a connector reaches a bank.',
  values: describe({
    SANDBOX: 'The simulated bank of the gateway; for sandbox merchants only.',
    HTTP: 'An adapter of the operator, by signed JSON messages.',
    ISO20022: 'Files of ISO 20022 messages, which the operator exchanges with the bank.',
  } satisfies Record<(typeof CONNECTOR_KINDS)[number], string>),
});
export const SandboxDefaultRef = builder.enumType('SandboxDefault', {
  description: 'Default behaviour of the sandbox bank for accounts without a scripted result.',
  values: describe({
    HAPPY: 'Mandates are approved within seconds, and debits are paid on the next business day.',
    KWIK: 'Same behaviour as the Kwik staging environment: mandates get no reply and EFT debits stay PENDING.',
  } satisfies Record<(typeof SANDBOX_DEFAULTS)[number], string>),
});
export const LateRunPolicyRef = builder.enumType('LateRunPolicy', {
  description: 'What happens to a collection that missed its cut-off.',
  values: describe({
    NEXT_FEASIBLE: 'The collection is made on the earliest day whose cut-off has not passed.',
    SKIP: 'The collection is skipped and an event is recorded.',
  } satisfies Record<(typeof LATE_RUN_POLICIES)[number], string>),
});
export const ScenarioRef = builder.enumType('Scenario', {
  description: 'Event that the sandbox simulator can trigger. A call can replace the default return code.',
  values: describe<Scenario>({
    MANDATE_APPROVED: 'The debtor approves the mandate; for a registered mandate, the bank does.',
    MANDATE_REJECTED: 'The debtor rejects the mandate. Default code: MD16.',
    MANDATE_DECLINED_BY_BANK: 'The bank declines the mandate. Default code: AC04.',
    MANDATE_EXPIRED: 'The approval window closes without an answer.',
    MANDATE_SUSPENDED: 'The debtor or the bank suspends the mandate.',
    MANDATE_UNSUSPENDED: 'The suspension of the mandate is lifted.',
    MANDATE_CANCELLED_BY_DEBTOR: 'The debtor cancels the mandate.',
    AMENDMENT_APPROVED: 'The pending amendment of the mandate is approved.',
    AMENDMENT_REJECTED: 'The pending amendment of the mandate is rejected. Default code: MD16.',
    TRANSACTION_SENT:
      'The transaction is marked as sent before its scheduled time; the sandbox bank does not answer it by itself.',
    TRANSACTION_ACCEPTED: 'The bank accepts the transaction for processing.',
    TRANSACTION_REJECTED: 'The bank rejects the transaction. Default code: 97.',
    TRANSACTION_RECALLED: 'The transaction is recalled before settlement. Default code: 28.',
    TRANSACTION_PAID: 'The transaction is paid.',
    TRANSACTION_UNPAID: 'The transaction is returned unpaid. Default code: 02.',
    TRANSACTION_IN_TRACKING: 'The bank starts to track the account for funds.',
    TRANSACTION_NO_RESPONSE: 'The bank does not answer in time.',
    TRANSACTION_DISPUTED: 'The account holder disputes the debit. Default code: 30.',
    TRANSACTION_DISPUTE_WITHDRAWN: 'The dispute is withdrawn.',
    TRANSACTION_REVERSED: 'The paid amount is reversed.',
    TRANSACTION_LATE_UNPAID: 'A paid transaction is returned unpaid later. Default code: 02.',
    PAY_IN_RECEIVED: 'A payer deposits `amount` and quotes `eftReference`.',
    CARD_DECLINED: 'The card charge is declined.',
    CARD_CHARGEBACK: 'The cardholder charges the payment back.',
    CARD_REFUNDED: 'The card charge is refunded.',
  }),
});
