import type { LATE_RUN_POLICIES, SANDBOX_DEFAULTS } from '../../domain/merchant.ts';
import type { Scenario } from '../../domain/simulation.ts';
import { builder } from '../builder.ts';
import { describe } from './describe.ts';

export const SandboxDefaultRef = builder.enumType('SandboxDefault', {
  description: 'How accounts behave at the sandbox bank that stand for nothing.',
  values: describe({
    HAPPY: 'Mandates are approved after five seconds, debits are paid on the next business day.',
    KWIK: 'As the staging of the documents: mandates get no reply, EFT debits stay PENDING.',
  } satisfies Record<(typeof SANDBOX_DEFAULTS)[number], string>),
});
export const LateRunPolicyRef = builder.enumType('LateRunPolicy', {
  description: 'What becomes of a collection that the gateway was too late for.',
  values: describe({
    NEXT_FEASIBLE: 'It is made on the earliest day for which it can still be sent.',
    SKIP: 'It is left out, with an event.',
  } satisfies Record<(typeof LATE_RUN_POLICIES)[number], string>),
});
export const ScenarioRef = builder.enumType('Scenario', {
  description: 'What the simulator of a sandbox makes happen.',
  values: describe<Scenario>({
    MANDATE_APPROVED: 'The debtor approves; of a registered mandate the bank.',
    MANDATE_REJECTED: 'The debtor rejects. Code MD16 unless named.',
    MANDATE_DECLINED_BY_BANK: 'The bank declines. Code AC04 unless named.',
    MANDATE_EXPIRED: 'Nobody answers until the window closes.',
    MANDATE_SUSPENDED: 'Debtor or bank suspend it.',
    MANDATE_UNSUSPENDED: 'It holds again.',
    MANDATE_CANCELLED_BY_DEBTOR: 'The debtor cancels.',
    AMENDMENT_APPROVED: 'Other terms are approved.',
    AMENDMENT_REJECTED: 'Other terms are refused. Code MD16 unless named.',
    TRANSACTION_SENT: 'It counts as sent, before its time; the bank says nothing of it by itself.',
    TRANSACTION_ACCEPTED: 'The bank takes it for processing.',
    TRANSACTION_REJECTED: 'The bank refuses to process it. Code 97 unless named.',
    TRANSACTION_RECALLED: 'It is recalled before it was settled. Code 28 unless named.',
    TRANSACTION_PAID: 'It is paid.',
    TRANSACTION_UNPAID: 'It is not paid. Code 02 unless named.',
    TRANSACTION_IN_TRACKING: 'The bank watches the account for funds.',
    TRANSACTION_NO_RESPONSE: 'The bank has not answered in time.',
    TRANSACTION_DISPUTED: 'The account holder disputes it. Code 30 unless named.',
    TRANSACTION_DISPUTE_WITHDRAWN: 'The dispute is withdrawn.',
    TRANSACTION_REVERSED: 'The money is taken back.',
    TRANSACTION_LATE_UNPAID: 'What was paid is unpaid after all. Code 02 unless named.',
    PAY_IN_RECEIVED: 'A payer pays `amount`, quoting `eftReference`.',
    CARD_DECLINED: 'The card is declined.',
    CARD_CHARGEBACK: 'The card holder takes the money back.',
    CARD_REFUNDED: 'The charge is paid back.',
  }),
});
