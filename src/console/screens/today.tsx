import { count, dateAfter, money } from '../format.ts';
import type { TodayQuery, TodayQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Part } from '../parts/part.tsx';
import { addressOf, follow } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { AT_BANK, FAILED, TAKEN_BACK } from '../statuses.ts';
import { sumOf, type Total } from '../sums.ts';
import { useQuery } from '../use-query.ts';
import { Operations } from './operations.tsx';
import { Collected, Outcomes } from './outcomes.tsx';
import { Ticker } from './ticker.tsx';

const TodayStats = operation<TodayQuery, TodayQueryVariables>(/* GraphQL */ `
  query Today($today: Date!, $before: Date!, $tomorrow: Date!, $soon: Date!) {
    today: transactionStats(groupBy: [STATUS], filter: { actionDate: { eq: $today } }) {
      keys { value }
      count
      amount
    }
    before: transactionStats(groupBy: [STATUS], filter: { actionDate: { eq: $before } }) {
      keys { value }
      count
      amount
    }
    awaiting: mandates(first: 1, filter: { status: { eq: PENDING } }) { totalCount }
    expiring: mandates(first: 1, filter: { status: { eq: PENDING }, approvalExpiresAt: { lte: $tomorrow } }) {
      totalCount
    }
    stopped: payments(first: 1, filter: { status: { eq: STOPPED } }) { totalCount }
    disputed: transactions(first: 1, filter: { status: { eq: DISPUTED }, disputeDeadline: { gte: $today, lte: $soon } }) {
      totalCount
    }
    unknown: deposits(first: 1, filter: { match: { eq: UNKNOWN }, isRefunded: { eq: false } }) { totalCount }
  }
`);

/**
 * A counter sums the debits of these statuses whose action date is today. What passes through the day is not compared
 * with the week before, whose debits have all passed through.
 */
const COUNTERS: ReadonlyArray<{
  readonly title: string;
  readonly screen: string | null;
  readonly statuses: readonly string[];
  readonly isCompared: boolean;
}> = [
  { title: 'Due today', screen: null, statuses: ['PENDING'], isCompared: false },
  { title: 'At the bank', screen: null, statuses: AT_BANK, isCompared: false },
  { title: 'Paid', screen: null, statuses: ['PAID'], isCompared: true },
  { title: 'Unpaid', screen: 'unpaids', statuses: FAILED, isCompared: true },
  { title: 'Disputed or reversed', screen: 'disputes', statuses: TAKEN_BACK, isCompared: true },
];
/** Days until a dispute deadline from which it needs attention. */
const SOON_DAYS = 7;

/** Sums the rows of some statuses. */
function totalOf(rows: TodayQuery['today'], statuses: readonly string[]): Total {
  return sumOf(rows.filter(({ keys }) => statuses.includes(keys[0]?.value ?? '')));
}

/** What a team looks at all day: counters, outcomes, what needs attention, and the latest changes. */
export function Today({ session, now }: ScreenProps) {
  const today = dateAfter(now, 0);
  const variables = { today, before: dateAfter(now, -7), tomorrow: dateAfter(now, 1), soon: dateAfter(now, SOON_DAYS) };
  const result = useQuery(session, TodayStats, variables);
  return (
    <>
      <h1>Today</h1>
      <Part
        title="Debits of today's action date"
        field="transactionStats"
        result={result}
        isEmpty={() => false}
        empty=""
      >
        {(data) => (
          <ul class="counters">
            <Counter
              title="Awaiting approval"
              screen="approvals"
              total={{ count: data.awaiting.totalCount }}
              before={null}
            />
            {COUNTERS.map(({ title, screen, statuses, isCompared }) => (
              <Counter
                key={title}
                title={title}
                screen={screen}
                total={totalOf(data.today, statuses)}
                before={isCompared ? totalOf(data.before, statuses) : null}
              />
            ))}
          </ul>
        )}
      </Part>
      <div class="columns">
        <Part
          title="Needs attention"
          field="mandates, payments, transactions, deposits"
          result={result}
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

function Counter({
  title,
  screen,
  total,
  before,
}: {
  title: string;
  screen: string | null;
  total: { readonly count: number; readonly amount?: string };
  before: Total | null;
}) {
  const content = (
    <>
      <span class="title">{title}</span>
      <strong>{count(total.count)}</strong>
      <span>{total.amount === undefined ? 'mandates' : money(total.amount)}</span>
      {before && <span class="quiet">{count(before.count)} a week ago</span>}
    </>
  );
  return (
    <li>
      {screen ? (
        <a class="counter" href={addressOf(screen)} onClick={follow}>
          {content}
        </a>
      ) : (
        <div class="counter">{content}</div>
      )}
    </li>
  );
}

function attentionOf(data: TodayQuery): Array<{ readonly text: string; readonly screen: string }> {
  const { expiring, stopped, disputed, unknown } = data;
  const all = [
    { total: expiring.totalCount, text: 'approvals expire by tomorrow', screen: 'approvals' },
    { total: stopped.totalCount, text: 'payments are stopped without a retry', screen: 'unpaids' },
    { total: disputed.totalCount, text: `disputes reach their deadline within ${SOON_DAYS} days`, screen: 'disputes' },
    { total: unknown.totalCount, text: 'deposits match no payment', screen: 'deposits' },
  ];
  return all
    .filter(({ total }) => total > 0)
    .map(({ total, text, screen }) => ({ text: `${count(total)} ${text}`, screen }));
}
