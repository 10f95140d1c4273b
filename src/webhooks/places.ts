import { createFairGate, type FairGate } from '../admission/fair-gate.ts';

/** Number of requests to endpoints that a node makes at once, and that it makes for one merchant. */
const REQUESTS_MAX = 1_000;
const REQUESTS_OF_MERCHANT_MAX = 250;
/** Number of requests that one host gets at once, and that it gets for one merchant. */
const REQUESTS_OF_HOST_MAX = 64;
const REQUESTS_OF_MERCHANT_TO_HOST_MAX = 48;

/** Limits the requests of a node by host and by merchant, so that a slow host delays only what is sent to it. */
export interface Places {
  /** Sends when there is room. */
  run<Result>(merchantId: string, url: string, send: () => Promise<Result>): Promise<Result>;
}

/** Creates the places of a node, all free. */
export function createPlaces(): Places {
  const merchants = createFairGate({ slots: REQUESTS_MAX, slotsPerClient: REQUESTS_OF_MERCHANT_MAX });
  const hosts = new Map<string, { readonly gate: FairGate; users: number }>();
  return {
    async run(merchantId, url, send) {
      const { host } = new URL(url);
      const limits = { slots: REQUESTS_OF_HOST_MAX, slotsPerClient: REQUESTS_OF_MERCHANT_TO_HOST_MAX };
      const at = hosts.get(host) ?? { gate: createFairGate(limits), users: 0 };
      hosts.set(host, at);
      at.users += 1;
      try {
        return await at.gate.run(merchantId, () => merchants.run(merchantId, send));
      } finally {
        at.users -= 1;
        if (at.users === 0) hosts.delete(host);
      }
    },
  };
}
