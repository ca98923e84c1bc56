// Much at once: importing a FEC, and exporting all of a ledger over REST; beside them, the database's own
// bulk load and unload of the same rows.
import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { migrate, sqlite } from './ledger.mjs';
import { median } from './load.mjs';
import { peakMemory, run, seconds, start } from './processes.mjs';
import { startLedgate } from './servers.mjs';

const HEADER = [
  'JournalCode',
  'JournalLib',
  'EcritureNum',
  'EcritureDate',
  'CompteNum',
  'CompteLib',
  'CompAuxNum',
  'CompAuxLib',
  'PieceRef',
  'PieceDate',
  'EcritureLib',
  'Debit',
  'Credit',
  'EcritureLet',
  'DateLet',
  'ValidDate',
  'Montantdevise',
  'Idevise',
];

/** A FEC of a year of sales in so many lines, a multiple of three. Kept for the next run. */
export async function makeFec(folder, lines) {
  const path = join(folder, `sales-${lines}.fec.txt`);
  if (existsSync(path)) return path;
  const file = createWriteStream(`${path}.building`);
  const money = (cents) => `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')}`;
  let text = HEADER.join('\t') + '\n';
  for (let voucher = 1; voucher * 3 <= lines; voucher++) {
    const day = new Date(Date.UTC(2025, 0, 1 + Math.floor((voucher * 3 * 365) / (lines + 1))));
    const date = day.toISOString().slice(0, 10).replaceAll('-', '');
    const net = 1000 + ((voucher * 7919) % 500_000),
      tax = Math.floor(net / 5);
    const row = (account, name, party, debit, credit, matched) => {
      const cells = [
        'VE',
        'Ventes',
        voucher,
        date,
        account,
        name,
        party,
        party && `Société ${party}`,
        `FA-${voucher}`,
        date,
        `Facture client FA-${voucher}, livraison du ${date}`,
        money(debit),
        money(credit),
        matched ? `L${voucher % 17576}` : '',
        matched ? date : '',
        date,
        '',
        '',
      ];
      text += cells.join('\t') + '\n';
    };
    row('411000', 'Clients', `C${voucher % 997}`, net + tax, 0, voucher % 2 === 0);
    row('707000', 'Ventes de marchandises', '', 0, net, false);
    row('445710', 'TVA collectée', '', 0, tax, false);
    if (text.length > 1 << 20) {
      if (!file.write(text)) await once(file, 'drain');
      text = '';
    }
  }
  file.end(text);
  await once(file, 'close');
  renameSync(`${path}.building`, path);
  return path;
}

/** `ledgate import`, as a user calls it, into an empty database. */
async function importFec(binary, url, path, lines) {
  const began = seconds();
  const child = start(binary, ['import', '--json', path], {
    env: { ...process.env, LEDGATE_DATABASE_URL: url, LEDGATE_LOG_FILTER: 'warn' },
  });
  let output = '',
    memory = 0;
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (output += text));
  const watch = setInterval(() => (memory = peakMemory(child.pid) ?? memory), 50);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  const took = seconds() - began;
  const summary = code === 0 ? JSON.parse(output.trim().split('\n').at(-1)) : {};
  if (summary.inserted !== undefined && summary.inserted !== lines) throw new Error(`imported: ${output}`);
  if (code !== 0) throw new Error(`import ended with ${code}: ${output.slice(-1000)}`);
  return { rate: lines / took, seconds: took, memory, summary };
}

/** The REST export of everything to a client that throws it away, with what the server needed of memory. */
async function stream(binary, url, entries) {
  const server = await startLedgate(binary, url);
  try {
    const address = `${server.base}/v10/accounting-entries/export?system_id=new`;
    const idle = peakMemory(server.pid);
    const times = [];
    let bytes;
    for (let turn = 0; turn < 3; turn++) {
      const began = seconds();
      const written = await run('curl', [
        '-sS',
        '--fail',
        '-o',
        '/dev/null',
        '-w',
        '%{size_download}',
        address,
      ]);
      times.push(seconds() - began);
      bytes = Number(written);
    }
    const memory = peakMemory(server.pid);
    const script = 'curl -sS --fail -H "accept: application/x-ndjson" "$0" | tail -n 1';
    const { end } = JSON.parse(await run('bash', ['-o', 'pipefail', '-c', script, address]));
    if (end?.entries !== entries) throw new Error(`${end?.entries} of ${entries} entries`);
    return { rate: entries / median(times), bytes, memory, idle };
  } finally {
    await server.stop();
  }
}

const COLUMNS =
  `id, external_id, journal_code, journal_name, entry_number, posting_date, account_number, account_name,
    subledger_account_number, subledger_account_name, document_reference, document_date, description, debit_ten_thousandths, credit_ten_thousandths,
    currency, foreign_amount_ten_thousandths, foreign_currency, reconciliation_code, reconciled_on, validated_on, attributes,
    created_at, updated_at, recorded_by`.replace(/\s+/g, ' ');

async function rateOf(rows, action, turns = 1) {
  const times = [];
  for (let turn = 0; turn < turns; turn++) {
    const began = seconds();
    await action();
    times.push(seconds() - began);
  }
  return rows / median(times);
}

export async function filesOnPostgres(server, binary, folder, lines) {
  const path = await makeFec(folder, lines),
    rows = join(folder, 'rows.csv');
  const anew = async (name) => {
    await server.psql('postgres', `DROP DATABASE IF EXISTS ${name}`);
    await server.psql('postgres', `CREATE DATABASE ${name}`);
    return server.url(name);
  };
  const url = await anew('imported');
  const imported = await importFec(binary, url, path, lines);
  await server.psql('imported', 'VACUUM ANALYZE');
  await server.psql(
    'imported',
    `\\copy (SELECT ${COLUMNS} FROM accounting_entries ORDER BY id) TO '${rows}' CSV`,
  );
  await migrate(binary, await anew('loaded'));
  const loading = () => server.psql('loaded', `\\copy accounting_entries (${COLUMNS}) FROM '${rows}' CSV`);
  const loaded = await rateOf(lines, loading);
  await server.psql('postgres', 'DROP DATABASE loaded');
  rmSync(rows);
  const streamed = await stream(binary, url, lines);
  const copy = `\\copy (SELECT * FROM accounting_entries ORDER BY id) TO '/dev/null'`;
  const unloaded = await rateOf(lines, () => server.psql('imported', copy), 3);
  await server.psql('postgres', 'DROP DATABASE imported');
  return {
    lines,
    bytes: statSync(path).size,
    import: imported,
    load: loaded,
    stream: streamed,
    unload: unloaded,
  };
}

export async function filesOnSqlite(binary, folder, lines) {
  const path = await makeFec(folder, lines),
    rows = join(folder, 'rows.csv');
  const file = (name) => join(folder, 'sqlite', name);
  const away = (name) => ['', '-shm', '-wal'].forEach((end) => rmSync(file(name) + end, { force: true }));
  away('imported.db');
  away('loaded.db');
  const url = `sqlite://${file('imported.db')}`;
  const imported = await importFec(binary, url, path, lines);
  await sqlite(file('imported.db'), 'ANALYZE;');
  await sqlite(
    file('imported.db'),
    `.mode csv\n.once '${rows}'\nSELECT ${COLUMNS} FROM accounting_entries ORDER BY id;`,
  );
  await migrate(binary, `sqlite://${file('loaded.db')}`);
  // .import knows no NULL: it fills a table in memory, from which the rows go on. As durable as ledgate.
  const values = COLUMNS.split(', ').map((column) => `nullif(${column}, '')`);
  const staged = `PRAGMA synchronous = FULL;\nPRAGMA temp_store = MEMORY;\nBEGIN;
        CREATE TEMP TABLE staged (${COLUMNS});\n.mode csv\n.import '${rows}' staged
        INSERT INTO accounting_entries (${COLUMNS}) SELECT ${values} FROM staged;
        COMMIT;`;
  const loaded = await rateOf(lines, () => sqlite(file('loaded.db'), staged));
  away('loaded.db');
  rmSync(rows);
  const streamed = await stream(binary, url, lines);
  const select = () =>
    run('bash', [
      '-c',
      'sqlite3 -batch -csv "$0" "SELECT * FROM accounting_entries ORDER BY id" >/dev/null',
      file('imported.db'),
    ]);
  const unloaded = await rateOf(lines, select, 3);
  away('imported.db');
  return {
    lines,
    bytes: statSync(path).size,
    import: imported,
    load: loaded,
    stream: streamed,
    unload: unloaded,
  };
}
