import { words } from '../format.ts';

const TONES: Readonly<Record<string, string>> = {
  PAID: 'good',
  ACTIVE: 'good',
  COMPLETED: 'good',
  RUNNING: 'good',
  UNPAID: 'bad',
  STOPPED: 'bad',
  REJECTED: 'bad',
  REJECTED_BY_BANK: 'bad',
  REJECTED_BY_API: 'bad',
  DECLINED: 'bad',
  DISPUTED: 'bad',
  CHARGEBACK: 'bad',
  REVERSED: 'bad',
  EXPIRED: 'bad',
  PENDING: 'waiting',
  PAUSED: 'waiting',
  SUSPENDED: 'waiting',
  WAITING_FOR_PAYMENT: 'waiting',
};
const SIGNS: Readonly<Record<string, string>> = { good: '✓', bad: '✕', waiting: '…' };

/** A status in words, with a sign beside its colour. */
export function Status({ value }: { value: string }) {
  const tone = TONES[value] ?? 'plain';
  return (
    <span class={`status ${tone}`}>
      <span aria-hidden="true">{SIGNS[tone] ?? '·'}</span> {words(value)}
    </span>
  );
}
