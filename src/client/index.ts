// The package's client, `collections-gateway/client`: for Node, browsers and bundlers. graphql and graphql-ws are peers.
// biome-ignore-all lint/performance/noBarrelFile: it is the entry of the package.
export { cacheKeys, typePolicies } from './cache.ts';
export { createGatewayClient, type GatewayClient, GatewayError } from './gateway-client.ts';
export { createMutationQueue, type MutationQueue } from './mutation-queue.ts';
export { findResumePlace, type ResumePlace } from './resume-place.ts';
export { createResumingClient } from './resuming-client.ts';
export { createResumingStream, type StreamOptions, type StreamResult, type StreamSink } from './resuming-stream.ts';
export { scalars } from './scalars.ts';
