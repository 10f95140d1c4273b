import { useEffect, useRef, useState } from 'preact/hooks';
import { nameOf } from './format.ts';
import type { SearchQuery, SearchQueryVariables } from './generated/graphql.ts';
import { operation } from './operation.ts';
import { addressOf, follow, place } from './place.ts';
import type { Session } from './session.ts';
import { textOf } from './use-query.ts';

const Search = operation<SearchQuery, SearchQueryVariables>(/* GraphQL */ `
  query Search(
    $text: String!
    $id: ID!
    $amount: Money!
    $isText: Boolean!
    $isId: Boolean!
    $isAmount: Boolean!
    $isFour: Boolean!
  ) {
    customers(first: 8, filter: { text: { contains: $text } }) @include(if: $isText) {
      nodes { id reference personName personSurname companyName }
    }
    payments(first: 8, filter: { transactionReference: { contains: $text } }) @include(if: $isText) {
      nodes { id transactionReference }
    }
    mandates(first: 4, filter: { contractReference: { eq: $text } }) { nodes { id contractReference } }
    byAmount: payments(first: 8, filter: { amount: { eq: $amount } }) @include(if: $isAmount) {
      nodes { id transactionReference }
    }
    bankAccounts(first: 8, filter: { accountNumberLast4: { eq: $text } }) @include(if: $isFour) {
      nodes { customer { id reference personName personSurname companyName } }
    }
    node(id: $id) @include(if: $isId) {
      __typename
      id
      ... on Transaction { payment { id } }
    }
  }
`);

/** Types of the objects that have a screen, of their name. */
const SHOWN = /^(Customer|Mandate|Payment)$/;
/** Length from which a part of a text is searched. */
const TEXT_MIN = 3;

interface Found {
  readonly address: string;
  readonly text: string;
}

/** Finds customers and payments by parts of texts, payments by amount, mandates by reference, accounts by last digits, all by id. */
export function SearchBox({ session }: { session: Session }) {
  const [found, setFound] = useState<readonly Found[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const current = place.value;
  // The list is over when the user has gone somewhere.
  const latest = useRef(0);
  const clear = (): void => {
    latest.current += 1;
    setFound(null);
    setError(null);
  };
  useEffect(clear, [current]);
  const search = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = input.current?.value.trim() ?? '';
    clear();
    if (text === '') return;
    const asked = latest.current;
    const found = await session.send(Search, variablesOf(text)).then(listOf, textOf);
    // Somebody has asked for something else, or gone somewhere, meanwhile.
    if (asked !== latest.current) return;
    if (typeof found === 'string') setError(found);
    else setFound(found);
  };
  const close = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') clear();
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

/** What a text may be: part of a customer or of a payment's reference, a reference of a mandate, an amount, the end of an account number, an id. */
function variablesOf(text: string): SearchQueryVariables {
  const isAmount = /^\d{1,9}(\.\d\d)?$/.test(text);
  return {
    text,
    id: text,
    amount: isAmount ? text : '0',
    isText: text.length >= TEXT_MIN,
    isId: /^[a-z]{3}_/.test(text),
    isAmount,
    isFour: /^\d{4}$/.test(text),
  };
}

function listOf({ customers, payments, mandates, byAmount, bankAccounts, node }: SearchQuery): Found[] {
  const found = [
    ...[...(customers?.nodes ?? []), ...(bankAccounts?.nodes ?? []).map(({ customer }) => customer)].map((one) => ({
      address: addressOf('customer', one.id),
      text: `${nameOf(one)} (${one.reference})`,
    })),
    ...[...(payments?.nodes ?? []), ...(byAmount?.nodes ?? [])].map((one) => ({
      address: addressOf('payment', one.id),
      text: one.transactionReference,
    })),
    ...mandates.nodes.map((one) => ({ address: addressOf('mandate', one.id), text: one.contractReference ?? one.id })),
    ...(node ? [{ address: addressOfNode(node), text: node.id }] : []),
  ];
  return [...new Map(found.map((one) => [one.address, one])).values()];
}

/** Where an object is shown: on its screen, on that of the object it belongs to, or in its events. */
function addressOfNode(node: NonNullable<SearchQuery['node']>): string {
  if (SHOWN.test(node.__typename)) return addressOf(node.__typename.toLowerCase(), node.id);
  if ('payment' in node) return addressOf('payment', node.payment.id);
  return addressOf('developers', undefined, { object: node.id });
}
