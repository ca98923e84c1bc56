// The databases that are measured: copies of the ledgers, and empty ones. Each has the same words on both kinds.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledgerOnPostgres, ledgerOnSqlite, migrate, removeSqlite, sqlite } from './ledger.mjs';
import { startPostgres } from './servers.mjs';

/** A place for databases of one kind, under the folder of the benchmark's data. */
export async function placeFor(database, folder, binary) {
  const place = await (database === 'postgres' ? onPostgres(folder, binary) : onSqlite(join(folder, 'sqlite'), binary));
  /** An empty ledger. */
  const migrated = async (name) => {
    const ledger = await place.empty(name);
    await migrate(binary, ledger.url);
    return ledger;
  };
  return { ...place, migrated };
}

async function onPostgres(folder, binary) {
  const server = await startPostgres(folder);
  const version = (await server.psql('postgres', 'SHOW server_version')).trim().split(' ')[0];
  // Before PostgreSQL 15 there was no other way to make one.
  const asFiles = parseInt(version) >= 15 ? 'STRATEGY file_copy' : '';
  const anew = async (name, how = '') => {
    const remove = () => server.psql('postgres', `DROP DATABASE IF EXISTS ${name}`);
    await remove();
    await server.psql('postgres', `CREATE DATABASE ${name} ${how}`);
    const query = async (sql) => (await server.psql(name, sql)).trim();
    return {
      name,
      url: server.url(name),
      pid: server.pid,
      query,
      remove,
      settle: () => query('VACUUM (ANALYZE)'),
      bytes: async () => Number(await query('SELECT pg_database_size(current_database())')),
      /** Writes what a SELECT gives to a file, as CSV. */
      unload: (select, path) => server.psql(name, `\\copy (${select}) TO '${path}' CSV`),
      load: (path, table, columns) => server.psql(name, `\\copy ${table} (${columns}) FROM '${path}' CSV`),
    };
  };
  return {
    version,
    server,
    copy: async (name, entries) => {
      const { name: template, built } = await ledgerOnPostgres(server, binary, entries);
      return { ...(await anew(name, `TEMPLATE "${template}" ${asFiles}`)), entries, built };
    },
    empty: (name) => anew(name),
    stop: server.stop,
  };
}

async function onSqlite(folder, binary) {
  const anew = (name) => {
    const path = join(folder, `${name}.db`);
    const remove = async () => removeSqlite(path);
    removeSqlite(path);
    const query = async (sql) => (await sqlite(path, `.timeout 60000\n${sql};`)).trim();
    return {
      name: path,
      url: `sqlite://${path}`,
      query,
      remove,
      settle: () => query('ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)'),
      bytes: async () =>
        Number(await query('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size')),
      unload: (select, file) => sqlite(path, `.mode csv\n.once '${file}'\n${select};`),
      // .import knows no NULL: it fills a table in memory, from which the rows go on. As durable as ledgate.
      load: (file, table, columns) => {
        const values = columns.split(', ').map((column) => `nullif(${column}, '')`);
        const script = `PRAGMA synchronous = FULL;\nPRAGMA temp_store = MEMORY;\nBEGIN;
          CREATE TEMP TABLE staged (${columns});\n.mode csv\n.import '${file}' staged
          INSERT INTO ${table} (${columns}) SELECT ${values} FROM staged;
          COMMIT;`;
        return sqlite(path, script);
      },
    };
  };
  return {
    version: 'inside of ledgate',
    copy: async (name, entries) => {
      const { path, built } = await ledgerOnSqlite(folder, binary, entries);
      const ledger = { ...anew(name), entries, built };
      copyFileSync(path, ledger.name);
      return ledger;
    },
    empty: async (name) => anew(name),
    stop: async () => {},
  };
}
