// What others make of the same page on the same PostgreSQL: raw SQL, PostGraphile, GraphQL Yoga.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ask, send } from './http.mjs';
import { CONNECTIONS, load, median } from './load.mjs';
import { run, seconds as now } from './processes.mjs';
import { startPeer } from './servers.mjs';

const path = (name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
const PAGE = `{ nodes { id entryNumber postingDate accountNumber description debit credit currency createdAt }
                pageInfo { hasNextPage endCursor } }`;
const QUERY = `{ unexportedEntries(systemId: "erp", first: 100) ${PAGE} }`;

/** The raw query, prepared, over as many connections as the others have. */
async function pgbench(server, ledger, seconds) {
  const args = [
    '-n',
    '-M',
    'prepared',
    `-c${CONNECTIONS}`,
    '-j2',
    `-T${seconds}`,
    '-D',
    'system=1',
    '-D',
    'after=0',
    '-f',
    path('page.sql'),
    ledger.name,
  ];
  const output = await run('pgbench', args, { env: server.env });
  const failed = Number(/failed transactions: (\d+)/.exec(output)?.[1] ?? 0);
  if (failed > 0) throw new Error(`${failed} queries of pgbench failed`);
  return {
    rate: Number(/tps = ([\d.]+)/.exec(output)[1]),
    p50: Number(/latency average = ([\d.]+)/.exec(output)[1]),
  };
}

/** A GraphQL server that is asked for the page over HTTP; its first answer is read to the end. */
async function overHttp(url) {
  const { data } = await ask(url, QUERY);
  const { nodes, pageInfo } = data.unexportedEntries;
  if (nodes.length !== 100 || !pageInfo.hasNextPage || !pageInfo.endCursor)
    throw new Error(`${url}: not the page`);
  const body = JSON.stringify({ query: QUERY });
  const headers = { 'content-type': 'application/json' };
  const size = Buffer.byteLength((await send(url, { method: 'POST', body, headers })).text);
  // Ledgate's ids say what they are of, such as entry/42; the others' are the plain number.
  const id = String(nodes[0].id).replace('entry/', '');
  const first = { id, debit: Number(nodes[0].debit), description: nodes[0].description };
  return { first, measure: (seconds) => load({ url, bodies: [body], size, seconds }) };
}

/**
 * Everybody in turn, round by round; gives medians, and how ledgate did against each of them, round by round.
 */
export async function runPeers(server, ledger, ledgate, { seconds, rounds }, say) {
  await server.psql(ledger.name, '', '-f', path('functions.sql'));
  const contenders = new Map();
  const peers = [];
  try {
    const ours = await overHttp(ledgate.graphql);
    contenders.set('ledgate', ours.measure);
    contenders.set('pgbench', (seconds) => pgbench(server, ledger, seconds));
    for (const [name, file] of [
      ['PostGraphile', 'postgraphile.mjs'],
      ['GraphQL Yoga', 'yoga.mjs'],
    ]) {
      for (const processes of [1, 2]) {
        const peer = await startPeer(file, ledger.url, processes);
        peers.push(peer);
        const theirs = await overHttp(peer.url);
        if (JSON.stringify(theirs.first) !== JSON.stringify(ours.first)) {
          throw new Error(
            `${name} answers ${JSON.stringify(theirs.first)}, ledgate ${JSON.stringify(ours.first)}`,
          );
        }
        contenders.set(`${name}, ${processes === 1 ? '1 process' : '2 processes'}`, theirs.measure);
      }
    }
    const rates = {},
      figures = {};
    // The peers compile as they run: two seconds is what they need to be at their best.
    for (const measure of contenders.values()) await measure(2);
    for (let round = 0; round < rounds; round++) {
      for (const [name, measure] of contenders) {
        const figure = await measure(seconds);
        (rates[name] ??= []).push(figure.rate);
        (figures[name] ??= []).push(figure);
      }
    }
    return Object.fromEntries(
      Object.keys(rates).map((name) => {
        const middle = (key) => median(figures[name].map((figure) => figure[key]));
        const against = median(rates.ledgate.map((rate, round) => rate / rates[name][round]));
        say(`${name}: ${Math.round(median(rates[name]))} pages/s`);
        return [
          name,
          { rate: median(rates[name]), p50: middle('p50'), p99: middle('p99'), against, rounds: rates[name] },
        ];
      }),
    );
  } finally {
    for (const peer of peers) await peer.stop();
    await server.psql(ledger.name, 'DROP SCHEMA peers CASCADE');
  }
}

/**
 * Milliseconds of the page as an anti-join, the median of three; nothing when it takes longer than two
 * minutes.
 */
export async function antiJoin(ledger, setUp = '') {
  const query = readFileSync(path('anti-join.sql'), 'utf8').replace(/;\s*$/, '');
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
