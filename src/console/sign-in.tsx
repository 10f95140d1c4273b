import { useState } from 'preact/hooks';
import { refusal, signIn } from './session.ts';

const DEMO_KEY = document.querySelector<HTMLMetaElement>('meta[name="demo-key"]')?.content ?? '';

/** The form that asks for an API key or a JWT. */
export function SignIn() {
  const [key, setKey] = useState(DEMO_KEY);
  const [keeps, setKeeps] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    await signIn(key.trim(), keeps);
    setIsBusy(false);
  };
  return (
    <main class="sign-in">
      <h1>Collections</h1>
      <form onSubmit={submit}>
        <label>
          API key or token
          <input
            type="password"
            autocomplete="off"
            required
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input type="checkbox" checked={keeps} onChange={(event) => setKeeps(event.currentTarget.checked)} />
          Keep me signed in until this tab is closed
        </label>
        <button type="submit" disabled={isBusy}>
          Sign in
        </button>
        {refusal.value && (
          <p class="error" role="alert">
            {refusal.value}
          </p>
        )}
      </form>
    </main>
  );
}
