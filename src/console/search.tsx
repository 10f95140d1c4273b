import { useEffect, useRef, useState } from 'preact/hooks';
import { nameOf } from './format.ts';
import type { SearchQuery, SearchQueryVariables } from './generated/graphql.ts';
import { operation } from './operation.ts';
import { addressOf, follow, go, place } from './place.ts';
import type { Session } from './session.ts';
import { textOf } from './use-query.ts';

const Search = operation<SearchQuery, SearchQueryVariables>(/* GraphQL */ `
  query Search($text: String!) {
    customers(first: 8, filter: { text: { contains: $text } }) {
      nodes { id reference personName personSurname companyName }
    }
    payments(first: 4, filter: { transactionReference: { eq: $text } }) { nodes { id transactionReference } }
    mandates(first: 4, filter: { contractReference: { eq: $text } }) { nodes { id contractReference } }
  }
`);

/** Screens of the types whose ids begin so. */
const SCREENS: Readonly<Record<string, string>> = { cus: 'customer', man: 'mandate', pay: 'payment' };

interface Found {
  readonly address: string;
  readonly text: string;
}

/** Finds customers by name, reference or e-mail, payments and mandates by reference, and objects by id. */
export function SearchBox({ session }: { session: Session }) {
  const [found, setFound] = useState<readonly Found[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const current = place.value;
  // The list is over when the user has gone somewhere.
  useEffect(() => setFound(null), [current]);
  const search = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = input.current?.value.trim() ?? '';
    const screen = /^[a-z]{3}_/.test(text) ? SCREENS[text.slice(0, 3)] : undefined;
    if (screen) return go(addressOf(screen, text));
    if (text === '') return setFound(null);
    try {
      setError(null);
      setFound(listOf(await session.send(Search, { text })));
    } catch (failure) {
      setError(textOf(failure));
    }
  };
  const close = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') setFound(null);
  };
  return (
    <search onKeyDown={close}>
      <form onSubmit={search}>
        <input ref={input} id="search" type="search" aria-label="Search" placeholder="Search ( / )" />
      </form>
      {error && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      {found && (
        <ul class="found">
          {found.length === 0 && <li class="quiet">Nothing found.</li>}
          {found.map(({ address, text }) => (
            <li key={address}>
              <a href={address} onClick={follow}>
                {text}
              </a>
            </li>
          ))}
        </ul>
      )}
    </search>
  );
}

function listOf({ customers, payments, mandates }: SearchQuery): Found[] {
  return [
    ...customers.nodes.map((one) => ({
      address: addressOf('customer', one.id),
      text: `${nameOf(one)} (${one.reference})`,
    })),
    ...payments.nodes.map((one) => ({ address: addressOf('payment', one.id), text: one.transactionReference })),
    ...mandates.nodes.map((one) => ({ address: addressOf('mandate', one.id), text: one.contractReference ?? one.id })),
  ];
}
