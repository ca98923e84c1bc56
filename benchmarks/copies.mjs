// Copies of a ledger, to be written to: what a ledger was built as stays as it is for the next run.
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onPostgres, onSqlite, sqlite } from './ledger.mjs';
import { startPostgres } from './servers.mjs';

/** A database under the folder: what makes copies in it, and stops it. */
export async function databaseIn(folder, database, binary) {
  if (database === 'sqlite') {
    const copy = (name, entries) => copyOnSqlite(folder, binary, name, entries);
    return { copy, version: 'inside of ledgate', stop: async () => {} };
  }
  const server = await startPostgres(folder);
  const version = (await server.psql('postgres', 'SHOW server_version')).trim().split(' ')[0];
  const copy = (name, entries) => copyOnPostgres(server, binary, name, entries);
  return { copy, version, stop: server.stop };
}

async function copyOnPostgres(server, binary, name, entries) {
  const { name: template } = await onPostgres(server, binary, entries);
  const database = `copy_${name}`;
  const remove = () => server.psql('postgres', `DROP DATABASE IF EXISTS ${database}`);
  await remove();
  await server.psql('postgres', `CREATE DATABASE ${database} TEMPLATE "${template}"`);
  const query = async (sql) => (await server.psql(database, sql)).trim();
  return {
    entries,
    url: server.url(database),
    query,
    remove,
    settle: () => query('VACUUM (ANALYZE)'),
    /** Writes what a SELECT of numbers and plain texts gives to a file, with commas between. */
    unload: (select, path) => server.psql(database, `\\copy (${select}) TO '${path}' CSV`),
  };
}

async function copyOnSqlite(folder, binary, name, entries) {
  const { name: original } = await onSqlite(folder, binary, entries);
  const path = join(folder, 'sqlite', `copy_${name}.db`);
  const remove = async () => ['', '-shm', '-wal'].forEach((end) => rmSync(path + end, { force: true }));
  await remove();
  copyFileSync(original, path);
  const query = async (sql) => (await sqlite(path, `.timeout 60000\n${sql};`)).trim();
  return {
    entries,
    url: `sqlite://${path}`,
    query,
    remove,
    settle: () => query('ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)'),
    unload: (select, file) => sqlite(path, `.mode csv\n.once '${file}'\n${select};`),
  };
}
