import type { CodegenConfig } from '@graphql-codegen/cli';
import { scalars } from './src/client/scalars.ts';

/** Typed documents for the tests, the console and the client, from the committed schema. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  generates: {
    'test/support/generated/': {
      documents: ['test/**/*.ts', '!test/support/generated/**', '!**/node_modules/**'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { importExtension: '.ts', useTypeImports: true, enumsAsTypes: true, scalars },
    },
    'src/console/generated/': {
      documents: ['src/console/**/*.{ts,tsx}', '!src/console/generated/**'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { importExtension: '.ts', useTypeImports: true, enumsAsTypes: true, scalars },
    },
    'src/client/generated/operations.ts': {
      documents: 'src/client/documents/index.ts',
      plugins: ['typescript-operations'],
      config: { useTypeImports: true, enumsAsTypes: true, scalars },
    },
  },
};

// Codegen reads a default export.
export default config;
