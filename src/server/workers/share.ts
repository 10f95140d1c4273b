import { CONNECTIONS_MIN, type Config } from '../config.ts';

/**
 * Returns the configuration of one of `config.workers` processes that share a port. Limits of the node are divided among the
 * workers, to which connections are given in turn; limits of a single request or connection stay as they are.
 */
export function shareOf(config: Config): Config {
  const { workers, listener } = config;
  if (workers === 1) return config;
  const part = (count: number): number => Math.ceil(count / workers);
  const { connections, receiving, intake, limits } = listener;
  return {
    ...config,
    // The primary process has a share of its own.
    connectionsMax: Math.max(CONNECTIONS_MIN, Math.floor(config.connectionsMax / (workers + 1))),
    listener: {
      ...listener,
      connections: { perClientMax: part(connections.perClientMax), perNodeMax: part(connections.perNodeMax) },
      inFlightMax: part(listener.inFlightMax),
      authFailuresPerMinute: part(listener.authFailuresPerMinute),
      receiving: {
        bytesMax: Math.max(intake.bodyBytesMax, part(receiving.bytesMax)),
        bytesPerPayerMax: Math.max(intake.bodyBytesMax, part(receiving.bytesPerPayerMax)),
      },
      limits: {
        ...limits,
        bucketPoints: Math.max(limits.costMax, part(limits.bucketPoints)),
        refillPerSecond: part(limits.refillPerSecond),
      },
    },
  };
}
