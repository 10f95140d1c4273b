import { expect, it } from 'vitest';
import { PAYMENT_EVENTS, PAYMENT_STATUSES, transitionPayment } from '../../src/domain/payment/state-machine.ts';
import {
  paymentEventOf,
  TRANSACTION_EVENTS,
  TRANSACTION_STATUSES,
  transitionTransaction,
} from '../../src/domain/transaction.ts';

/** Every status against every event, as a table a reviewer can check against the specification. */
function tableOf<Status extends string, Event extends string>(
  statuses: readonly Status[],
  events: readonly Event[],
  transition: (status: Status, event: Event) => Status | null,
): string {
  const rows = statuses.flatMap((status) =>
    events.flatMap((event) => {
      const next = transition(status, event);
      return next ? [`${status.padEnd(19)} ${event.padEnd(10)} ${next}`] : [];
    }),
  );
  return `\n${rows.join('\n')}\n`;
}

it('moves a payment exactly so', () => {
  expect(tableOf(PAYMENT_STATUSES, PAYMENT_EVENTS, transitionPayment)).toMatchInlineSnapshot(`
    "
    PENDING             APPROVED   RUNNING
    PENDING             REFUSED    STOPPED
    PENDING             STOP       STOPPED
    PENDING             CANCEL     CANCELLED
    PENDING             DATE_PASSED STOPPED
    WAITING_FOR_PAYMENT COLLECTED  COMPLETED
    WAITING_FOR_PAYMENT CANCEL     CANCELLED
    WAITING_FOR_PAYMENT EXPIRE     CANCELLED
    RUNNING             COLLECTED  COMPLETED
    RUNNING             FAILED     STOPPED
    RUNNING             ENDED      COMPLETED
    RUNNING             PAUSE      PAUSED
    RUNNING             STOP       STOPPED
    RUNNING             CANCEL     CANCELLED
    RUNNING             DATE_PASSED STOPPED
    PAUSED              COLLECTED  COMPLETED
    PAUSED              FAILED     STOPPED
    PAUSED              PAUSE      PAUSED
    PAUSED              RUN        RUNNING
    PAUSED              STOP       STOPPED
    PAUSED              CANCEL     CANCELLED
    PAUSED              DATE_PASSED STOPPED
    STOPPED             RESUBMITTED PENDING
    STOPPED             COLLECTED  COMPLETED
    STOPPED             RUN        RUNNING
    STOPPED             CANCEL     CANCELLED
    STOPPED             RETRY      RUNNING
    COMPLETED           FAILED     STOPPED
    COMPLETED           RETRY      RUNNING
    "
  `);
});

it('moves a transaction exactly so', () => {
  expect(tableOf(TRANSACTION_STATUSES, TRANSACTION_EVENTS, transitionTransaction)).toMatchInlineSnapshot(`
    "
    PENDING             SENT       SENT_TO_BANK
    PENDING             CANCEL     CANCELLED
    PENDING             REFUSE     REJECTED_BY_API
    PENDING             COVERED    PAID
    PENDING             DECLINED   DECLINED
    SENT_TO_BANK        ACCEPTED   ACCEPTED_BY_BANK
    SENT_TO_BANK        REJECTED   REJECTED_BY_BANK
    SENT_TO_BANK        RECALLED   CANCELLED
    SENT_TO_BANK        TRACKING   IN_TRACKING
    SENT_TO_BANK        PAID       PAID
    SENT_TO_BANK        UNPAID     UNPAID
    SENT_TO_BANK        DECLINED   DECLINED
    SENT_TO_BANK        NO_ANSWER  NO_RESPONSE
    ACCEPTED_BY_BANK    REJECTED   UNPAID
    ACCEPTED_BY_BANK    RECALLED   CANCELLED
    ACCEPTED_BY_BANK    TRACKING   IN_TRACKING
    ACCEPTED_BY_BANK    PAID       PAID
    ACCEPTED_BY_BANK    UNPAID     UNPAID
    ACCEPTED_BY_BANK    NO_ANSWER  NO_RESPONSE
    NO_RESPONSE         REJECTED   REJECTED_BY_BANK
    NO_RESPONSE         TRACKING   IN_TRACKING
    NO_RESPONSE         PAID       PAID
    NO_RESPONSE         UNPAID     UNPAID
    IN_TRACKING         REJECTED   UNPAID
    IN_TRACKING         PAID       PAID
    IN_TRACKING         UNPAID     UNPAID
    IN_TRACKING         TRACKING_ENDED UNPAID
    PAID                UNPAID     UNPAID
    PAID                DISPUTED   DISPUTED
    PAID                REVERSED   REVERSED
    PAID                REFUNDED   REFUNDED
    PAID                CHARGEBACK CHARGEBACK
    DISPUTED            DISPUTE_WITHDRAWN PAID
    DISPUTED            REVERSED   REVERSED
    "
  `);
});

it('ends a one-time payment with its transaction, a recurring one with its last', () => {
  expect(paymentEventOf('ONE_TIME', 'PAID', true)).toBe('COLLECTED');
  expect(paymentEventOf('ONE_TIME', 'UNPAID', true)).toBe('FAILED');
  expect(paymentEventOf('ONE_TIME', 'ACCEPTED_BY_BANK', true)).toBeNull();
  expect(paymentEventOf('RECURRING', 'PAID', false)).toBeNull();
  expect(paymentEventOf('RECURRING', 'UNPAID', true)).toBe('ENDED');
});
