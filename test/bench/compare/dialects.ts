import type { Dialect } from './dialect.ts';
import { ceilingDialect } from './dialects/ceiling.ts';
import { gatewayDialect } from './dialects/gateway.ts';
import { mercuriusDialect } from './dialects/mercurius.ts';
import { postgraphileDialect } from './dialects/postgraphile.ts';
import type { Sample } from './sample.ts';

/** The servers, each after the one that it is more than. */
export const SERVER_NAMES = ['ceiling', 'mercurius', 'postgraphile', 'gateway'] as const;

export type ServerName = (typeof SERVER_NAMES)[number];

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
      return await gatewayDialect(server.url, sample, apiKey);
  }
}
