import { useState } from 'preact/hooks';
import { Modal } from './modal.tsx';

/** Copies a text. Without it where the browser has no clipboard for the page: it has one for secure origins alone. */
export function CopyButton({ label, text }: { label: string; text: string }) {
  const [isCopied, setIsCopied] = useState(false);
  if (!navigator.clipboard) return null;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setIsCopied(true);
  };
  return (
    <button type="button" onClick={copy} onBlur={() => setIsCopied(false)}>
      {isCopied ? 'Copied' : label}
    </button>
  );
}

/** Shows a text to copy. */
export function TextModal({ title, text, onClose }: { title: string; text: string; onClose: () => void }) {
  return (
    <Modal title={title} onClose={onClose}>
      <pre>{text}</pre>
      <CopyButton label="Copy" text={text} />{' '}
    </Modal>
  );
}

/** A button that shows a text to copy. */
export function TextButton({ label, title, text }: { label: string; title: string; text: () => string }) {
  const [shown, setShown] = useState<string | null>(null);
  return (
    <>
      <button type="button" onClick={() => setShown(text())}>
        {label}
      </button>
      {shown !== null && <TextModal title={title} text={shown} onClose={() => setShown(null)} />}
    </>
  );
}

/** An operation as it can be pasted into a GraphQL editor: its text, and its variables as a comment. */
export function graphqlOf({ text, variables }: { readonly text: string; readonly variables: object }): string {
  return `${text.replaceAll('\n  ', '\n').trim()}\n\n# Variables: ${JSON.stringify(variables)}\n`;
}
