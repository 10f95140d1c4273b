import type { ComponentChildren } from 'preact';

/** Facts of an object, without those that it does not have. */
export function Facts({ facts }: { facts: ReadonlyArray<{ name: string; value: ComponentChildren }> }) {
  return (
    <dl class="facts">
      {facts
        .filter(({ value }) => value !== null)
        .map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
