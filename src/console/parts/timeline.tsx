import { day, money, time, words } from '../format.ts';
import type { PaymentPageQuery } from '../generated/graphql.ts';
import { TextButton } from './copy.tsx';
import { Status } from './status.tsx';

type Step = NonNullable<PaymentPageQuery['payment']>['timeline'][number];

/** What happened to an object, oldest first. */
export function Timeline({ steps }: { steps: readonly Step[] }) {
  return (
    <>
      <h3>Timeline</h3>
      <ol class="ticker">
        {steps.map((step) => {
          const { id, occurredAt, about, to, amount, cause } = step;
          return (
            <li key={id}>
              <time dateTime={occurredAt}>
                {day(occurredAt)} {time(occurredAt)}
              </time>
              <span>{words(about)}</span>
              <Status value={to} />
              <span class="quiet">
                {words(cause.actor)}
                {cause.reason ? `: ${cause.reason}` : ''}
              </span>
              <span class="number">{amount ? money(amount) : ''}</span>
              <TextButton label="Raw" title={`Event ${step.id}`} text={() => JSON.stringify(step, null, 2)} />
            </li>
          );
        })}
      </ol>
    </>
  );
}
