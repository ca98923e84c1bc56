import { getOperationAST, print, type DocumentNode } from 'graphql';

/** What a request says of the document that it asks with. */
export interface Asked {
    /** The text. */
    query?: string;
    /** In its place the hash, by which a gateway with trusted documents knows it. */
    documentId?: string;
    /** The name of the operation. */
    operationName?: string | undefined;
}

/** The document of a request: by its hash where hashes are wanted and it has one, and as text otherwise. */
export function asked(document: DocumentNode, isTrusted: boolean): Asked {
    const hash = (document as { __meta__?: { hash?: string } }).__meta__?.hash;
    const named = isTrusted && hash !== undefined ? { documentId: hash } : { query: print(document) };
    return { ...named, operationName: getOperationAST(document)?.name?.value };
}
