import { day, money, nameOf, span, time, words } from '../format.ts';
import type { MandatePageQuery, MandatePageQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Actions } from '../parts/actions.tsx';
import { Facts } from '../parts/facts.tsx';
import { ObjectTools } from '../parts/object-tools.tsx';
import { Part } from '../parts/part.tsx';
import { MANDATE_SCENARIOS, Simulate } from '../parts/simulate.tsx';
import { Status } from '../parts/status.tsx';
import { Table } from '../parts/table.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { addressOf, follow } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { useNow } from '../use-now.ts';
import { useQuery } from '../use-query.ts';
import { actionsOf } from './mandate-actions.tsx';
import { MandateForms } from './mandate-forms.tsx';

const MandateById = operation<MandatePageQuery, MandatePageQueryVariables>(/* GraphQL */ `
  query MandatePage($id: ID!) {
    mandate(id: $id) {
      id reference contractReference status amount approvedAt approvalExpiresAt rejectionReason amendmentStatus
      customer { id reference personName personSurname companyName }
      bankAccount { accountNumberMasked accountHolderName }
      amendmentReason
      amendment { amount expiresAt recurring { interval processDay } }
      debicheck { maximumCollectionAmount allowVariableAmount allowDateAdjustment allowPaymentTracking adjustmentCategory }
      debtorSnapshot { name accountHolderName accountNumberMasked bank idNumberMasked }
      paymentMethod { name type }
      recurring { interval processDay }
      availableActions { action allowed reason }
      payments(first: 50, orderBy: { field: CREATED_AT, direction: DESC }) {
        nodes { id transactionReference status amount }
      }
    }
    events(last: 100, filter: { objectIds: [$id] }) {
      nodes {
        id type about objectId from to amount occurredAt
        cause { actor reason reasonCode requestId }
      }
    }
  }
`);

type MandateData = NonNullable<MandatePageQuery['mandate']>;

/** One mandate: its terms, its approval and its payments. */
export function Mandate({ session, now, isFrozen, id }: ScreenProps) {
  const result = useQuery(session, MandateById, { id });
  const current = useNow(now, isFrozen);
  return (
    <>
      <h1>Mandate</h1>
      <Part
        title={id}
        field="mandate"
        result={result}
        isEmpty={({ mandate }) => !mandate}
        empty="There is no such mandate."
      >
        {({ mandate, events }) =>
          mandate && (
            <>
              <Facts facts={factsOf(mandate, current)} />
              <ObjectTools id={mandate.id} object={mandate} />
              <Terms mandate={mandate} />
              <Actions session={session} actions={actionsOf(session, mandate)} />
              <MandateForms session={session} mandate={mandate} />
              <Simulate session={session} id={mandate.id} scenarios={MANDATE_SCENARIOS} />
              <Payments mandate={mandate} />
              <Timeline steps={events.nodes} />
            </>
          )
        }
      </Part>
    </>
  );
}

function factsOf(mandate: MandateData, current: number) {
  const { customer, bankAccount, recurring, approvedAt, approvalExpiresAt: expires } = mandate;
  return [
    { name: 'Contract', value: mandate.contractReference ?? mandate.reference ?? null },
    { name: 'Status', value: <Status value={mandate.status} /> },
    { name: 'Approval', value: approvedAt ? `${day(approvedAt)} ${time(approvedAt)}` : null },
    { name: 'Time left', value: expires && mandate.status === 'PENDING' ? span(Date.parse(expires) - current) : null },
    { name: 'Why it was rejected', value: mandate.rejectionReason ?? null },
    {
      name: 'Customer',
      value: (
        <a href={addressOf('customer', customer.id)} onClick={follow}>
          {nameOf(customer)}
        </a>
      ),
    },
    { name: 'Account', value: `${bankAccount.accountNumberMasked}, ${bankAccount.accountHolderName}` },
    { name: 'Method', value: mandate.paymentMethod.name },
    { name: 'Amount', value: money(mandate.amount) },
    {
      name: 'Collected',
      value: recurring ? `${recurring.interval.toLowerCase()}, day ${recurring.processDay}` : 'once',
    },
  ];
}

/** The authorised terms, the pending amendment, and the debtor as the mandate was approved. */
function Terms({
  mandate: { debicheck, amendment, amendmentReason, debtorSnapshot: debtor },
}: {
  mandate: MandateData;
}) {
  return (
    <>
      {debicheck && (
        <>
          <h3>Authorised terms</h3>
          <Facts
            facts={[
              { name: 'Maximum', value: money(debicheck.maximumCollectionAmount) },
              { name: 'Amount may vary', value: debicheck.allowVariableAmount ? 'yes' : 'no' },
              { name: 'Date may move', value: debicheck.allowDateAdjustment ? 'yes' : 'no' },
              { name: 'Tracked', value: debicheck.allowPaymentTracking ? 'yes' : 'no' },
              { name: 'Adjusted', value: words(debicheck.adjustmentCategory) },
            ]}
          />
        </>
      )}
      {amendment && (
        <>
          <h3>Amendment that awaits approval</h3>
          <Facts
            facts={[
              { name: 'Amount', value: money(amendment.amount) },
              { name: 'Day', value: amendment.recurring ? amendment.recurring.processDay : null },
              {
                name: 'Until',
                value: amendment.expiresAt ? `${day(amendment.expiresAt)} ${time(amendment.expiresAt)}` : null,
              },
              { name: 'Why', value: amendmentReason ?? null },
            ]}
          />
        </>
      )}
      {debtor && (
        <>
          <h3>Debtor as approved</h3>
          <Facts
            facts={[
              { name: 'Name', value: debtor.name },
              { name: 'Account', value: `${debtor.accountNumberMasked}, ${words(debtor.bank)}` },
              { name: 'Id number', value: debtor.idNumberMasked ?? null },
            ]}
          />
        </>
      )}
    </>
  );
}

function Payments({ mandate }: { mandate: MandateData }) {
  if (mandate.payments.nodes.length === 0) return <p class="quiet">No payment uses this mandate.</p>;
  return (
    <Table
      label="Payments, newest first"
      rows={mandate.payments.nodes}
      keyOf={({ id }) => id}
      addressOf={({ id }) => addressOf('payment', id)}
      columns={[
        { title: 'Payment', cell: ({ transactionReference }) => transactionReference },
        { title: 'Status', cell: ({ status }) => <Status value={status} /> },
        { title: 'Amount', isNumber: true, cell: ({ amount }) => money(amount) },
      ]}
    />
  );
}
