import type { CodegenConfig } from '@graphql-codegen/cli';
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';

const config: CodegenConfig = {
  schema: 'schema.graphql', // or the gateway: 'http://localhost:8080/graphql'
  documents: ['documents.graphql'],
  generates: {
    './generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: true },
      // urql and Apollo ask for __typename; the documents of the manifest have to have it too.
      documentTransforms: [addTypenameSelectionDocumentTransform],
      config: {
        emitLegacyCommonJSImports: false,
        strictScalars: true,
        scalars: {
          CurrencyCode: 'string',
          Date: 'string',
          DateTime: 'string',
          Decimal: 'string', // exact: give it to a decimal library, never to Number()
          JSONObject: 'Record<string, unknown>',
          SystemId: 'string',
        },
      },
    },
  },
};

export default config;
