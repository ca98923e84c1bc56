// What graphql-js says of operations and their variables: reads a list of {query, variables} from standard input and
// prints, for each, its first error or null. Every field of the schema is answered with null, so that an error is always
// about the document, a variable or an argument. The argument is the schema.
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { buildSchema, graphqlSync } from 'graphql';

const schema = buildSchema(readFileSync(process.argv[2], 'utf8'));
const cases = JSON.parse(await text(process.stdin));
const verdicts = cases.map(({ query, variables, operationName }) => {
  const { errors } = graphqlSync({ schema, source: query, variableValues: variables, operationName });
  return errors?.[0].message ?? null;
});
console.log(JSON.stringify(verdicts));
