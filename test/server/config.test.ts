import { expect, it } from 'vitest';
import { readConfig } from '../../src/server/config.ts';

const refusal = (env: NodeJS.ProcessEnv): string => {
  try {
    readConfig(env);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

it('takes what is set, without the space around it, and the defaults for what is not', () => {
  expect(readConfig({ PORT: ' 4711 ', HOST: '', TRUSTED_PROXIES: ' ' })).toMatchObject({
    port: 4711,
    host: '127.0.0.1',
    isProduction: false,
    listener: { trustedProxies: 0, intake: { bodyBytesMax: 8_388_608 }, inFlightMax: 1_000 },
  });
});

it('starts with nothing that can only be a mistake', () => {
  const jwt = { JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' };
  expect(refusal({ NODE_ENV: 'prod' })).toContain('NODE_ENV');
  expect(refusal({ SECRET: `!!!!${Buffer.alloc(32).toString('base64')}` })).toContain('SECRET must be 32 bytes');
  expect(refusal({ COST_BUCKET: '1000', QUERY_COST_MAX: '10000' })).toContain('COST_BUCKET must be at least');
  expect(refusal({ ...jwt, NODE_ENV: 'production', JWT_JWKS_URL: 'http://login.example.com/keys' })).toContain(
    'JWT_JWKS_URL must be https',
  );
  expect(refusal({ ...jwt, JWT_JWKS_URL: 'http://localhost/keys' })).toBe('');
  expect(refusal({ JWT_ISSUER: 'i' })).toContain('JWT authentication needs');
  expect(refusal({ DATABASE_CONNECTIONS_MAX: '3', BODY_BYTES_MAX: '1' })).toMatch(
    /DATABASE_CONNECTIONS_MAX.*|BODY_BYTES_MAX/,
  );
  expect(refusal({ CORS_ORIGINS: '*' })).toContain('CORS_ORIGINS');
});
