import { render } from 'preact';
import { Frame } from './frame.tsx';
import { restoreSession, session } from './session.ts';
import { SignIn } from './sign-in.tsx';

function Console() {
  return session.value ? <Frame session={session.value} /> : <SignIn />;
}

const place = document.getElementById('console');
if (!place) throw new Error('the page has no place for the console');
render(<Console />, place);
await restoreSession();
