import { count, day, money, time, words } from '../format.ts';
import type { RunsQuery, RunsQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { ListPart } from '../parts/list-part.tsx';
import { addressOf } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { sumOf } from '../sums.ts';
import { usePages } from '../use-pages.ts';

const Batches = operation<RunsQuery, RunsQueryVariables>(/* GraphQL */ `
  query Runs($after: String) {
    batches(first: 50, after: $after, orderBy: { field: CREATED_AT, direction: DESC }) {
      totalCount
      totalCountIsExact
      pageInfo { endCursor hasNextPage }
      nodes { id reference submittedAt progress { stage count amount } }
    }
  }
`);

type Batch = RunsQuery['batches']['nodes'][number];

/** Batches with the progress of their transactions. */
export function Runs({ session }: ScreenProps) {
  const pages = usePages(session, Batches, {}, ({ batches }) => batches);
  return (
    <>
      <h1>Runs</h1>
      <ListPart
        title="Batches, newest first"
        field="batches"
        pages={pages}
        empty="No payment was submitted with a batch reference yet."
        keyOf={({ id }) => id}
        addressOf={({ reference }) => addressOf('debits', undefined, { batch: reference })}
        columns={[
          { title: 'Reference', cell: ({ reference }) => reference },
          { title: 'Submitted', cell: ({ submittedAt }) => `${day(submittedAt)} ${time(submittedAt)}` },
          { title: 'Progress', cell: (batch) => <Bar batch={batch} /> },
          { title: 'Stages', cell: (batch) => stagesOf(batch) },
          { title: 'Amount', isNumber: true, cell: ({ progress }) => money(sumOf(progress).amount) },
        ]}
      />
    </>
  );
}

/** The stages of a batch as parts of a bar; in words beside it. */
function Bar({ batch: { progress } }: { batch: Batch }) {
  const total = progress.reduce((sum, stage) => sum + stage.count, 0);
  return (
    <span class="bar" aria-hidden="true">
      {progress.map(({ stage, count: size }) => (
        <span key={stage} class={`stage ${stage.toLowerCase()}`} style={{ flexGrow: size / Math.max(total, 1) }} />
      ))}
    </span>
  );
}

/** The stages of a batch in words. */
function stagesOf({ progress }: Batch): string {
  const stages = progress.filter((stage) => stage.count > 0);
  return stages.map(({ stage, count: size }) => `${words(stage)} ${count(size)}`).join(', ') || 'No transaction yet';
}
