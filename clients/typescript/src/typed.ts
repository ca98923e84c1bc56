import type { DocumentNode } from 'graphql';

/** A document of one operation, with the types of the variables that it takes and of the data that it gives. */
export interface TypedDocumentNode<Result, Variables> extends DocumentNode {
    /** Carries the types; there is nothing here. Typed documents of other tools have the same. */
    __apiType?: (variables: Variables) => Result;
}
