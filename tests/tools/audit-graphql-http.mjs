// Runs the audits of the package graphql-http, which hold a server to the GraphQL-over-HTTP specification,
// against the address given, and prints each that is not passed. A notice (something that a server MAY do) is
// no fault; a warning (SHOULD) and an error (MUST) are.
import { serverAudits } from 'graphql-http';

const [url] = process.argv.slice(2);
const counts = {};
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const { status, reason } = await audit.fn();
  counts[status] = (counts[status] ?? 0) + 1;
  if (status !== 'ok') console.log(`${status}: ${audit.id} ${audit.name}: ${reason}`);
}
console.log(JSON.stringify(counts));
process.exit(counts.warn || counts.error ? 1 : 0);
