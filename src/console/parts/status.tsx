import { words } from '../format.ts';

const TONES: ReadonlyArray<readonly [tone: string, sign: string, statuses: RegExp]> = [
  ['good', '✓', /^(PAID|ACTIVE|COMPLETED|RUNNING)$/],
  ['bad', '✕', /^(UNPAID|STOPPED|REJECTED.*|DECLINED|DISPUTED|CHARGEBACK|REVERSED|EXPIRED)$/],
  ['waiting', '…', /^(PENDING|PAUSED|SUSPENDED|WAITING_FOR_PAYMENT)$/],
];

/** A status in words, with a sign beside its colour. */
export function Status({ value }: { value: string }) {
  const [tone, sign] = TONES.find(([, , statuses]) => statuses.test(value)) ?? ['plain', '·'];
  return (
    <span class={`status ${tone}`}>
      <span aria-hidden="true">{sign}</span> {words(value)}
    </span>
  );
}
