import type { ExecutionResult } from 'graphql';

/** The data of a result as JSON text. It is put into a response as it is; elsewhere it is serialised as its value. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** Returns a result as JSON. */
export function textOfResult(result: ExecutionResult): string {
  if (!(result.data instanceof JsonText)) return JSON.stringify(result);
  const members = Object.entries(result).map(
    ([key, value]) => `"${key}":${value instanceof JsonText ? value.text : JSON.stringify(value)}`,
  );
  return `{${members.join(',')}}`;
}
