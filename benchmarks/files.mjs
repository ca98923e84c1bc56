// Much at once: importing a FEC, importing it again, and exporting all of a ledger over REST; beside them, the database's
// own bulk load and unload of the same rows.
import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { median } from './figures.mjs';
import { peakMemory, run, seconds, start } from './processes.mjs';
import { metered, processorTime } from './processor.mjs';
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
async function makeFec(folder, lines) {
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

/** `ledgate import`, as a user calls it; of the lines so many are `inserted`, or there already and `unchanged`. */
async function importFec(binary, url, path, lines, what) {
  const began = seconds();
  const child = start(binary, ['import', '--json', path], {
    env: { ...process.env, LEDGATE_DATABASE_URL: url, LEDGATE_LOG_FILTER: 'warn' },
  });
  let output = '',
    memory = 0,
    spent = 0;
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (output += text));
  // What a process used is not told when it has ended.
  const watch = setInterval(() => {
    memory = peakMemory(child.pid) ?? memory;
    spent = processorTime(child.pid) ?? spent;
  }, 100);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  const took = seconds() - began;
  const summary = code === 0 ? JSON.parse(output.trim().split('\n').at(-1)) : {};
  if (code !== 0) throw new Error(`import ended with ${code}: ${output.slice(-1000)}`);
  if (summary[what] !== lines) throw new Error(`${summary[what]} of ${lines} lines are ${what}: ${output}`);
  return { lines, rate: lines / took, seconds: took, memory, gateway: (spent * 1e6) / lines };
}

/** The REST export of everything to a client that throws it away, with what the server needed of memory. */
async function stream(binary, { url, pid: database }, entries) {
  const server = await startLedgate(binary, url);
  try {
    const address = `${server.base}/v10/accounting-entries/export?system_id=new`;
    const idle = peakMemory(server.pid);
    const get = ['-sS', '--fail', '-o', '/dev/null', '-w', '%{size_download}', address];
    const figures = await metered({ gateway: server.pid, database }, 'rows', async () => {
      const times = [];
      let bytes;
      while (times.length < 3) {
        const began = seconds();
        bytes = Number(await run('curl', get));
        times.push(seconds() - began);
      }
      return { rate: entries / median(times), rows: entries * times.length, bytes };
    });
    const memory = peakMemory(server.pid);
    const script = 'curl -sS --fail -H "accept: application/x-ndjson" "$0" | tail -n 1';
    const { end } = JSON.parse(await run('bash', ['-o', 'pipefail', '-c', script, address]));
    if (end?.entries !== entries) throw new Error(`${end?.entries} of ${entries} entries`);
    return { ...figures, memory, idle };
  } finally {
    await server.stop();
  }
}

const COLUMNS = [
  'id, external_id, journal_code, journal_name, entry_number, posting_date, account_number, account_name',
  'subledger_account_number, subledger_account_name, document_reference, document_date, description',
  'debit_ten_thousandths, credit_ten_thousandths, currency, foreign_amount_ten_thousandths, foreign_currency',
  'reconciliation_code, reconciled_on, validated_on, attributes, created_at, updated_at, recorded_by',
].join(', ');

/** Rows a second of what the database does with so many of them, the median of some turns. */
async function rateOf(rows, turns, action) {
  const times = [];
  for (let turn = 0; turn < turns; turn++) {
    const began = seconds();
    await action();
    times.push(seconds() - began);
  }
  return rows / median(times);
}

/** A file of so many lines through ledgate, and its rows through the database alone. */
export async function files(place, { binary, data }, lines) {
  const path = await makeFec(data, lines),
    rows = join(data, 'rows.csv');
  const ledger = await place.empty('imported');
  const load = (what) =>
    metered({ database: ledger.pid }, 'lines', () => importFec(binary, ledger.url, path, lines, what));
  const imported = await load('inserted');
  await ledger.settle();
  const again = await load('unchanged');
  await ledger.unload(`SELECT ${COLUMNS} FROM accounting_entries ORDER BY id`, rows);
  const alone = await place.migrated('loaded');
  const loaded = await rateOf(lines, 1, () => alone.load(rows, 'accounting_entries', COLUMNS));
  await alone.remove();
  rmSync(rows);
  const streamed = await stream(binary, ledger, lines);
  const unload = () => ledger.unload('SELECT * FROM accounting_entries ORDER BY id', '/dev/null');
  const unloaded = await rateOf(lines, 3, unload);
  await ledger.remove();
  const bytes = statSync(path).size;
  return { lines, bytes, import: imported, again, load: loaded, stream: streamed, unload: unloaded };
}
