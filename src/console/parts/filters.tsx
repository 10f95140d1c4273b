import { words } from '../format.ts';
import type { MethodsQuery, MethodsQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { place, setFilter } from '../place.ts';
import type { Session } from '../session.ts';
import { useQuery } from '../use-query.ts';

const Methods = operation<MethodsQuery, MethodsQueryVariables>(/* GraphQL */ `
  query Methods { paymentMethods(first: 200) { nodes { id name } } }
`);

/** Methods rarely change. */
const METHODS_EVERY_MS = 300_000;

/** A filter of a screen that is chosen from a list; it is kept in the address. */
export function Choose({
  name,
  label,
  options,
  titleOf = words,
}: {
  name: string;
  label: string;
  options: readonly string[];
  titleOf?: (option: string) => string;
}) {
  const value = place.value.filters[name] ?? '';
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={(event) => setFilter(name, event.currentTarget.value)}>
        <option value="">All</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {titleOf(option)}
          </option>
        ))}
        {value && !options.includes(value) && <option value={value}>{value}</option>}
      </select>
    </label>
  );
}

/** A filter of a screen that is typed; it is kept in the address. */
export function Typed({ name, label, placeholder = '' }: { name: string; label: string; placeholder?: string }) {
  return (
    <label>
      {label}{' '}
      <input
        placeholder={placeholder}
        value={place.value.filters[name] ?? ''}
        onChange={(event) => setFilter(name, event.currentTarget.value.trim())}
      />
    </label>
  );
}

/** A filter of a screen by day; it is kept in the address. */
export function Day({ name, label }: { name: string; label: string }) {
  const value = place.value.filters[name] ?? '';
  return (
    <label>
      {label} <input type="date" value={value} onChange={(event) => setFilter(name, event.currentTarget.value)} />
    </label>
  );
}

/** The condition of the filter by payment method. */
export function methodCondition(): { paymentMethodId?: { eq: string } } {
  const { method } = place.value.filters;
  return method ? { paymentMethodId: { eq: method } } : {};
}

/** A filter by payment method. */
export function MethodFilter({ session }: { session: Session }) {
  const { data } = useQuery(session, Methods, {}, METHODS_EVERY_MS);
  const methods = data?.paymentMethods.nodes ?? [];
  return (
    <Choose
      name="method"
      label="Method"
      options={methods.map(({ id }) => id)}
      titleOf={(id) => methods.find((method) => method.id === id)?.name ?? id}
    />
  );
}
