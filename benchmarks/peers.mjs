// What others make of the same page on the same PostgreSQL: raw SQL, PostGraphile, GraphQL Yoga, Strawberry.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { against, median, medians } from './figures.mjs';
import { ask, send } from './http.mjs';
import { CONNECTIONS, load } from './load.mjs';
import { STEADY } from './page.mjs';
import { run, seconds as now } from './processes.mjs';
import { metered } from './processor.mjs';
import { startPeer } from './servers.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The Node of package.json: PostGraphile 5 asks for a newer one than ledgate's pages do. */
export function newerNode() {
  const own = path(`node_modules/node-linux-${process.arch}/bin/node`);
  return existsSync(own) ? own : process.execPath;
}
const python = () => path('peers/.venv/bin/python');

const PEERS = [
  { name: 'PostGraphile', program: newerNode, file: 'postgraphile.mjs' },
  { name: 'GraphQL Yoga', program: newerNode, file: 'yoga.mjs' },
  { name: 'Strawberry', program: python, file: 'strawberry_page.py' },
];

/** The raw query, prepared, over as many connections as the others have. */
async function pgbench(server, ledger, seconds) {
  const clients = ['-n', '-M', 'prepared', `-c${CONNECTIONS}`, '-j2', `-T${seconds}`];
  const query = ['-D', 'system=1', '-D', 'after=0', '-f', path('peers/page.sql')];
  const output = await run('pgbench', [...clients, ...query, ledger.name], { env: server.env });
  const number = (words) => Number(new RegExp(`${words}[:=] *([\\d.]+)`).exec(output)?.[1] ?? 0);
  if (number('failed transactions') > 0) throw new Error('queries of pgbench failed');
  return {
    rate: number('tps '),
    p50: number('latency average '),
    requests: number('transactions actually processed'),
  };
}

/** A GraphQL server that is asked for the page over HTTP; its first answer is read to the end. */
async function overHttp(url, processes) {
  const { data } = await ask(url, STEADY);
  const { nodes, pageInfo } = data.unexportedEntries;
  if (nodes.length !== 100 || !pageInfo.hasNextPage || !pageInfo.endCursor)
    throw new Error(`${url}: not the page`);
  const body = JSON.stringify({ query: STEADY });
  const headers = { 'content-type': 'application/json' };
  const size = Buffer.byteLength((await send(url, { method: 'POST', body, headers })).text);
  // Ledgate's ids say what they are of, such as entry/42; the others' are the plain number.
  const id = String(nodes[0].id).replace('entry/', '');
  const first = { id, debit: Number(nodes[0].debit), description: nodes[0].description };
  return { first, measure: (seconds) => load({ url, processes, bodies: [body], size, seconds }) };
}

/**
 * Everybody in turn, round by round; gives medians, and how ledgate did against each of them, round by round. A peer that
 * does not start, or does not answer the page, is left out.
 */
export async function runPeers(server, ledger, { url, processes }, { seconds, rounds }, { tell, attempt }) {
  await server.psql(ledger.name, '', '-f', path('peers/functions.sql'));
  const database = server.pid;
  const contenders = new Map();
  const started = [];
  try {
    const ours = await overHttp(url, processes);
    contenders.set('ledgate', { measure: ours.measure });
    const raw = (seconds) => metered({ database }, 'requests', () => pgbench(server, ledger, seconds));
    contenders.set('pgbench', { measure: raw });
    const enter = async (peer, count) => {
      const running = await startPeer(peer, ledger.url, count);
      started.push(running);
      const { first, measure } = await overHttp(running.url, { gateway: running.pid, database });
      const [theirs, expected] = [first, ours.first].map((entry) => JSON.stringify(entry));
      if (theirs !== expected) throw new Error(`${peer.name} answers ${theirs}, ledgate ${expected}`);
      const name = `${peer.name}, ${count === 1 ? '1 process' : '2 processes'}`;
      contenders.set(name, { peer: peer.name, measure });
    };
    for (const peer of PEERS) for (const count of [1, 2]) await attempt(peer.name, () => enter(peer, count));
    // The peers compile as they run: two seconds is what they need to be at their best.
    for (const { measure } of contenders.values()) await measure(2);
    for (let round = 0; round < rounds; round++)
      for (const it of contenders.values()) (it.loads ??= []).push(await it.measure(seconds));
    const ledgate = contenders.get('ledgate').loads;
    return [...contenders].map(([name, { peer, loads }]) => {
      tell(`${name}: ${Math.round(median(loads.map(({ rate }) => rate)))} pages/s`);
      return { name, peer, ...medians(loads), against: against(ledgate, loads) };
    });
  } finally {
    for (const peer of started) await peer.stop();
    await server.psql(ledger.name, 'DROP SCHEMA peers CASCADE');
  }
}

/**
 * Milliseconds of the page as an anti-join, the median of three; nothing when it takes longer than two
 * minutes.
 */
export async function antiJoin(ledger, setUp = '') {
  const query = readFileSync(path('peers/anti-join.sql'), 'utf8').replace(/;\s*$/, '');
  const times = [];
  for (let turn = 0; turn < 3; turn++) {
    const began = now();
    try {
      await ledger.query(`${setUp}${query}`);
    } catch (error) {
      if (/statement timeout/.test(error.message)) return undefined;
      throw error;
    }
    times.push((now() - began) * 1000);
  }
  return median(times);
}
