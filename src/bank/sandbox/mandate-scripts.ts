import type { MandateAnswer } from '../../domain/mandate/state-machine.ts';
import type { TermsInstruction } from '../bank.ts';

/** One answer about a mandate, so many seconds after the bank was asked. */
export interface MandateStep {
  readonly event: MandateAnswer;
  readonly code: string | null;
  readonly afterSeconds: number;
}

const DAY_SECONDS = 86_400;
const APPROVED: MandateStep = { event: 'APPROVED', code: null, afterSeconds: 5 };
const REJECTED: MandateStep = { event: 'REJECTED', code: 'MD16', afterSeconds: 5 };

/** What the bank answers to a first question, for each result an account stands for (DOMAIN §7.1, §7.2, §7.4). */
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
export type MandateResult = keyof typeof SCRIPTS;

/** And to other terms, where that is not an approval after the same time. */
const AMENDMENT_SCRIPTS: Partial<Record<MandateResult, readonly MandateStep[]>> = {
  APPROVED_LATE: SCRIPTS.APPROVED_LATE,
  NO_REPLY: [],
  AMENDMENT_REJECTED: [REJECTED],
};

/** The answers to come, in order of time. A registered mandate asks no debtor: where he refuses, the bank does. */
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
