import { resolve } from 'node:path';
import { z } from 'zod';
import { present } from '../domain/invariants.ts';
import { DOCUMENT_MODES } from '../graphql/pipeline/trusted-documents.ts';
import { canBeApiKey } from '../services/access/api-key.ts';
import { urlsOf } from '../store/connection/servers.ts';
import { SECRET_BYTES } from '../store/secrets.ts';
import type { DocumentsConfig } from './documents.ts';
import type { TokenConfig } from './identity/token-verifier.ts';
import type { ListenerOptions } from './listener.ts';
import { StartError } from './start-error.ts';
import type { TracingConfig } from './tracing/start-tracing.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const count = z.coerce.number().int().min(1).max(1_000_000);
const points = z.coerce.number().int().min(1).max(1_000_000_000);
const databaseUrl = z
  .string()
  .refine(
    (text) => urlsOf(text) !== null,
    'must be a postgresql:// URL of one server, or of several with target_session_attrs=read-write',
  );
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Decoded length of a base64 text in bytes; NaN when the text is not base64. */
function bytesIn(text: string): number {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64').length : Number.NaN;
}

/** Minimum number of database connections of a process. */
export const CONNECTIONS_MIN = 4;

/** Interval of WebSocket pings, shorter than the idle timeout of common proxies. */
const PING_MS = 15_000;

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** Every environment variable of the gateway with its range and default. `docs/configuration.md` lists them. */
export const CONFIG_SCHEMA = z.object({
  PORT: port.default(4000),
  WORKERS: z.coerce.number().int().min(1).max(256).default(1),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_LISTEN_URL: databaseUrl.optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  DEMO_API_KEY: z
    .string()
    .regex(/^[A-Za-z0-9_-]{32,128}$/, 'must be 32 to 128 characters, each a letter, a digit, "_" or "-"')
    .refine(
      canBeApiKey,
      'has the prefix of a generated API key but not its checksum: copy the whole key, or choose one without the prefix',
    )
    .optional(),
  DEMO_HISTORY: flag.default(true),
  EVENT_RETENTION_DAYS: z.coerce.number().int().min(1).max(3_650).default(30),
  CONNECTIONS_PER_KEY_MAX: count.default(1_000),
  CONNECTIONS_MAX: count.default(20_000),
  SUBSCRIPTIONS_PER_SOCKET_MAX: count.default(20),
  SOCKET_IDLE_SECONDS: count.default(300),
  SOCKET_MESSAGES_PER_SECOND: count.default(100),
  DOCUMENTS: z.string().min(1).optional(),
  DOCUMENTS_MODE: z.enum(DOCUMENT_MODES).default('OFF'),
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((origin) => origin.trim() || []))
    .refine(
      (origins) => origins.every(isOrigin),
      'must be a comma-separated list of origins such as "https://app.example.com", without a path',
    ),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  AUTH_FAILURES_PER_MINUTE: count.default(10),
  REQUEST_DEADLINE_SECONDS: z.coerce.number().min(1).max(600).default(30),
  BODY_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(256 * 1_024 * 1_024)
    .default(8 * 1_024 * 1_024),
  BODY_VALUES_MAX: z.coerce.number().int().min(1_000).max(10_000_000).default(200_000),
  BODY_KEYS_MAX: z.coerce.number().int().min(1_000).max(10_000_000).default(100_000),
  BODIES_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1_024 * 1_024)
    .max(64 * 1_024 * 1_024 * 1_024)
    .default(128 * 1_024 * 1_024),
  REQUESTS_IN_FLIGHT_MAX: count.default(1_000),
  QUERY_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(64 * 1_024 * 1_024)
    .default(256 * 1_024),
  QUERY_TOKENS_MAX: count.default(4_000),
  QUERY_DEPTH_MAX: count.default(20),
  QUERY_ALIASES_MAX: count.default(50),
  QUERY_DIRECTIVES_MAX: count.default(20),
  QUERY_NODES_MAX: count.default(20_000),
  QUERY_COST_MAX: count.default(10_000),
  COST_BUCKET: points.default(100_000),
  COST_REFILL_PER_SECOND: points.default(5_000),
  STOP_NOTICE_SECONDS: z.coerce.number().min(0).max(300).default(5),
  STOP_SPREAD_SECONDS: z.coerce.number().min(0).max(300).default(5),
  DATABASE_NAMED_STATEMENTS: flag.default(true),
  DATABASE_CONNECTIONS_MAX: z.coerce.number().int().min(CONNECTIONS_MIN).max(1_000).default(20),
  CONSOLE: flag.optional(),
  FEDERATION: flag.default(false),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  SECRET: z
    .string()
    .refine(
      (text) => bytesIn(text) === 32,
      `must be ${SECRET_BYTES} bytes in base64, as printed by "openssl rand -base64 ${SECRET_BYTES}"`,
    )
    .optional(),
  JWT_SECRET: z
    .string()
    .refine((text) => bytesIn(text) >= 32, 'must be at least 32 bytes in base64')
    .optional(),
  JWT_JWKS_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  JWT_ISSUER: z.string().min(1).optional(),
  JWT_AUDIENCE: z.string().min(1).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  TRACES_OF_CALLERS: flag.default(true),
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
});

/** Rules between variables that are each valid alone. */
const CHECKED = CONFIG_SCHEMA.refine((given) => given.COST_BUCKET >= given.QUERY_COST_MAX, {
  path: ['COST_BUCKET'],
  error: 'must be at least QUERY_COST_MAX, or requests of that cost would always be refused',
})
  .refine((given) => given.WORKERS === 1 || given.DATABASE_CONNECTIONS_MAX >= CONNECTIONS_MIN * (given.WORKERS + 1), {
    path: ['DATABASE_CONNECTIONS_MAX'],
    error: `must be at least ${CONNECTIONS_MIN} for each of the WORKERS and ${CONNECTIONS_MIN} more`,
  })
  .refine((given) => given.BODIES_BYTES_MAX >= given.BODY_BYTES_MAX, {
    path: ['BODIES_BYTES_MAX'],
    error: 'must be at least BODY_BYTES_MAX, or bodies of that size would always be refused',
  })
  .refine((given) => given.NODE_ENV !== 'production' || !given.DATABASE_URL || given.SECRET !== undefined, {
    path: ['SECRET'],
    error: `is required in production with DATABASE_URL, because encrypted data is lost with a secret that exists only in DATA_DIR: set the secret of the database, or create one with "openssl rand -base64 ${SECRET_BYTES}"`,
  })
  .refine((given) => given.NODE_ENV !== 'production' || !given.JWT_JWKS_URL?.startsWith('http:'), {
    path: ['JWT_JWKS_URL'],
    error:
      'must be https in production, because with plain HTTP an attacker on the network can replace the signing keys',
  });

/** The validated configuration, in the units that the code uses. */
export interface Config {
  readonly port: number;
  /** Number of processes that serve the port. */
  readonly workers: number;
  readonly host: string;
  /** Null: embedded PostgreSQL, with its files in `dataDir`. */
  readonly databaseUrl: string | null;
  /** Where notifications are listened for; null: `databaseUrl`. */
  readonly listenUrl: string | null;
  /** Absolute path of the data directory. */
  readonly dataDir: string;
  /** Null: the demo key is generated, for an embedded database only. */
  readonly demoApiKey: string | null;
  readonly demoHistory: boolean;
  /** Maximum number of database connections of this node. */
  readonly connectionsMax: number;
  readonly hasNamedStatements: boolean;
  /** Days for which stream cursors stay valid. */
  readonly retentionDays: number;
  readonly listener: Omit<ListenerOptions, 'port' | 'host' | 'graphiql' | 'console' | 'hasIntrospection'>;
  /** After SIGTERM, `/readyz` answers 503 for this long before the port closes. */
  readonly noticeMs: number;
  readonly logLevel: string;
  readonly tracing: TracingConfig;
  /** Whether the console is served. */
  readonly hasConsole: boolean;
  /** Whether the schema is a subgraph of Apollo Federation. */
  readonly isSubgraph: boolean;
  /** The documents that are trusted, and what becomes of others. */
  readonly documents: DocumentsConfig;
  /** Null: the secret in the data directory is used. */
  readonly secret: Buffer | null;
  /** Null: JWTs are not accepted, only API keys. */
  readonly tokens: TokenConfig | null;
  readonly isProduction: boolean;
}

/**
 * Reads the configuration from `env`. An empty variable counts as unset. Throws a StartError that names every invalid
 * variable, but not its value.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const trimmed = Object.entries(env).map(([name, value]) => [name, value?.trim()] as const);
  const parsed = CHECKED.safeParse(Object.fromEntries(trimmed.filter(([, value]) => value !== '')));
  if (!parsed.success) {
    const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${describe(issue)}`);
    throw new StartError(`invalid configuration: ${reasons.join('; ')}`);
  }
  const { data } = parsed;
  return {
    port: data.PORT,
    workers: data.WORKERS,
    host: data.HOST,
    databaseUrl: data.DATABASE_URL ?? null,
    listenUrl: data.DATABASE_LISTEN_URL ?? null,
    dataDir: resolve(data.DATA_DIR),
    demoApiKey: data.DEMO_API_KEY ?? null,
    demoHistory: data.DEMO_HISTORY,
    connectionsMax: data.DATABASE_CONNECTIONS_MAX,
    hasNamedStatements: data.DATABASE_NAMED_STATEMENTS,
    retentionDays: data.EVENT_RETENTION_DAYS,
    listener: {
      connections: { perClientMax: data.CONNECTIONS_PER_KEY_MAX, perNodeMax: data.CONNECTIONS_MAX },
      sockets: {
        subscriptionsMax: data.SUBSCRIPTIONS_PER_SOCKET_MAX,
        pingMs: PING_MS,
        idleMs: data.SOCKET_IDLE_SECONDS * 1_000,
        messagesPerSecond: data.SOCKET_MESSAGES_PER_SECOND,
      },
      deadlineMs: data.REQUEST_DEADLINE_SECONDS * 1_000,
      inFlightMax: data.REQUESTS_IN_FLIGHT_MAX,
      intake: { bodyBytesMax: data.BODY_BYTES_MAX, valuesMax: data.BODY_VALUES_MAX, keysMax: data.BODY_KEYS_MAX },
      receiving: { bytesMax: data.BODIES_BYTES_MAX, bytesPerPayerMax: bytesPerPayer(data) },
      corsOrigins: data.CORS_ORIGINS,
      trustedProxies: data.TRUSTED_PROXIES,
      authFailuresPerMinute: data.AUTH_FAILURES_PER_MINUTE,
      spreadMs: data.STOP_SPREAD_SECONDS * 1_000,
      limits: {
        textBytesMax: data.QUERY_BYTES_MAX,
        tokensMax: data.QUERY_TOKENS_MAX,
        depthMax: data.QUERY_DEPTH_MAX,
        aliasesMax: data.QUERY_ALIASES_MAX,
        directivesMax: data.QUERY_DIRECTIVES_MAX,
        nodesMax: data.QUERY_NODES_MAX,
        costMax: data.QUERY_COST_MAX,
        bucketPoints: data.COST_BUCKET,
        refillPerSecond: data.COST_REFILL_PER_SECOND,
      },
    },
    noticeMs: data.STOP_NOTICE_SECONDS * 1_000,
    logLevel: data.LOG_LEVEL,
    tracing: { isOn: data.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined, followsCallers: data.TRACES_OF_CALLERS },
    isSubgraph: data.FEDERATION,
    hasConsole: data.CONSOLE ?? data.NODE_ENV !== 'production',
    documents: documentsOf(data),
    secret: data.SECRET ? Buffer.from(data.SECRET, 'base64') : null,
    tokens: tokensOf(data),
    isProduction: data.NODE_ENV === 'production',
  };
}

/** Bytes that one payer may hold at once: a quarter of the limit of the node, but at least one full body. */
function bytesPerPayer({ BODIES_BYTES_MAX, BODY_BYTES_MAX }: z.infer<typeof CONFIG_SCHEMA>): number {
  return Math.max(BODY_BYTES_MAX, Math.floor(BODIES_BYTES_MAX / 4));
}

function documentsOf({
  DOCUMENTS,
  DOCUMENTS_MODE: mode,
  CONSOLE,
  NODE_ENV,
}: z.output<typeof CONFIG_SCHEMA>): DocumentsConfig {
  return { file: DOCUMENTS ? resolve(DOCUMENTS) : null, mode, hasConsole: CONSOLE ?? NODE_ENV !== 'production' };
}

/**
 * Null without JWT variables. All are required together, because a token whose issuer or audience is not verified
 * proves nothing.
 */
function tokensOf(data: z.infer<typeof CONFIG_SCHEMA>): TokenConfig | null {
  const { JWT_SECRET: secret, JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = data;
  const given = [secret ?? jwksUrl, issuer, audience].filter((value) => value !== undefined);
  if (given.length === 0) return null;
  if ((secret === undefined) === (jwksUrl === undefined) || issuer === undefined || audience === undefined) {
    throw new StartError(
      'invalid configuration: JWT authentication needs JWT_ISSUER, JWT_AUDIENCE and exactly one of JWT_SECRET and JWT_JWKS_URL; set these, or none of the four',
    );
  }
  const key =
    secret === undefined
      ? { jwksUrl: new URL(present(jwksUrl, 'JWT_JWKS_URL')) }
      : { secret: Buffer.from(secret, 'base64') };
  return { key, issuer, audience };
}

/** The reason without the value, which may be a secret. */
function describe(issue: z.core.$ZodIssue): string {
  return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
}
