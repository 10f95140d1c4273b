import type { ComponentChildren } from 'preact';
import type { Result } from '../use-query.ts';
import { graphqlOf, TextButton } from './copy.tsx';

/** A part of a screen: its title, the GraphQL field that answers it, and its data, error, loading or empty state. */
export function Part<Data>({
  title,
  field,
  result,
  isEmpty,
  empty,
  children,
}: {
  title: string;
  field: string;
  result: Result<Data>;
  isEmpty: (data: Data) => boolean;
  empty: string;
  children: (data: Data) => ComponentChildren;
}) {
  const { data, error } = result;
  return (
    <section class="part">
      <header>
        <h2>
          {title} <code class="field">{field}</code>
        </h2>
        <TextButton label="GraphQL" title={`${title}: GraphQL`} text={() => graphqlOf(result.asked)} />
      </header>
      {error && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      {!data && !error && <p class="quiet">Loading …</p>}
      {data && (isEmpty(data) ? <p class="quiet">{empty}</p> : children(data))}
    </section>
  );
}
