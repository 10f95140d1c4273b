import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { kindOfId } from '../../domain/ids.ts';
import { IssuerUnavailable, type TokenClaims } from '../../services/access/authenticate.ts';
import type { Log } from '../../services/app.ts';

/** How JWTs of frontends are verified: by a shared secret, or by the public keys of their issuer. */
export interface TokenConfig {
  readonly key: { readonly secret: Buffer } | { readonly jwksUrl: URL };
  readonly issuer: string;
  readonly audience: string;
}

/** Verifies JWTs of frontends. */
export interface TokenVerifier {
  /**
   * The claims of a token, EXPIRED, or null when it is invalid. Throws IssuerUnavailable when the keys of the issuer
   * cannot be fetched.
   */
  verify(token: string): Promise<TokenClaims | 'EXPIRED' | null>;
  /** Whether the keys of the issuer could be fetched at the last attempt; null with a shared secret. */
  isIssuerReachable(): boolean | null;
}

const CLOCK_TOLERANCE_SECONDS = 5;
/** A shared secret verifies only HMAC and a public key never does, so that neither can be confused with the other. */
const SECRET_ALGORITHMS = ['HS256'];
const PUBLIC_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
/** The subject is stored in audit entries and in `createdBy`. */
const SUBJECT_PATTERN = /^[\x21-\x7e]{1,255}$/;

/**
 * Creates a verifier of JWTs with pinned algorithms. The claims `exp`, `sub` and `merchant_id` are required; `scope`
 * lists scopes separated by spaces.
 */
export function createTokenVerifier({ key, issuer, audience }: TokenConfig, log: Log): TokenVerifier {
  const options: JWTVerifyOptions = {
    issuer,
    audience,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['exp', 'sub'],
  };
  const check = 'secret' in key ? bySecret(key.secret, options) : byPublicKeys(key.jwksUrl, options);
  let isReachable: boolean | null = 'secret' in key ? null : true;
  /** Logs a change of reachability, not each token. */
  const note = (isReached: boolean, reason?: string): void => {
    if (isReachable === null || isReachable === isReached) return;
    isReachable = isReached;
    if (isReached) log.info({}, 'the signing keys of the JWT issuer can be fetched again');
    else
      log.error(
        { reason },
        'the signing keys of the JWT issuer cannot be fetched, so tokens get UNAVAILABLE; check JWT_JWKS_URL and the issuer',
      );
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
        throw new IssuerUnavailable('the signing keys of the JWT issuer cannot be fetched', { cause: error });
      }
    },
  };
}

/** Whether an error is about the token itself; any other is not the fault of the caller. */
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
  // Add the tolerance: a socket closed before it ends could connect again with the same token.
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
