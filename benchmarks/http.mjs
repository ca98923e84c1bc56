// A client for single calls; load comes from wrk (load.mjs).
import http from 'node:http';

const agent = new http.Agent({ keepAlive: true });

/** Sends a request and gives status, text, and how long it took. */
export function send(url, { method = 'GET', body, headers = {} } = {}) {
  const began = performance.now();
  return new Promise((done, failed) => {
    const request = http.request(url, { method, headers, agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', failed);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        done({ status: response.statusCode, text, milliseconds: performance.now() - began });
      });
    });
    request.on('error', failed);
    request.end(body);
  });
}

/** Asks a GraphQL question; an answer with errors in it is an error. */
export async function ask(url, query, variables) {
  const headers = { 'content-type': 'application/json' };
  const answer = await send(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = answer.status === 200 ? JSON.parse(answer.text) : {};
  if (!data || errors)
    throw new Error(`${answer.status} to ${query.slice(0, 200)}: ${answer.text.slice(0, 500)}`);
  return { data, milliseconds: answer.milliseconds };
}

/** Waits until a server answers with 200. */
export async function ready(url, child, options) {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`${url} did not start: ${child.complaint}`);
    const answer = await send(url, options).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${url} does not answer`);
}
