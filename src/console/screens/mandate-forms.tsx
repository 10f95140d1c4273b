import { useState } from 'preact/hooks';
import type {
  AmendMandateMutation,
  AmendMandateMutationVariables,
  ConversionMethodsQuery,
  ConversionMethodsQueryVariables,
  ConvertMandateMutation,
  ConvertMandateMutationVariables,
  MandatePageQuery,
} from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Actions, outcomeOf } from '../parts/actions.tsx';
import type { Session } from '../session.ts';
import { useQuery } from '../use-query.ts';

const Amend = operation<AmendMandateMutation, AmendMandateMutationVariables>(/* GraphQL */ `
  mutation AmendMandate($id: ID!, $amount: Money!, $key: String!) {
    updateMandates(input: { records: [{ id: $id, amount: $amount }], idempotencyKey: $key }) {
      results { errors { message } }
    }
  }
`);

const Convert = operation<ConvertMandateMutation, ConvertMandateMutationVariables>(/* GraphQL */ `
  mutation ConvertMandate($id: ID!, $methodId: ID!, $key: String!) {
    convertMandates(input: { records: [{ id: $id, paymentMethodId: $methodId }], idempotencyKey: $key }) {
      results { errors { message } mandate { id } }
    }
  }
`);

const ConversionMethods = operation<ConversionMethodsQuery, ConversionMethodsQueryVariables>(/* GraphQL */ `
  query ConversionMethods {
    paymentMethods(first: 200, filter: { type: { eq: REGISTERED_MANDATE } }) { nodes { id name } }
  }
`);

type MandateData = NonNullable<MandatePageQuery['mandate']>;

/** What takes more than a click: another amount, which may need approval, and the conversion of an expired mandate. */
export function MandateForms({ session, mandate }: { session: Session; mandate: MandateData }) {
  const allowed = mandate.availableActions.filter((action) => action.allowed).map(({ action }) => action);
  if (!session.can('WRITE')) return null;
  return (
    <>
      {allowed.includes(mandate.debicheck ? 'AMEND' : 'UPDATE') && <AmendForm session={session} mandate={mandate} />}
      {allowed.includes('CONVERT') && <ConvertForm session={session} id={mandate.id} />}
    </>
  );
}

function AmendForm({ session, mandate: { id, amount: current } }: { session: Session; mandate: MandateData }) {
  const [amount, setAmount] = useState(current);
  const isNew = /^\d+(\.\d\d)?$/.test(amount) && amount !== current;
  const amend = async (key: string): Promise<string> =>
    outcomeOf((await session.send(Amend, { id, amount, key })).updateMandates.results);
  const reason = isNew ? null : 'Enter another amount, for example 450.00.';
  return (
    <div class="actions">
      <label>
        New amount in rand{' '}
        <input inputMode="decimal" value={amount} onInput={(event) => setAmount(event.currentTarget.value.trim())} />
      </label>
      <Actions session={session} actions={[{ title: `Change the amount to R ${amount}`, reason, run: amend }]} />
    </div>
  );
}

function ConvertForm({ session, id }: { session: Session; id: string }) {
  const { data } = useQuery(session, ConversionMethods, {});
  const actions = (data?.paymentMethods.nodes ?? []).map(({ id: methodId, name }) => ({
    title: `Convert to ${name}`,
    reason: null,
    run: async (key: string) => outcomeOf((await session.send(Convert, { id, methodId, key })).convertMandates.results),
  }));
  return <Actions session={session} actions={actions} />;
}
