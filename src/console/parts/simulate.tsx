import { useState } from 'preact/hooks';
import { words } from '../format.ts';
import type { Scenario, SimulateMutation, SimulateMutationVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import type { Session } from '../session.ts';
import { textOf } from '../use-query.ts';
import { newKey } from './actions.tsx';

const Simulation = operation<SimulateMutation, SimulateMutationVariables>(/* GraphQL */ `
  mutation Simulate($input: SimulateInput!) { simulate(input: $input) { errors { message } } }
`);

export const MANDATE_SCENARIOS: readonly Scenario[] = [
  'MANDATE_APPROVED',
  'MANDATE_REJECTED',
  'MANDATE_EXPIRED',
  'MANDATE_SUSPENDED',
  'MANDATE_UNSUSPENDED',
  'MANDATE_CANCELLED_BY_DEBTOR',
  'AMENDMENT_APPROVED',
  'AMENDMENT_REJECTED',
];
export const TRANSACTION_SCENARIOS: readonly Scenario[] = [
  'TRANSACTION_SENT',
  'TRANSACTION_ACCEPTED',
  'TRANSACTION_PAID',
  'TRANSACTION_UNPAID',
  'TRANSACTION_REJECTED',
  'TRANSACTION_LATE_UNPAID',
  'TRANSACTION_DISPUTED',
  'TRANSACTION_DISPUTE_WITHDRAWN',
  'TRANSACTION_REVERSED',
  'CARD_DECLINED',
  'CARD_CHARGEBACK',
];

/** Lets the sandbox bank answer something for an object. Nothing for live merchants. */
export function Simulate({
  session,
  id,
  scenarios,
}: {
  session: Session;
  id: string | undefined;
  scenarios: readonly Scenario[];
}) {
  const [scenario, setScenario] = useState<Scenario | undefined>(scenarios[0]);
  const [message, setMessage] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  if (!id || session.viewer.mode !== 'SANDBOX' || !session.can('SANDBOX')) return null;
  const run = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!scenario) return;
    setIsBusy(true);
    const sent = session.send(Simulation, { input: { id, scenario, idempotencyKey: newKey() } });
    const text = await sent.then(({ simulate }) => simulate.errors.map((error) => error.message).join(' '), textOf);
    setMessage(text || 'Done.');
    setIsBusy(false);
    session.live.refresh();
  };
  return (
    <form class="actions" onSubmit={run}>
      <label>
        Simulate{' '}
        <select value={scenario} onChange={(event) => setScenario(event.currentTarget.value as Scenario)}>
          {scenarios.map((name) => (
            <option key={name} value={name}>
              {words(name)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" disabled={isBusy}>
        Simulate
      </button>
      <output>{message}</output>
    </form>
  );
}
