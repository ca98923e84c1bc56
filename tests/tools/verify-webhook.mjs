// Whether a signal is signed as its receiver expects: by the npm package of Standard Webhooks. Reads {secrets, headers, body}
// from standard input, and prints for each secret what was verified, or why it was not.
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

const { secrets, headers, body } = JSON.parse(await text(process.stdin));
const verdicts = secrets.map((secret) => {
  try {
    return new Webhook(secret).verify(body, headers);
  } catch (error) {
    return error.name;
  }
});
console.log(JSON.stringify(verdicts));
