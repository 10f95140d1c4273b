import type { Secrets } from '../../store/secrets.ts';

/** Hours for which the secret before a rotation stays valid, at most and by default. */
export const OVERLAP_HOURS = { default: 24, max: 168 } as const;

/**
 * Returns a secret of an endpoint in the format of Standard Webhooks: `whsec_` and 32 bytes in base64. It is derived from SECRET, so
 * none is stored; a rotation counts the generation up.
 */
export function webhookSecret(secrets: Secrets, merchantId: string, endpointId: string, generation: number): string {
  return `whsec_${secrets.hmac('webhooks', merchantId, endpointId, String(generation)).toString('base64')}`;
}
