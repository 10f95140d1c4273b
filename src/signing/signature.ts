import { randomBytes } from 'node:crypto';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

/** Returns a new secret in the format of Standard Webhooks: `whsec_` and 32 random bytes in base64. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** Whether a text is a secret in the format of Standard Webhooks, of 24 to 64 bytes. */
export function isSigningSecret(text: string): boolean {
  const body = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  if (body === undefined) return false;
  const { length } = Buffer.from(body, 'base64');
  return length >= 24 && length <= 64;
}

/** Returns the headers of Standard Webhooks for a message: its signature with each of the secrets. */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  at: Date,
  body: string,
): Readonly<Record<string, string>> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}

/** Whether a body was signed with one of the secrets, at most five minutes ago. */
export function isSigned(
  secrets: readonly string[],
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
): boolean {
  const given: Record<string, string> = {};
  for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'])
    given[name] = String(headers[name] ?? '');
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body, given, { jsonParse: false });
      return true;
    } catch (error) {
      if (error instanceof WebhookVerificationError) return false;
      throw error;
    }
  });
}
