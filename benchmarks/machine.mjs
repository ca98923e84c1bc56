// What was measured on, and with which versions.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { cpus, homedir, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newerNode } from './peers.mjs';
import { run } from './processes.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));
const contents = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');

export function machine() {
  let system = '';
  try {
    system = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))[1];
  } catch {
    // then without
  }
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: totalmem(),
    system: [system, `Linux ${release().split('-')[0]}`].filter(Boolean).join(', '),
  };
}

/** The version of the SQLite inside of ledgate, by the source that cargo keeps. */
function bundledSqlite(crate) {
  try {
    const sources = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry/src');
    for (const registry of readdirSync(sources)) {
      const header = join(sources, registry, `libsqlite3-sys-${crate}/sqlite3/sqlite3.h`);
      if (existsSync(header))
        return /#define SQLITE_VERSION\s+"([^"]+)"/.exec(readFileSync(header, 'utf8'))?.[1];
    }
  } catch {
    // then by the crate's version
  }
  return undefined;
}

export async function versions({ binary, given }) {
  const first = async (command, args) => {
    const text = await run(command, args, { cwd: repository }).catch((error) => error.message);
    return text.trim().split('\n')[0];
  };
  const commit = await first('git', ['rev-parse', '--short=10', 'HEAD']);
  const changed = await run('git', ['status', '--porcelain', '--', 'src', 'migrations', 'Cargo.lock'], {
    cwd: repository,
  }).catch(() => '');
  const lock = contents('../Cargo.lock');
  const crate = (name) => new RegExp(`name = "${name}"\\nversion = "([^"]+)"`).exec(lock)?.[1];
  const fromNpm = JSON.parse(contents('package.json')).dependencies;
  const fromPyPI = (name) => new RegExp(`^${name}(?:\\[.*\\])?==(.+)`, 'm').exec(contents('peers/requirements.in'))?.[1];
  // wrk tells its version and fails.
  const wrk = /^wrk (\S+)/.exec(await first('bash', ['-c', 'wrk -v || true']))?.[1];
  const sqliteCrate = crate('libsqlite3-sys');
  return {
    ledgate: (await first(binary, ['--version'])).replace('ledgate ', ''),
    commit: given ? 'a program built elsewhere' : commit + (changed ? ' with changes' : ''),
    digest: createHash('sha256').update(readFileSync(binary)).digest('hex').slice(0, 16),
    sqlite: bundledSqlite(sqliteCrate) ?? `of libsqlite3-sys ${sqliteCrate}`,
    sqliteShell: (await first('sqlite3', ['--version'])).split(' ')[0],
    pgbench: (await first('psql', ['--version'])).replace(/^\D*/, '').split(' ')[0],
    wrk: wrk?.replace(/^debian\//, ''),
    node: (await first(newerNode(), ['--version'])).slice(1),
    postgraphile: fromNpm.postgraphile,
    yoga: fromNpm['graphql-yoga'],
    pg: fromNpm.pg,
    python: (await first('python3', ['--version'])).replace('Python ', ''),
    strawberry: fromPyPI('strawberry-graphql'),
    asyncpg: fromPyPI('asyncpg'),
    uvicorn: fromPyPI('uvicorn'),
  };
}
