// Builds the ledgers, and brings them back to what they were built as.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, seconds } from './processes.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const text = (name) => readFileSync(file(name), 'utf8');

/** A ledger is kept for the next run until what it was built with changes. */
function fingerprint(database) {
  const hash = createHash('sha256');
  hash.update(text(`ledger/${database}.sql`)).update(text('ledger/chart.sql'));
  const migrations = file('../migrations/src');
  for (const name of readdirSync(migrations, { recursive: true }).sort()) {
    if (name.endsWith('.rs')) hash.update(readFileSync(join(migrations, name)));
  }
  return hash.digest('hex').slice(0, 8);
}

const migrate = (binary, url) =>
  run(binary, ['migrate', 'up'], {
    env: { ...process.env, LEDGATE_DATABASE_URL: url, LEDGATE_LOG_FILTER: 'warn' },
  });

/** The ledger of so many entries on PostgreSQL. */
export async function onPostgres(server, binary, entries) {
  const mark = fingerprint('postgres');
  const name = `ledger_${entries}_${mark}`;
  const known = (await server.psql('postgres', 'SELECT datname FROM pg_database')).split('\n');
  for (const old of known.filter((known) => /^ledger_\d+_/.test(known) && !known.endsWith(mark))) {
    await server.psql('postgres', `DROP DATABASE "${old}"`);
  }
  const began = seconds();
  const isNew = !known.includes(name);
  if (isNew) {
    const building = 'building';
    await server.psql('postgres', `DROP DATABASE IF EXISTS ${building}`);
    await server.psql('postgres', `CREATE DATABASE ${building}`);
    await migrate(binary, server.url(building));
    await server.psql(building, '', '-v', `entries=${entries}`, '-f', file('ledger/postgres.sql'));
    await server.psql('postgres', `ALTER DATABASE ${building} RENAME TO "${name}"`);
  }
  const built = isNew ? seconds() - began : undefined;
  const query = async (sql) => (await server.psql(name, sql)).trim();
  const restore = () =>
    server.psql(name, '', '-v', `entries=${entries}`, '-f', file('ledger/restore-postgres.sql'));
  await restore(); // a run that was interrupted may have left something
  const bytes = Number(await query('SELECT pg_database_size(current_database())'));
  return { name, entries, url: server.url(name), built, bytes, query, restore };
}

const sqlite = (path, script, ...args) =>
  run('sqlite3', ['-bail', '-batch', ...args, path], { input: script });

/**
 * Sets what the scripts call :entries and :now: in a temporary table, which another temp_store would empty.
 */
const parameters = (entries) =>
  [
    'PRAGMA temp_store = MEMORY;',
    '.parameter init',
    `.parameter set :entries ${entries}`,
    '.parameter set :now "unixepoch() * 1000000"\n',
  ].join('\n');

/** Statements that make what a SQLite file has of triggers and indexes, by its own schema. */
async function made(path, condition) {
  const json = await sqlite(
    path,
    `SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND ${condition}`,
    '-json',
  );
  return JSON.parse(json || '[]');
}

/** The ledger of so many entries in a SQLite file. */
export async function onSqlite(folder, binary, entries) {
  const mark = fingerprint('sqlite');
  mkdirSync(join(folder, 'sqlite'), { recursive: true });
  for (const old of readdirSync(join(folder, 'sqlite'))) {
    if (/^(ledger_|building)/.test(old) && !old.includes(mark)) rmSync(join(folder, 'sqlite', old));
  }
  const path = join(folder, 'sqlite', `ledger_${entries}_${mark}.db`);
  const began = seconds();
  const isNew = !existsSync(path);
  if (isNew) {
    const building = join(folder, 'sqlite', 'building.db');
    await migrate(binary, `sqlite://${building}`);
    const parts = await made(building, "type IN ('index', 'trigger')");
    const away = parts.map(({ type, name }) => `DROP ${type} ${name};\n`).join('');
    const back = parts.map(({ sql }) => `${sql};\n`).join('');
    const script = text('ledger/sqlite.sql')
      .replace('-- {chart}', () => text('ledger/chart.sql'))
      .replace('-- {back}', () => back);
    await sqlite(building, away + parameters(entries) + script);
    renameSync(building, path);
  }
  const built = isNew ? seconds() - began : undefined;
  const query = async (sql) => (await sqlite(path, `.timeout 10000\n${sql};`)).trim();
  const restore = async () => {
    const triggers = await made(path, "type = 'trigger'");
    const script = text('ledger/restore-sqlite.sql')
      .replace('-- {away}', () => triggers.map(({ name }) => `DROP TRIGGER ${name};`).join('\n'))
      .replace('-- {back}', () => triggers.map(({ sql }) => `${sql};`).join('\n'));
    await sqlite(path, `.timeout 60000\n${parameters(entries)}${script}`);
  };
  await restore();
  const bytes = Number(await query('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size'));
  return { name: path, entries, url: `sqlite://${path}`, built, bytes, query, restore };
}

export { migrate, sqlite };
