import type { CodegenConfig } from '@graphql-codegen/cli';

// The types of the dashboard's operations, from the schema that the server has.
const config: CodegenConfig = {
  schema: '../graph/testdata/schema.graphql',
  documents: 'src/dashboard/queries/*.graphql',
  generates: {
    'src/dashboard/gql.ts': {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        onlyOperationTypes: true,
        enumsAsTypes: true,
        useTypeImports: true,
        skipTypename: true,
        strictScalars: true,
        scalars: {
          Column: 'Array<number | null>',
          Columns: 'Record<string, unknown[]>',
          Cursor: 'string',
          DateTime: 'string',
          ID: 'string',
          Double: 'number | string',
          Duration: 'string',
          Int64: 'string',
          JSON: 'unknown',
          Row: 'Record<string, unknown>',
          TensorData: 'unknown',
        },
      },
    },
  },
};

export default config;
