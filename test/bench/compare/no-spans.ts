// What src/tracing/spans.ts would be without traces: `spanless-root.ts` puts it in its place, to measure what it costs while it is off.

const NO_SPAN = new Proxy({}, { get: () => () => NO_SPAN }) as never;

export function turnSpansOn(_options: object): void {}

export function inStatement<Result>(_sql: string, run: () => Promise<Result>): Promise<Result> {
  return run();
}

export function inSpan<Result>(_name: string, _start: object, work: (span: never) => Promise<Result>): Promise<Result> {
  return work(NO_SPAN);
}

export function startStatement(_sql: string): null {
  return null;
}

export function endStatement(_span: never, _error: unknown = null): void {}

export function markFailed(_span: never, _type: string): void {}

export function outsideSpans<Result>(work: () => Result): Result {
  return work();
}

export function traceHeaders(): Record<string, string> {
  return {};
}

export function openTrace(): null {
  return null;
}
