import { count, day, money, time, words } from '../format.ts';
import type { RunsQuery, RunsQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Part } from '../parts/part.tsx';
import { Table } from '../parts/table.tsx';
import type { ScreenProps } from '../screen-props.ts';
import { useQuery } from '../use-query.ts';

const Batches = operation<RunsQuery, RunsQueryVariables>(/* GraphQL */ `
  query Runs {
    batches(first: 50, orderBy: { field: CREATED_AT, direction: DESC }) {
      totalCount
      nodes { id reference submittedAt progress { stage count amount } }
    }
  }
`);

type Batch = RunsQuery['batches']['nodes'][number];

/** Batches with the progress of their transactions. */
export function Runs({ session }: ScreenProps) {
  const result = useQuery(session, Batches, {});
  return (
    <>
      <h1>Runs</h1>
      <Part
        title="Batches"
        field="batches"
        result={result}
        isEmpty={({ batches }) => batches.nodes.length === 0}
        empty="No payment was submitted with a batch reference yet."
      >
        {({ batches }) => (
          <Table
            label="Batches, newest first"
            rows={batches.nodes}
            total={batches.totalCount}
            keyOf={({ id }) => id}
            columns={[
              { title: 'Reference', cell: ({ reference }) => reference },
              { title: 'Submitted', cell: ({ submittedAt }) => `${day(submittedAt)} ${time(submittedAt)}` },
              { title: 'Progress', cell: (batch) => <Progress batch={batch} /> },
            ]}
          />
        )}
      </Part>
    </>
  );
}

function Progress({ batch }: { batch: Batch }) {
  const total = batch.progress.reduce((sum, stage) => sum + stage.count, 0);
  const stages = batch.progress.filter((stage) => stage.count > 0);
  return (
    <>
      <span class="bar" aria-hidden="true">
        {stages.map(({ stage, count: size }) => (
          <span key={stage} class={`stage ${stage.toLowerCase()}`} style={{ flexGrow: size / Math.max(total, 1) }} />
        ))}
      </span>
      <span>
        {stages
          .map(({ stage, count: size, amount }) => `${words(stage)} ${count(size)} (${money(amount)})`)
          .join(', ') || 'No transaction yet'}
      </span>
    </>
  );
}
