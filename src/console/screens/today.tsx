import { count, dateAfter, money, totalText } from '../format.ts';
import type {
  AttentionQuery,
  AttentionQueryVariables,
  TodaySubscription,
  TodaySubscriptionVariables,
} from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Part } from '../parts/part.tsx';
import { addressOf, follow } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { DEBIT_METHODS, STAGES } from '../statuses.ts';
import { sumOf, type Total } from '../sums.ts';
import { useLatest, useQuery } from '../use-query.ts';
import { Operations } from './operations.tsx';
import { Collected, Outcomes } from './outcomes.tsx';
import { Ticker } from './ticker.tsx';

const TodayStats = operation<TodaySubscription, TodaySubscriptionVariables>(/* GraphQL */ `
  subscription Today($after: String, $today: Date!, $methods: [PaymentMethodType!]!) {
    transactionStatsChanged(
      after: $after
      groupBy: [STATUS]
      filter: { actionDate: { eq: $today }, paymentMethod: { type: { in: $methods } } }
    ) {
      cursor
      rows { keys { value } count amount }
    }
  }
`);

const Attention = operation<AttentionQuery, AttentionQueryVariables>(/* GraphQL */ `
  query Attention($today: Date!, $before: Date!, $tomorrow: Date!, $soon: Date!, $methods: [PaymentMethodType!]!) {
    transactionStats(
      groupBy: [STATUS]
      filter: { actionDate: { eq: $before }, paymentMethod: { type: { in: $methods } } }
    ) {
      keys { value }
      count
      amount
    }
    awaiting: mandates(first: 1, filter: { status: { eq: PENDING } }) { totalCount totalCountIsExact }
    expiring: mandates(first: 1, filter: { status: { eq: PENDING }, approvalExpiresAt: { lte: $tomorrow } }) {
      totalCount totalCountIsExact
    }
    stopped: payments(first: 1, filter: { status: { eq: STOPPED } }) { totalCount totalCountIsExact }
    disputed: transactions(first: 1, filter: { status: { eq: DISPUTED }, disputeDeadline: { gte: $today, lte: $soon } }) {
      totalCount totalCountIsExact
    }
    unknown: deposits(first: 1, filter: { match: { eq: UNKNOWN }, isRefunded: { eq: false } }) { totalCount totalCountIsExact }
  }
`);

/**
 * A counter sums the debits of a stage whose action date is today. What passes through the day is not compared with the
 * week before, whose debits have all passed through.
 */
const COUNTERS = [
  { title: 'Due today', stage: 'DUE', isCompared: false },
  { title: 'At the bank', stage: 'AT_THE_BANK', isCompared: false },
  { title: 'Paid', stage: 'PAID', isCompared: true },
  { title: 'Unpaid', stage: 'UNPAID', isCompared: true },
  { title: 'Disputed or reversed', stage: 'DISPUTED_OR_REVERSED', isCompared: true },
];
/** Days until a dispute deadline from which it needs attention. */
const SOON_DAYS = 7;
/** Minimum interval between two readings of what does not change with each debit, in milliseconds. */
const ATTENTION_EVERY_MS = 5_000;

type StatusRow = AttentionQuery['transactionStats'][number];

/** Sums the rows of a stage. */
function totalOf(rows: readonly StatusRow[], stage: string): Total {
  const statuses: readonly string[] = STAGES[stage] ?? [];
  return sumOf(rows.filter(({ keys }) => statuses.includes(keys[0]?.value ?? '')));
}

/** What a team looks at all day: counters, outcomes, what needs attention, and the latest changes. */
export function Today({ session, now }: ScreenProps) {
  const today = dateAfter(now, 0);
  const stats = useLatest(session, TodayStats, { today, methods: DEBIT_METHODS });
  const days = { today, before: dateAfter(now, -7), tomorrow: dateAfter(now, 1), soon: dateAfter(now, SOON_DAYS) };
  const attention = useQuery(session, Attention, { ...days, methods: DEBIT_METHODS }, ATTENTION_EVERY_MS);
  return (
    <>
      <h1>Today</h1>
      <Part
        title="Debits of today's action date"
        field="transactionStatsChanged"
        result={stats}
        isEmpty={() => false}
        empty=""
      >
        {({ transactionStatsChanged: { rows } }) => <Counters rows={rows} today={today} attention={attention.data} />}
      </Part>
      <div class="columns">
        <Part
          title="Needs attention"
          field="mandates, payments, transactions, deposits"
          result={attention}
          isEmpty={(data) => attentionOf(data).length === 0}
          empty="Nothing needs attention."
        >
          {(data) => (
            <ul class="attention">
              {attentionOf(data).map(({ text, screen }) => (
                <li key={text}>
                  <a href={addressOf(screen)} onClick={follow}>
                    {text}
                  </a>
                </li>
              ))}
            </ul>
          )}
        </Part>
        {session.can('ADMIN') && <Operations session={session} />}
        <Outcomes session={session} now={now} />
        <Collected session={session} now={now} />
      </div>
      <Ticker live={session.live} />
    </>
  );
}

function Counters({
  rows,
  today,
  attention,
}: {
  rows: readonly StatusRow[];
  today: string;
  attention: AttentionQuery | null;
}) {
  return (
    <ul class="counters">
      <Counter
        title="Awaiting approval"
        address={addressOf('approvals')}
        count={attention ? totalText(attention.awaiting) : '…'}
        unit="mandates"
      />
      {COUNTERS.map(({ title, stage, isCompared }) => {
        const { count: debits, amount } = totalOf(rows, stage);
        const before = isCompared && attention ? totalOf(attention.transactionStats, stage) : null;
        return (
          <Counter
            key={title}
            title={title}
            address={addressOf('debits', undefined, { stage, date: today })}
            count={count(debits)}
            unit={money(amount)}
            {...(before ? { note: `${count(before.count)} a week ago` } : {})}
          />
        );
      })}
    </ul>
  );
}

function Counter({
  title,
  address,
  count: total,
  unit,
  note,
}: {
  title: string;
  address: string;
  count: string;
  unit: string;
  note?: string;
}) {
  return (
    <li>
      <a class="counter" href={address} onClick={follow}>
        <span class="title">{title}</span>
        <strong>{total}</strong>
        <span>{unit}</span>
        {note && <span class="quiet">{note}</span>}
      </a>
    </li>
  );
}

function attentionOf(data: AttentionQuery): Array<{ readonly text: string; readonly screen: string }> {
  const { expiring, stopped, disputed, unknown } = data;
  const all = [
    { total: expiring, text: 'approvals expire by tomorrow', screen: 'approvals' },
    { total: stopped, text: 'payments are stopped without a retry', screen: 'unpaids' },
    { total: disputed, text: `disputes reach their deadline within ${SOON_DAYS} days`, screen: 'disputes' },
    { total: unknown, text: 'deposits match no payment', screen: 'deposits' },
  ];
  return all
    .filter(({ total }) => total.totalCount > 0)
    .map(({ total, text, screen }) => ({ text: `${totalText(total)} ${text}`, screen }));
}
