// How a test talks with a client. Each line of standard input is {operation, variables}; each line of standard output
// is what the client showed: {data, errors: [{message, code}]}.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parse, separateOperations } from 'graphql';

const text = readFileSync(new URL('documents.graphql', import.meta.url), 'utf8');

/** Each operation of documents.graphql by its name, as a document of its own: Apollo and urql take one operation. */
export const documents = separateOperations(parse(text));

/** Every request since the test last asked for them: its method, and whether it carried the text and a hash. */
let requests = [];

/** `fetch`, with an eye on what passes. */
export async function watched(input, init) {
  const url = new URL(input);
  const sent = init.body ? JSON.parse(init.body) : Object.fromEntries(url.searchParams);
  requests.push({
    method: init.method ?? 'GET',
    operation: sent.operationName ?? null,
    text: Boolean(sent.query),
    hash: Boolean(sent.documentId || (sent.extensions && JSON.stringify(sent.extensions).includes('sha256Hash'))),
  });
  return fetch(input, init);
}

/** What an error shows to the program that uses the client. */
export const shown = ({ message, extensions }) => ({ message, code: extensions?.code ?? null });

/**
 * Answers until standard input ends. `ask(operation, variables)` gives {data, errors}; `others` are further things
 * that a test can ask for, by their names.
 */
export async function converse(ask, others = {}) {
  const answer = async (operation, variables) => {
    if (operation === 'requests') return { data: requests.splice(0) };
    if (operation in others) return { data: await others[operation](variables) };
    return ask(operation, variables);
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const { operation, variables } = JSON.parse(line);
    console.log(JSON.stringify(await answer(operation, variables)));
  }
  process.exit(0);
}
