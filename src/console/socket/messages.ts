import type { FormattedExecutionResult, SubscribePayload } from 'graphql-ws';

/** What a tab tells the shared worker. */
export type ToWorker =
  | {
      readonly kind: 'OPEN';
      readonly url: string;
      readonly connectionParams: Record<string, unknown>;
      /** Name of a lock that the tab holds for as long as it lives. */
      readonly lock: string;
    }
  | { readonly kind: 'SUBSCRIBE'; readonly id: number; readonly payload: SubscribePayload }
  | { readonly kind: 'UNSUBSCRIBE'; readonly id: number }
  | { readonly kind: 'DROP' }
  | { readonly kind: 'CLOSE' };

/** What the shared worker tells a tab. */
export type ToTab =
  /** `lock` is held for as long as the worker lives. */
  | { readonly kind: 'OPENED'; readonly lock: string }
  | { readonly kind: 'CONNECTION'; readonly isOpen: boolean }
  | {
      readonly kind: 'NEXT';
      readonly id: number;
      readonly result: FormattedExecutionResult<Record<string, unknown>, unknown>;
    }
  | { readonly kind: 'ERROR'; readonly id: number; readonly message: string }
  | { readonly kind: 'COMPLETE'; readonly id: number };
