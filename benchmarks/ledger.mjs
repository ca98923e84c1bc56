// Builds the ledgers. Nobody writes to one that is built: what is measured works on copies (databases.mjs).
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, seconds } from './processes.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const text = (name) => readFileSync(file(name), 'utf8');

/** What the scripts of both databases have in common. */
const SHARED = ['chart', 'exported'];

/** A ledger is kept for the next run until what it was built with changes. */
function fingerprint(database) {
  const hash = createHash('sha256');
  for (const name of [database, ...SHARED]) hash.update(text(`ledger/${name}.sql`));
  const migrations = file('../migrations/src');
  for (const name of readdirSync(migrations, { recursive: true }).sort()) {
    if (name.endsWith('.rs')) hash.update(readFileSync(join(migrations, name)));
  }
  return hash.digest('hex').slice(0, 8);
}

/** Makes the tables of ledgate in an empty database. */
export const migrate = (binary, url) =>
  run(binary, ['migrate', 'up'], {
    env: { ...process.env, LEDGATE_DATABASE_URL: url, LEDGATE_LOG_FILTER: 'warn' },
  });

/** The database with the ledger of so many entries; `built` are the seconds that it took, when it was not there. */
export async function ledgerOnPostgres(server, binary, entries) {
  const mark = fingerprint('postgres');
  const name = `ledger_${entries}_${mark}`;
  const known = (await server.psql('postgres', 'SELECT datname FROM pg_database')).split('\n');
  for (const old of known.filter((known) => /^ledger_\d+_/.test(known) && !known.endsWith(mark))) {
    await server.psql('postgres', `DROP DATABASE "${old}"`);
  }
  if (known.includes(name)) return { name };
  const began = seconds();
  const building = 'building';
  await server.psql('postgres', `DROP DATABASE IF EXISTS ${building}`);
  await server.psql('postgres', `CREATE DATABASE ${building}`);
  await migrate(binary, server.url(building));
  await server.psql(building, '', '-v', `entries=${entries}`, '-f', file('ledger/postgres.sql'));
  await server.psql('postgres', `ALTER DATABASE ${building} RENAME TO "${name}"`);
  return { name, built: seconds() - began };
}

export const sqlite = (path, script, ...args) =>
  run('sqlite3', ['-bail', '-batch', ...args, path], { input: script });

/** Removes a file of SQLite, with what belongs to it. */
export const removeSqlite = (path) => ['', '-shm', '-wal'].forEach((end) => rmSync(path + end, { force: true }));

/**
 * Sets what the script calls :entries and :now: in a temporary table, which another temp_store would empty.
 */
const parameters = (entries) =>
  [
    'PRAGMA temp_store = MEMORY;',
    '.parameter init',
    `.parameter set :entries ${entries}`,
    '.parameter set :now "unixepoch() * 1000000"\n',
  ].join('\n');

/** The file with the ledger of so many entries; `built` are the seconds that it took, when it was not there. */
export async function ledgerOnSqlite(folder, binary, entries) {
  const mark = fingerprint('sqlite');
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) {
    if (/^(ledger_|building)/.test(old) && !old.includes(mark)) rmSync(join(folder, old));
  }
  const path = join(folder, `ledger_${entries}_${mark}.db`);
  if (existsSync(path)) return { path };
  const began = seconds();
  const building = join(folder, 'building.db');
  await migrate(binary, `sqlite://${building}`);
  const kept = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('index', 'trigger')";
  const parts = JSON.parse(await sqlite(building, kept, '-json'));
  const away = parts.map(({ type, name }) => `DROP ${type} ${name};\n`).join('');
  const back = parts.map(({ sql }) => `${sql};\n`).join('');
  // psql reads the shared parts by itself.
  const script = SHARED.reduce(
    (script, name) => script.replace(`-- {${name}}`, () => text(`ledger/${name}.sql`)),
    text('ledger/sqlite.sql').replace('-- {back}', () => back),
  );
  await sqlite(building, away + parameters(entries) + script);
  renameSync(building, path);
  return { path, built: seconds() - began };
}
