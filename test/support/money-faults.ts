import { addDays } from '../../src/domain/dates.ts';
import { nominalDateFrom, type PaymentInterval } from '../../src/domain/schedule.ts';
import type { TestGateway } from './harness.ts';

// What must hold of money whatever happens, looked for in the rows that a test has left: no debit without authority, none outside the
// dates of its mandate or beyond its count, no cycle lost without an event.

const MADE = "('CANCELLED', 'REJECTED_BY_API', 'REJECTED_BY_BANK', 'UNPAID', 'DECLINED')";

/** What does not hold, in words. */
export async function moneyFaultsOf({ sql, merchantId }: Pick<TestGateway, 'sql' | 'merchantId'>): Promise<string[]> {
  const broken = await sql<{ id: string; fault: string }>(
    `SELECT transaction.id, 'was sent after the authority of its mandate was withdrawn' AS fault
       FROM transaction JOIN mandate ON mandate.merchant_id = $1 AND mandate.id = transaction.mandate_id
      WHERE transaction.merchant_id = $1 AND EXISTS (SELECT FROM event
        WHERE event.merchant_id = $1 AND aggregate_type = 'TRANSACTION' AND aggregate_id = transaction.id AND to_status = 'SENT_TO_BANK'
          AND event.occurred_at > mandate.authority_withdrawn_at)
     UNION ALL
     SELECT payment.id, 'is ' || payment.status || ' without the authority of its mandate'
       FROM payment JOIN mandate ON mandate.merchant_id = $1 AND mandate.id = payment.mandate_id
      WHERE payment.merchant_id = $1 AND mandate.authority_withdrawn_at IS NOT NULL AND payment.status IN ('PENDING', 'RUNNING', 'PAUSED')
     UNION ALL
     SELECT transaction.id, 'is made on ' || action_date || ', after the end'
       FROM transaction JOIN payment ON payment.merchant_id = $1 AND payment.id = payment_id
       JOIN mandate ON mandate.merchant_id = $1 AND mandate.id = transaction.mandate_id
      WHERE transaction.merchant_id = $1 AND transaction.status <> 'CANCELLED'
        AND action_date > least(payment.date_end, mandate.date_release)
     UNION ALL
     SELECT mandate.id, 'is one-time, and collected ' || count(DISTINCT (payment_id, nominal_date)) || ' times'
       FROM transaction JOIN mandate ON mandate.merchant_id = $1 AND mandate.id = transaction.mandate_id
      WHERE transaction.merchant_id = $1 AND mandate.process_date IS NOT NULL AND transaction.status NOT IN ${MADE}
      GROUP BY mandate.id HAVING count(DISTINCT (payment_id, nominal_date)) > 1`,
    [merchantId],
  );
  return [...broken.map(({ id, fault }) => `${id} ${fault}`), ...(await lostCycles({ sql, merchantId }))];
}

/** The cycles before the next planned one that have neither a transaction nor an event that says why. */
async function lostCycles({ sql, merchantId }: Pick<TestGateway, 'sql' | 'merchantId'>): Promise<string[]> {
  const payments = await sql<{
    id: string;
    interval: PaymentInterval;
    processDay: number;
    dateStart: string;
    planned: string;
    accounted: string[];
  }>(
    `SELECT payment.id, payment.interval, payment.process_day, payment.date_start, due_work.details ->> 'nominalDate' AS planned,
            ARRAY(SELECT nominal_date::text FROM transaction WHERE transaction.merchant_id = $1 AND payment_id = payment.id
                  UNION ALL
                  SELECT substring(reason FROM 'The collection of (\\d{4}-\\d\\d-\\d\\d) is skipped') FROM event
                   WHERE event.merchant_id = $1 AND aggregate_id = payment.id AND type = 'collection.skipped') AS accounted
       FROM payment JOIN due_work ON due_work.merchant_id = $1 AND due_work.kind = 'CREATE_TRANSACTION' AND subject_id = payment.id
       LEFT JOIN mandate ON mandate.merchant_id = $1 AND mandate.id = payment.mandate_id
      WHERE payment.merchant_id = $1 AND payment.kind = 'RECURRING' AND payment.status IN ('RUNNING', 'PAUSED')
        AND mandate.first_date IS NULL`,
    [merchantId],
  );
  return payments.flatMap(({ id, interval, processDay, dateStart, planned, accounted }) => {
    const schedule = { interval, processDay, dateStart, last: null, first: null };
    const lost: string[] = [];
    let date = nominalDateFrom(schedule, dateStart);
    while (date !== null && date < planned) {
      if (!accounted.includes(date)) lost.push(`${id} has lost ${date} without a word`);
      date = nominalDateFrom(schedule, addDays(date, 1));
    }
    return lost;
  });
}
