import type { CodegenConfig } from '@graphql-codegen/cli';
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';

// What the package is made of depends on no package for a type: its own is the same.
const withOwnType = (_: string, text: string): string =>
    text.replaceAll("'@graphql-typed-document-node/core'", "'../typed.js'");

const config: CodegenConfig = {
    schema: '../../schema.graphql',
    documents: ['documents/**/*.graphql'],
    generates: {
        './src/generated/': {
            hooks: { beforeOneFileWrite: [withOwnType] },
            preset: 'client',
            presetConfig: { fragmentMasking: false, persistedDocuments: true },
            // urql and Apollo ask for __typename; the documents of the manifest have to have it too.
            documentTransforms: [addTypenameSelectionDocumentTransform],
            config: {
                emitLegacyCommonJSImports: false,
                useTypeImports: true,
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
