import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { readMigrations } from '../src/store/connection/migrate.ts';

// Computes the SQL that takes the migrations to the schema with the WASM build of Prisma's schema engine, because the
// engine's binary is not on the npm registry. Four workarounds, marked below, connect that build to the pg adapter.

const FOLDER = import.meta.dirname;
const SCHEMA = join(FOLDER, 'schema.prisma');
const MIGRATIONS = join(FOLDER, 'migrations');
const LOCK_FILE = join(MIGRATIONS, 'migration_lock.toml');

/** Returns the SQL missing in the migrations, empty when they match the schema. Uses a scratch database at `url`. */
export async function diffMigrations(url: string): Promise<string> {
  const engine = await loadEngine(url);
  const script = await engine.diff({
    from: { tag: 'migrations', ...describeMigrations() },
    to: { tag: 'schemaDatamodel', files: [{ path: SCHEMA, content: readFileSync(SCHEMA, 'utf8') }] },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
    shadowDatabaseUrl: null,
  });
  return (script.stdout ?? '').replaceAll(/^--.*$/gm, '').trim();
}

/**
 * Writes the missing SQL as a new migration, to be reviewed and completed by its author; returns its path, or null when
 * the migrations match the schema.
 */
export async function writeMigration(url: string, name: string, now: Date): Promise<string | null> {
  const sql = await diffMigrations(url);
  if (sql === '') return null;
  const stamp = now.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  const file = join(MIGRATIONS, `${stamp}_${name}`, 'migration.sql');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${sql}\n`);
  return relative(process.cwd(), file);
}

function describeMigrations() {
  return {
    baseDir: MIGRATIONS,
    lockfile: { path: 'migration_lock.toml', content: existsSync(LOCK_FILE) ? readFileSync(LOCK_FILE, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: readMigrations(MIGRATIONS).map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

interface Engine {
  diff(input: object): Promise<{ stdout?: string }>;
}
interface Glue {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  readonly SchemaEngine: { new: (input: object, log: () => void, adapter: object) => Promise<Engine> };
}

async function loadEngine(url: string): Promise<Engine> {
  // Workaround: the package exports its glue code for bundlers only, so the module is instantiated here.
  const gluePath = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const glue = (await import(pathToFileURL(gluePath).href)) as unknown as Glue;
  const wasm = new WebAssembly.Module(readFileSync(join(dirname(gluePath), 'schema_engine_bg.wasm')));
  const { exports } = new WebAssembly.Instance(wasm, {
    './schema_engine_bg.js': glue as unknown as WebAssembly.ModuleImports,
  });
  glue.__wbg_set_wasm(exports);
  const panics = { set_message: (message: string) => console.error(message) };
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics });
  (exports['__wbindgen_start'] as () => void)();
  const datamodels = [[SCHEMA, readFileSync(SCHEMA, 'utf8')]];
  return glue.SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(scratchFactory(url)));
}

/** Returns an adapter factory whose shadow database is a scratch database on the server of `url`. */
function scratchFactory(url: string): PrismaPg {
  const factory = new PrismaPg({ connectionString: url });
  factory.connect = async () => adapt(await new PrismaPg({ connectionString: url }).connect());
  // Workaround: given a connection string, the adapter would use the main database as the shadow database.
  factory.connectToShadowDb = async () => {
    const database = `scratch_${randomUUID().replaceAll('-', '')}`;
    await execute(url, `CREATE DATABASE ${database} TEMPLATE template0`);
    const scratchUrl = Object.assign(new URL(url), { pathname: `/${database}` }).href;
    const adapter = adapt(await new PrismaPg({ connectionString: scratchUrl }).connect());
    const dispose = adapter.dispose.bind(adapter);
    adapter.executeScript = (script) => execute(scratchUrl, script);
    adapter.dispose = async () => {
      await dispose();
      await execute(url, `DROP DATABASE ${database} WITH (FORCE)`);
    };
    return adapter;
  };
  return factory;
}

/** Workaround: the adapter does not know the type "char", which the engine needs for one column only. */
function adapt<Adapter extends SqlDriverAdapter>(adapter: Adapter): Adapter {
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query: SqlQuery): Promise<SqlResultSet> => {
    const result = await queryRaw(query);
    result.columnNames.forEach((column, at) => {
      if (column === 'constraint_type') result.columnTypes[at] = ColumnTypeEnum.Character;
    });
    return result;
  };
  return adapter;
}
const CHAR_OID = 18;
const TEXT_OID = 25;
const query = pg.Pool.prototype.query as (...args: unknown[]) => Promise<pg.QueryResult>;
Object.assign(pg.Pool.prototype, {
  async query(this: pg.Pool, ...args: unknown[]) {
    const result = await query.apply(this, args);
    for (const field of result.fields ?? []) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
    return result;
  },
});

/** Workaround: the adapter splits scripts at semicolons, also within comments and functions, so they are run here. */
async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
