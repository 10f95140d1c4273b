import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Benchmarks are no tests: they run alone, and fail for nothing but an error.
    include: process.env['BENCH'] ? ['test/bench/*.ts'] : ['test/**/*.test.ts'],
    globalSetup: 'test/support/database-server.ts',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Vitest would load one copy of graphql for our sources and another for its dependencies.
    alias: { graphql: fileURLToPath(new URL('node_modules/graphql/index.js', import.meta.url)) },
  },
});
