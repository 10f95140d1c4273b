import { createGatewayClient, findResumePlace } from 'collections-gateway/client';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

const url = import.meta.env.VITE_GATEWAY_URL ?? 'http://127.0.0.1:4000/graphql';

const LATEST = `query Latest {
  payments(first: 20) { streamCursor nodes { id transactionReference status amount } } }`;
const CHANGES = `subscription Changes($after: String) {
  paymentStatusChanged(after: $after) { cursor payment { id transactionReference status amount } } }`;

/** The latest payments, kept up to date: what is read first says from where the changes follow. */
function usePayments(apiKey) {
  const [payments, setPayments] = useState([]);
  const [error, setError] = useState(null);
  useEffect(() => {
    const leaving = new AbortController();
    const client = createGatewayClient({ url, apiKey, findPlace: findResumePlace });
    const follow = async () => {
      const { payments: latest } = await client.request(LATEST);
      setPayments(latest.nodes);
      const after = { after: latest.streamCursor };
      for await (const { paymentStatusChanged: change } of client.follow(CHANGES, after, leaving.signal))
        setPayments((shown) => [change.payment, ...shown.filter(({ id }) => id !== change.payment.id)]);
    };
    follow().catch((reason) => leaving.signal.aborted || setError(reason.message));
    return () => {
      leaving.abort();
      client.close();
    };
  }, [apiKey]);
  return { payments, error };
}

function Payments({ apiKey }) {
  const { payments, error } = usePayments(apiKey);
  return (
    <main>
      <h1>Payments</h1>
      {error && <p role="alert">{error}</p>}
      <ul>
        {payments.map(({ id, transactionReference, status, amount }) => (
          <li key={id}>
            {transactionReference} {status} R {amount}
          </li>
        ))}
      </ul>
    </main>
  );
}

/** Asks for a key, which stays in memory. Give users of your own tokens instead of keys. */
function App() {
  const [apiKey, setApiKey] = useState(null);
  if (apiKey) return <Payments apiKey={apiKey} />;
  const submit = (event) => {
    event.preventDefault();
    setApiKey(new FormData(event.currentTarget).get('key'));
  };
  return (
    <form onSubmit={submit}>
      <label>
        API key <input name="key" type="password" />
      </label>
      <button type="submit">Show</button>
    </form>
  );
}

createRoot(document.getElementById('root')).render(<App />);
