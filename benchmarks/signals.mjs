// How fast somebody is told, and what it costs: events through subscriptions over WebSocket. Called by run.mjs.
import { readdirSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { placeFor } from './databases.mjs';
import { spread } from './figures.mjs';
import { ask } from './http.mjs';
import { mark } from './page.mjs';
import { residentMemory, seconds as now, sleep } from './processes.mjs';
import { processorTime } from './processor.mjs';
import { startLedgate } from './servers.mjs';
import { rounded, say } from './session.mjs';
import { NAMES, count, table } from './text.mjs';

const SYSTEM = 'erp';
/** Marks whose events are timed, one after the other. Between two gateways on SQLite each takes about a second. */
const MARKS = 300;
const SLOW_MARKS = 50;
/** Events that are behind a cursor, and events a second that come in while somebody follows. */
const BEHIND = 50_000;
const FLOW = 5_000;
const QUIET = 1_000;
const QUIET_SECONDS = 20;
/** From the call that marks to the subscriber, in milliseconds. */
export const MOST = { one: 200, two: 400 };

const FOLLOW = `subscription ($after: String) { exportEvents(after: $after) { cursor entryId } }`;
const WATCH = `subscription { exportSystemChanged(systemId: "${SYSTEM}") { systemId lastMarkedAt } }`;

const client = ({ graphql }) => createClient({ url: graphql.replace('http', 'ws'), webSocketImpl: WebSocket, lazy: false });

/** Follows, and calls `tell` with each event and when it came, until `stop` is called. Rejects when it ends by itself. */
function follow(client, query, variables, tell) {
  let stop;
  const ended = new Promise((done, fail) => {
    const dispose = client.subscribe(
      { query, variables },
      {
        next: ({ data, errors }) => (errors ? fail(new Error(JSON.stringify(errors))) : tell(data, performance.now())),
        error: (error) => fail(error instanceof Error ? error : new Error(JSON.stringify(error))),
        complete: done,
      },
    );
    stop = async () => {
      dispose();
      await ended;
    };
  });
  ended.catch((error) => say(`*** A SUBSCRIPTION ENDED: ${error.message}`));
  return { stop, ended };
}

async function waitUntil(condition, what, patience = 60) {
  const began = now();
  while (!condition()) {
    if (now() - began > patience) throw new Error(`${what} did not come in ${patience} s`);
    await sleep(1);
  }
}

async function markOne(url, id) {
  const { data } = await ask(url, mark(SYSTEM, [id]));
  if (data.markExported.exports.length !== 1) throw new Error('the mark was not made');
}

async function unexported(url, count) {
  const { data } = await ask(url, `{ unexportedEntries(systemId: "${SYSTEM}", first: ${count}) { nodes { entryId } } }`);
  if (data.unexportedEntries.nodes.length !== count) throw new Error('there are too few entries');
  return data.unexportedEntries.nodes.map(({ entryId }) => entryId);
}

/** From the call that marks (and from its answer) to the event, for marks at one gateway and a follower at another. */
export async function latency(marking, listening, marks) {
  const heard = new Map();
  const socket = client(listening);
  const follower = follow(socket, FOLLOW, {}, ({ exportEvents }, at) => heard.set(exportEvents.entryId, at));
  const [first, ...ids] = await unexported(marking.graphql, marks + 1);
  // The subscription begins "now": only when the first event has come, it has begun.
  await sleep(500);
  await markOne(marking.graphql, first);
  await waitUntil(() => heard.has(first), 'the first event');
  const fromCall = [],
    fromAnswer = [];
  for (const id of ids) {
    const called = performance.now();
    await markOne(marking.graphql, id);
    const answered = performance.now();
    await waitUntil(() => heard.has(id), `the event of ${id}`);
    fromCall.push(heard.get(id) - called);
    fromAnswer.push(Math.max(0, heard.get(id) - answered));
    // Not in step with anything that happens at intervals.
    await sleep(Math.random() * 40);
  }
  await follower.stop();
  await socket.dispose();
  return { fromCall: spread(fromCall), fromAnswer: spread(fromAnswer) };
}

/** Other programs write so many events in one transaction. */
const write = (ledger, count) =>
  ledger.query(
    `INSERT INTO timeline_events (entry_id, at, kind, system_id, actor, payload)
     SELECT id, ${Date.now() * 1000}, 'EXPORTED', '${SYSTEM}', 'bench', '{"kind":"EXPORTED","note":null}'
     FROM accounting_entries ORDER BY id LIMIT ${count}`,
  );

/** The cursor of the newest event. */
async function newest(url) {
  const { data } = await ask(url, `{ exportEvents(systemId: "${SYSTEM}", last: 1) { nodes { cursor } } }`);
  return data.exportEvents.nodes[0].cursor;
}

/** Reads what is behind a cursor, through one subscription. */
async function catchUp(ledger, gateway) {
  const after = await newest(gateway.graphql);
  const cursors = new Set();
  for (let written = 0; written < BEHIND; written += FLOW) await write(ledger, FLOW);
  const socket = client(gateway);
  const began = now();
  const follower = follow(socket, FOLLOW, { after }, ({ exportEvents }) => cursors.add(exportEvents.cursor));
  await waitUntil(() => cursors.size >= BEHIND, `${BEHIND} events`, 120);
  const took = now() - began;
  await follower.stop();
  await socket.dispose();
  return BEHIND / took;
}

/** So many events a second for some seconds, in ten transactions each, while somebody follows: every one comes, once. */
async function flow(ledger, gateway, seconds) {
  const cursors = [];
  const after = await newest(gateway.graphql);
  const socket = client(gateway);
  const follower = follow(socket, FOLLOW, { after }, ({ exportEvents }) => cursors.push(exportEvents.cursor));
  const began = now();
  const expected = seconds * FLOW;
  let slowest = 0;
  for (let step = 0; step < seconds * 10; step++) {
    await write(ledger, FLOW / 10);
    const ahead = began + (step + 1) / 10 - now();
    slowest = Math.max(slowest, -ahead);
    if (ahead > 0) await sleep(ahead * 1000);
  }
  const written = now() - began;
  await waitUntil(() => cursors.length >= expected, `${expected} events`, 60);
  const behind = now() - began - written;
  if (new Set(cursors).size !== expected || cursors.length !== expected) throw new Error('events were lost or came twice');
  await follower.stop();
  await socket.dispose();
  return { rate: expected / written, behind };
}

const descriptors = (pid) => readdirSync(`/proc/${pid}/fd`).length;

/** What the database has been asked so far; nothing on SQLite. */
async function asked(ledger, database) {
  if (database !== 'postgres') return undefined;
  await sleep(1500); // the server's own counters follow within a second
  return Number(
    await ledger.query('SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()'),
  );
}

/** Many that follow a system in which nothing happens. */
async function quiet(ledger, database, gateway) {
  const rest = async () => {
    const [questions, time] = [await asked(ledger, database), processorTime(gateway.pid)];
    await sleep(QUIET_SECONDS * 1000);
    const spent = (processorTime(gateway.pid) - time) / QUIET_SECONDS;
    return { spent, questions: ((await asked(ledger, database)) - questions) / (QUIET_SECONDS + 1.5) };
  };
  const before = { memory: residentMemory(gateway.pid), descriptors: descriptors(gateway.pid), ...(await rest()) };
  // 50 connections, as the limit of a caller is 100, with 20 subscriptions each.
  let heard = 0;
  const sockets = Array.from({ length: 50 }, () => client(gateway));
  const followers = sockets.flatMap((socket) =>
    Array.from({ length: QUIET / sockets.length }, () => follow(socket, WATCH, {}, () => (heard += 1))),
  );
  await waitUntil(() => heard >= QUIET, 'the first word to each');
  const with_ = { memory: residentMemory(gateway.pid), descriptors: descriptors(gateway.pid), ...(await rest()) };
  // All are told of one mark, and each once.
  const [id] = await unexported(gateway.graphql, 1);
  // Each may have been told a second time that it follows.
  const [began, toldBefore] = [now(), heard];
  await markOne(gateway.graphql, id);
  await waitUntil(() => heard >= toldBefore + QUIET, 'the word of a mark to each');
  const told = now() - began;
  await Promise.all(followers.map((follower) => follower.stop()));
  await Promise.all(sockets.map((socket) => socket.dispose()));
  return { before, with: with_, told };
}

/** A subscriber of the same gateway, and of another one. */
async function latencies(database, [one, other], told) {
  const slow = database === 'sqlite' ? SLOW_MARKS : MARKS;
  for (const [name, listening, marks, most] of [
    ['one gateway', one, MARKS, MOST.one],
    ['marked at one gateway, heard at the other', other, slow, MOST.two],
  ]) {
    const { fromCall, fromAnswer } = await latency(one, listening, marks);
    const times = ({ p50, p99 }) => `p50 ${rounded(p50)} ms, p99 ${rounded(p99)} ms`;
    const missed = fromCall.p99 > most && `${name}: p99 ${rounded(fromCall.p99)} ms (≤ ${most})`;
    told(name, `${times(fromCall)} from the call; ${times(fromAnswer)} from its answer`, missed);
  }
}

async function measure(settings, database) {
  const place = await placeFor(database, settings.data, settings.binary);
  say(`${database}: a ledger of ${count(settings.entries)} entries`);
  const ledger = await place.copy('copy_signals', settings.entries);
  const gateways = [await startLedgate(settings.binary, ledger.url), await startLedgate(settings.binary, ledger.url)];
  const [one] = gateways;
  const rows = [],
    missed = [];
  const told = (name, text, miss) => {
    rows.push([name, text]);
    if (miss) missed.push(miss);
    say(`${database}: ${name}: ${text}${miss ? ' *** THE BAR IS MISSED' : ''}`);
  };
  await latencies(database, gateways, told);
  const { before, with: with_, told: toldIn } = await quiet(ledger, database, one);
  const each = (name, unit) => rounded((with_[name] - before[name]) / unit / QUIET);
  const asked =
    database === 'postgres' &&
    `${rounded(with_.questions)} questions a second to the database (${rounded(before.questions)} without)`;
  told(
    `${QUIET} quiet subscriptions`,
    [
      `${each('memory', 1024)} KiB and ${each('descriptors', 1)} descriptors each`,
      `${rounded(with_.spent * 100)} % of a core (${rounded(before.spent * 100)} % without)`,
      asked,
      `all told of a mark in ${rounded(toldIn)} s`,
    ]
      .filter(Boolean)
      .join(', '),
  );
  const live = await flow(ledger, one, Math.max(5, settings.seconds));
  told(
    'events as they come',
    `${rounded(live.rate)} a second, every one once, the last one ${rounded(live.behind)} s after it was written`,
    (live.rate < FLOW * 0.95 || live.behind > 2) && `events as they come: ${rounded(live.rate)} a second (≥ ${FLOW})`,
  );
  told(`${count(BEHIND)} events behind a cursor`, `${rounded(await catchUp(ledger, one))} a second`);
  for (const gateway of gateways) await gateway.stop();
  await ledger.remove();
  await place.stop();
  const bar = missed.map((line) => `- **missed**: ${line}`).join('\n') || 'No line of the bar is missed.';
  return `${NAMES[database]} (${place.version})\n\n${table(['', ''], rows)}\n\n${bar}`;
}

/** The figures of section 4 of the contract of signals, in Markdown. */
export async function signals(settings) {
  const parts = [];
  for (const database of settings.databases) parts.push(await measure(settings, database));
  return parts.join('\n\n');
}
