import type { Dialect } from './dialect.ts';
import { ceilingDialect } from './dialects/ceiling.ts';
import { gatewayDialect } from './dialects/gateway.ts';
import { mercuriusDialect } from './dialects/mercurius.ts';
import { postgraphileDialect } from './dialects/postgraphile.ts';
import type { Sample } from './sample.ts';

/** The servers, each after the one that it is more than. */
export const SERVER_NAMES = ['ceiling', 'mercurius', 'postgraphile', 'gateway', 'spanless', 'traced'] as const;

export type ServerName = (typeof SERVER_NAMES)[number];

/** The gateway itself, the gateway without any code for traces, and one that sends all of them to a collector that does not answer. */
export const GATEWAYS: ReadonlySet<ServerName> = new Set(['gateway', 'spanless', 'traced']);
/** Those that are compared unless others are asked for. */
export const SERVERS_BY_DEFAULT: readonly ServerName[] = ['ceiling', 'mercurius', 'postgraphile', 'gateway'];

/** Returns how a running server is asked; some are asked for it first. */
export async function openDialect(
  server: { readonly name: ServerName; readonly url: string },
  sample: Sample,
  apiKey: string,
): Promise<Dialect> {
  switch (server.name) {
    case 'ceiling':
      return ceilingDialect;
    case 'mercurius':
      return mercuriusDialect;
    case 'postgraphile':
      return await postgraphileDialect(server.url, sample);
    case 'gateway':
    case 'spanless':
    case 'traced':
      return await gatewayDialect(server.url, sample, apiKey);
  }
}
