import type { MandateAnswer } from '../../domain/mandate/state-machine.ts';
import type { TermsInstruction } from '../bank.ts';

/** One answer to an instruction about a mandate. */
export interface MandateStep {
  readonly event: MandateAnswer;
  readonly code: string | null;
  /** Seconds after the instruction was sent, on the merchant clock. */
  readonly afterSeconds: number;
}

const DAY_SECONDS = 86_400;
const APPROVED: MandateStep = { event: 'APPROVED', code: null, afterSeconds: 5 };
const REJECTED: MandateStep = { event: 'REJECTED', code: 'MD16', afterSeconds: 5 };

/** The answers to a new mandate by simulated result, in order of time (DOMAIN §7.1, §7.2, §7.4). */
const SCRIPTS = {
  APPROVED: [APPROVED],
  APPROVED_LATE: [{ ...APPROVED, afterSeconds: 30 }],
  NO_REPLY: [],
  REJECTED: [REJECTED],
  DECLINED: [{ event: 'DECLINED', code: 'AC04', afterSeconds: 5 }],
  CANCELLED: [{ event: 'CANCELLED', code: null, afterSeconds: 5 }],
  SUSPENDED: [APPROVED, { event: 'SUSPENDED', code: null, afterSeconds: 10 }],
  SUSPENDED_LATER: [APPROVED, { event: 'SUSPENDED', code: null, afterSeconds: DAY_SECONDS }],
  AMENDMENT_REJECTED: [APPROVED],
} as const satisfies Record<string, readonly MandateStep[]>;
/** A result that an account can simulate for its mandates. */
export type MandateResult = keyof typeof SCRIPTS;

/** The answers to an amendment, where they differ from the usual approval. */
const AMENDMENT_SCRIPTS: Partial<Record<MandateResult, readonly MandateStep[]>> = {
  APPROVED_LATE: SCRIPTS.APPROVED_LATE,
  NO_REPLY: [],
  AMENDMENT_REJECTED: [REJECTED],
};

/**
 * The answers to an instruction, in order of time; a notification has none. The bank, not the debtor, approves a
 * registered mandate, so that a rejection by the debtor becomes a decline by the bank.
 */
export function mandateScript(
  result: MandateResult,
  { kind, type }: Pick<TermsInstruction, 'kind' | 'type'>,
): readonly MandateStep[] {
  if (kind === 'NOTIFY') return [];
  const script: readonly MandateStep[] =
    kind === 'AMEND' ? (AMENDMENT_SCRIPTS[result] ?? SCRIPTS.APPROVED) : SCRIPTS[result];
  if (type === 'DEBICHECK') return script;
  return script.map((step) => (step.event === 'REJECTED' ? { ...step, event: 'DECLINED', code: 'MS03' } : step));
}
