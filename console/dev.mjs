// Serves dist/ for trying out, and hands everything else on to a running gateway:
//   LEDGATE_URL=http://127.0.0.1:8080 PORT=8090 node dev.mjs
// The page stands below PREFIX (`/` when left out), under the content security policy that the gateway gives it.
import { createReadStream, existsSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const gateway = new URL(process.env.LEDGATE_URL ?? 'http://127.0.0.1:8080');
const port = Number(process.env.PORT ?? 8090);
const prefix = process.env.PREFIX ?? '/';
const dist = fileURLToPath(new URL('dist/', import.meta.url));
const policy =
  "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "font-src 'self' data:; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** The file of dist/ that a path means, or nothing. */
function fileOf(path) {
  if (path === '/') return join(dist, 'index.html');
  if (!path.startsWith('/assets/console/')) return undefined;
  const file = join(dist, normalize(path.slice('/assets/console'.length)));
  return file.startsWith(dist) && existsSync(file) ? file : undefined;
}

/** The address at the gateway: what stands behind the prefix. GraphiQL is at `/` there until the console is. */
function addressOf(url) {
  const rest = `/${url.slice(prefix.length)}`;
  return rest.startsWith('/graphiql') ? rest.slice('/graphiql'.length) || '/' : rest;
}

const server = createServer((incoming, outgoing) => {
  if (!incoming.url.startsWith(prefix)) return outgoing.writeHead(404).end();
  const path = new URL(`/${incoming.url.slice(prefix.length)}`, gateway).pathname;
  const file = fileOf(path);
  if (file) {
    outgoing.writeHead(200, { 'content-type': types[extname(file)], 'content-security-policy': policy });
    return createReadStream(file).pipe(outgoing);
  }
  const headers = { ...incoming.headers, host: gateway.host };
  if (headers.origin) headers.origin = gateway.origin;
  const onward = request(new URL(addressOf(incoming.url), gateway), { method: incoming.method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.writeHead(502).end());
  return incoming.pipe(onward);
});

// WebSockets: the bytes of both sides are handed on as they are.
server.on('upgrade', (incoming, socket, head) => {
  const headers = { ...incoming.headers, host: gateway.host };
  if (headers.origin) headers.origin = gateway.origin;
  const onward = request(new URL(addressOf(incoming.url), gateway), { headers });
  onward.on('upgrade', (answer, other) => {
    const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
    other.write(head);
    other.pipe(socket).pipe(other);
    other.on('error', () => socket.destroy());
    socket.on('error', () => other.destroy());
  });
  onward.on('response', () => socket.destroy());
  onward.on('error', () => socket.destroy());
  onward.end();
});

server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}${prefix}`));
