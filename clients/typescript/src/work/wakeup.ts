import { parse } from 'graphql';
import type { TypedDocumentNode } from '../typed.js';

interface Changed {
    exportSystemChanged: { systemId: string };
}

/** Tells that something of a system may have changed. Not every gateway has it, so it is not among the generated documents. */
export function wakeUpDocument(): TypedDocumentNode<Changed, { systemId: string }> {
    return parse(`
    subscription WakeUp($systemId: SystemId!) {
      exportSystemChanged(systemId: $systemId) {
        systemId
      }
    }
  `);
}
