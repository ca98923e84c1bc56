// Questions and changes that are asked one by one: they give what was answered, and throw what went wrong.
import type { AnyVariables, Client, OperationResult, TypedDocumentNode } from '@urql/core';
import { plainOf } from './client';

function answered<Data, Variables extends AnyVariables>({ data, error }: OperationResult<Data, Variables>): Data {
  if (error || !data) throw error ?? new Error('no data');
  return data;
}

/** Asks past the cache. */
export async function askFor<Data, Variables extends AnyVariables>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  return answered(await plainOf(client).query(document, variables).toPromise());
}

/** Has something changed. */
export async function change<Data, Variables extends AnyVariables>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  return answered(await client.mutation(document, variables).toPromise());
}
