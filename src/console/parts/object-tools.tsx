import { CopyButton, TextButton } from './copy.tsx';

/** Copies the id of an object, and shows it as the API returned it. */
export function ObjectTools({ id, object }: { id: string; object: object }) {
  return (
    <div class="actions">
      <CopyButton label="Copy id" text={id} />
      <TextButton label="Raw" title={id} text={() => JSON.stringify(object, null, 2)} />
    </div>
  );
}
