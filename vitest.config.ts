import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Benchmarks are no tests: they run alone, and fail for nothing but an error. Some tests need packages of Debian. */
function included({ BENCH, BROWSER, PACKAGE, TORTURE }: NodeJS.ProcessEnv): string[] {
  if (BENCH) return ['test/bench/*.ts'];
  if (BROWSER) return ['test/console/*.browser.ts'];
  if (PACKAGE) return ['test/package/*.package.ts'];
  return TORTURE ? [`test/torture/${TORTURE}.ts`] : ['test/**/*.test.ts'];
}

export default defineConfig({
  test: {
    include: included(process.env),
    globalSetup: 'test/support/database-server.ts',
    setupFiles: 'test/support/one-merchant.ts',
    maxWorkers: 2,
    // Bounds for what hangs, not measures of speed: tests pass on a loaded machine as well.
    testTimeout: 900_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 300_000 } },
    // Vitest would load one copy of graphql for our sources and another for its dependencies.
    alias: [
      { find: /^graphql$/, replacement: fileURLToPath(new URL('node_modules/graphql/index.js', import.meta.url)) },
    ],
  },
});
