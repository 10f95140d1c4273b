import type { CodegenConfig } from '@graphql-codegen/cli';

const SCALARS = {
  ID: 'string',
  DateTime: 'string',
  Date: 'string',
  Money: 'string',
  Rate: { input: 'string | number', output: 'string' },
  Digits: { input: 'string | number', output: 'string' },
};

/** Typed documents for the tests and the console, from the committed schema. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  generates: {
    'test/support/generated/': {
      documents: ['test/**/*.ts', '!test/support/generated/**', '!**/node_modules/**'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { importExtension: '.ts', useTypeImports: true, enumsAsTypes: true, scalars: SCALARS },
    },
    'src/console/generated/': {
      documents: ['src/console/**/*.{ts,tsx}', '!src/console/generated/**'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { importExtension: '.ts', useTypeImports: true, enumsAsTypes: true, scalars: SCALARS },
    },
  },
};

// Codegen reads a default export.
export default config;
