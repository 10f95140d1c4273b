import type { LATE_RUN_POLICIES, SANDBOX_DEFAULTS } from '../../domain/merchant.ts';
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
