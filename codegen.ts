import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents for the tests, from the committed schema. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: ['test/**/*.ts', '!test/support/generated/**', '!**/node_modules/**'],
  generates: {
    'test/support/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        importExtension: '.ts',
        useTypeImports: true,
        enumsAsTypes: true,
        scalars: {
          ID: 'string',
          DateTime: 'string',
          Date: 'string',
          Money: 'string',
          Rate: { input: 'string | number', output: 'string' },
          Digits: { input: 'string | number', output: 'string' },
        },
      },
    },
  },
};

// Codegen reads a default export.
export default config;
