// A system's own list of everything, compared with what it was sent: how long it takes, and how much memory.
// Called by run.mjs.
import { createReadStream, createWriteStream, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { placeFor } from './databases.mjs';
import { peakMemory, residentMemory, run, seconds } from './processes.mjs';
import { metered } from './processor.mjs';
import { startLedgate } from './servers.mjs';
import { rounded, say } from './session.mjs';
import { NAMES, count, figure, megabytes, table } from './text.mjs';

/** So many differences of each kind are planted. */
const OF_EACH = 5;
const KINDS = ['missing_there', 'not_marked', 'unknown_entry', 'twice', 'amount_differs', 'changed_since'];
/** The promise: so much more memory at most, in bytes. */
const MOST_MEMORY = 64 * 2 ** 20;

/** The entries of which each kind is planted, far from each other. */
function planted(entries) {
  const apart = Math.floor(entries / (OF_EACH * KINDS.length + 1));
  const ids = (kind) => Array.from({ length: OF_EACH }, (_, at) => (at * KINDS.length + kind + 1) * apart);
  return Object.fromEntries(KINDS.map((name, kind) => [name, ids(kind)]));
}

/** Marks everything for `erp`, and plants what is to be found on the ledger's side. */
async function fill(ledger, { not_marked: unmarked, changed_since: corrected }) {
  const { query } = ledger;
  await query(
    `INSERT INTO export_marks (entry_id, system_key, marked_at, actor)
     SELECT entry_id, 1, ${Date.now() * 1000}, 'graphql' FROM pending_exports WHERE system_key = 1`,
  );
  await query('DELETE FROM pending_exports WHERE system_key = 1');
  await query(`DELETE FROM export_marks WHERE system_key = 1 AND entry_id IN (${unmarked})`);
  await query(`UPDATE accounting_entries SET description = 'Corrected' WHERE id IN (${corrected})`);
  await ledger.settle();
}

const FORMATS = {
  ndjson: {
    type: 'application/x-ndjson',
    header: '',
    // By our own ids.
    line: ({ id, debit, credit }) =>
      `{"accounting_entry_id":${id},"reference":"GL-${id}","debit":"${debit}","credit":"${credit}"}\n`,
    unknown: (at) => 10 ** 12 + at,
  },
  csv: {
    type: 'text/csv',
    header: 'external_id,reference,debit,credit\n',
    // By the names that the source gave.
    line: ({ id, name, debit, credit }) => `${name},GL-${id},${debit},${credit}\n`,
    unknown: (at) => `nobody knows ${at}`,
  },
};

const money = (tenThousandths) =>
  `${Math.floor(tenThousandths / 10_000)}.${String(tenThousandths % 10_000).padStart(4, '0')}`;

/** The list of the system, by account as systems have it, with what is to be found on its side. */
async function writeList(rows, path, { header, line, unknown }, kinds) {
  const missing = new Set(kinds.missing_there),
    twice = new Set(kinds.twice),
    wrong = new Set(kinds.amount_differs);
  const file = createWriteStream(path);
  let text = header,
    lines = 0;
  const add = (row) => {
    text += line(row);
    lines++;
  };
  for await (const row of createInterface({ input: createReadStream(rows) })) {
    const [id, name, debit, credit] = row.split(',');
    const number = Number(id);
    if (missing.has(number)) continue;
    const entry = { id, name, debit: money(Number(debit) + (wrong.has(number) ? 100 : 0)), credit: money(Number(credit)) };
    add(entry);
    if (twice.has(number)) add(entry);
    if (text.length > 1 << 20) {
      if (!file.write(text)) await once(file, 'drain');
      text = '';
    }
  }
  for (let at = 0; at < OF_EACH; at++) {
    const stranger = unknown(at);
    add({ id: stranger, name: stranger, debit: '1.00', credit: '0.00' });
  }
  file.end(text);
  await once(file, 'close');
  return lines;
}

/** That the answer tells what was planted, of these entries, and nothing else. */
function checkAnswer(answer, kinds, lines) {
  const told = answer.trim().split('\n').map((line) => JSON.parse(line));
  const { end } = told.pop();
  if (!end) throw new Error('the answer does not come to its end');
  if (end.lines !== lines) throw new Error(`${end.lines} of ${lines} lines were compared`);
  for (const kind of KINDS) {
    const found = told.filter((difference) => difference.kind === kind.toUpperCase());
    if (found.length !== OF_EACH || end.kinds[kind] !== OF_EACH)
      throw new Error(`${found.length} differences of ${kind}, ${end.kinds[kind]} at the end, and not ${OF_EACH}`);
    const ids = new Set(found.map((difference) => difference.accounting_entry_id));
    if (kind !== 'unknown_entry' && !kinds[kind].every((id) => ids.has(id)))
      throw new Error(`${kind} is told of other entries than those planted: ${[...ids]}`);
  }
  if (end.differences !== OF_EACH * KINDS.length || told.length !== end.differences)
    throw new Error(`${told.length} differences, ${end.differences} at the end`);
}

/** Sends a list to a gateway of its own. */
async function compare(binary, { url, pid: database }, path, format, kinds, lines) {
  const server = await startLedgate(binary, url);
  try {
    const before = residentMemory(server.pid);
    // curl reads the file as it sends it.
    const request = ['-X', 'POST', '-H', `content-type: ${format.type}`, '-H', 'Expect:', '-T', path];
    const address = `${server.base}/v10/accounting-entries/reconcile?system_id=erp`;
    const figures = await metered({ gateway: server.pid, database }, 'lines', async () => {
      const began = seconds();
      const answer = await run('curl', ['-sS', '--fail-with-body', ...request, address]);
      const took = seconds() - began;
      checkAnswer(answer, kinds, lines);
      return { lines, took, rate: lines / took };
    });
    return { ...figures, before, memory: peakMemory(server.pid) - before, bytes: statSync(path).size };
  } finally {
    await server.stop();
  }
}

async function measure(settings, database) {
  const { binary, entries } = settings;
  const place = await placeFor(database, settings.data, binary);
  say(`${database}: a ledger of ${entries.toLocaleString('en')} entries, all marked`);
  const ledger = await place.copy('copy_reconciled', entries);
  const kinds = planted(entries);
  await fill(ledger, kinds);
  const file = (name) => join(settings.data, name);
  await ledger.unload(
    'SELECT id, external_id, debit_ten_thousandths, credit_ten_thousandths FROM accounting_entries ORDER BY account_number, id',
    file('rows.csv'),
  );
  const results = [];
  for (const [name, format] of Object.entries(FORMATS)) {
    const path = file(`list.${name}`);
    const lines = await writeList(file('rows.csv'), path, format, kinds);
    const figures = await compare(binary, ledger, path, format, kinds, lines);
    rmSync(path);
    results.push({ name, ...figures });
    const { took, rate, memory } = figures;
    const verdict = memory < MOST_MEMORY ? '' : ` *** THE BAR IS MISSED: under ${MOST_MEMORY / 2 ** 20} MB`;
    say(
      `${database}: ${name}: ${lines.toLocaleString('en')} lines in ${rounded(took)} s, ${rounded(rate)} a second, ` +
        `${rounded(memory / 2 ** 20)} MB more than before; all ${OF_EACH * KINDS.length} differences told${verdict}`,
    );
  }
  rmSync(file('rows.csv'));
  await ledger.remove();
  await place.stop();
  return { database, version: place.version, results };
}

/** Measures on each database, and gives the table. */
export async function reconcile(settings) {
  const rows = [];
  for (const database of settings.databases) {
    const { version, results } = await measure(settings, database);
    for (const { name, lines, bytes, took, rate, before, memory, ...spent } of results) {
      rows.push([
        `${NAMES[database]} (${version}), ${name}`,
        count(lines),
        megabytes(bytes),
        figure(took, ' s'),
        count(rate),
        figure(spent.gateway, ' µs'),
        figure(spent.database, ' µs'),
        megabytes(before),
        megabytes(memory),
      ]);
    }
  }
  const head = ['', 'lines', 'size', 'time', 'lines/s', 'gateway a line', 'database a line', 'memory before', 'at most more'];
  return table(head, rows);
}
