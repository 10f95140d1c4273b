import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { kindOfId } from '../../domain/ids.ts';
import { IssuerUnavailable, type TokenClaims } from '../../services/access/authenticate.ts';
import type { Log } from '../../services/app.ts';

/** How tokens of frontends are verified: by a shared secret, or by the public keys of their issuer. */
export interface TokenConfig {
  readonly key: { readonly secret: Buffer } | { readonly jwksUrl: URL };
  readonly issuer: string;
  readonly audience: string;
}

/** What a token says, or why it is none. Throws IssuerUnavailable when the issuer's keys cannot be had. */
export interface TokenVerifier {
  verify(token: string): Promise<TokenClaims | 'EXPIRED' | null>;
  /** Whether the issuer's keys could be had at the last try; null where none are fetched. */
  isIssuerReachable(): boolean | null;
}

const CLOCK_TOLERANCE_SECONDS = 5;
/** A secret signs by HMAC, a public key never does: neither is taken for the other. */
const SECRET_ALGORITHMS = ['HS256'];
const PUBLIC_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
/** It stands in the audit log, and beside what the user made. */
const SUBJECT_PATTERN = /^[\x21-\x7e]{1,255}$/;

/** A verifier of JWTs with pinned algorithms; `exp` and `sub` are required, `merchant_id` and `scope` are ours. */
export function createTokenVerifier({ key, issuer, audience }: TokenConfig, log: Log): TokenVerifier {
  const options: JWTVerifyOptions = {
    issuer,
    audience,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['exp', 'sub'],
  };
  const check = 'secret' in key ? bySecret(key.secret, options) : byPublicKeys(key.jwksUrl, options);
  let isReachable: boolean | null = 'secret' in key ? null : true;
  /** Said when it changes, not with each token. */
  const note = (isReached: boolean, reason?: string): void => {
    if (isReachable === null || isReachable === isReached) return;
    isReachable = isReached;
    if (isReached) log.info({}, "the keys of the tokens' issuer can be had again");
    else log.error({ reason }, "the keys of the tokens' issuer cannot be had: tokens are answered with UNAVAILABLE");
  };
  return {
    isIssuerReachable: () => isReachable,
    async verify(token) {
      try {
        const payload = await check(token);
        note(true);
        return claimsOf(payload);
      } catch (error) {
        if (error instanceof errors.JWTExpired) return 'EXPIRED';
        if (isInvalidToken(error)) return null;
        note(false, error instanceof Error ? error.message : String(error));
        throw new IssuerUnavailable('the keys of the issuer of tokens cannot be had', { cause: error });
      }
    },
  };
}

/** What is wrong with the token itself; whatever else goes wrong is not the caller's fault. */
function isInvalidToken(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return /^ERR_(JWT|JWS|JWE|JOSE_ALG|JOSE_NOT_SUPPORTED|JWKS_(NO|MULTIPLE)_MATCHING)/.test(error.code);
}

function bySecret(secret: Buffer, options: JWTVerifyOptions) {
  return async (token: string) =>
    (await jwtVerify(token, secret, { ...options, algorithms: SECRET_ALGORITHMS })).payload;
}

function byPublicKeys(jwksUrl: URL, options: JWTVerifyOptions) {
  const keys = createRemoteJWKSet(jwksUrl);
  return async (token: string) =>
    (await jwtVerify(token, keys, { ...options, algorithms: PUBLIC_KEY_ALGORITHMS })).payload;
}

function claimsOf({ sub, exp, merchant_id: merchantId, scope }: JWTPayload): TokenClaims | null {
  // The tolerance belongs to the token's life: a socket that ends before it would be let in again with the same token.
  const expiresAt = new Date(((exp ?? Number.NaN) + CLOCK_TOLERANCE_SECONDS) * 1_000);
  if (Number.isNaN(expiresAt.getTime())) return null;
  if (typeof sub !== 'string' || !SUBJECT_PATTERN.test(sub)) return null;
  if (typeof merchantId !== 'string' || kindOfId(merchantId) !== 'merchant') return null;
  return {
    subject: sub,
    merchantId,
    scopes: typeof scope === 'string' ? scope.split(' ') : [],
    expiresAt,
  };
}
