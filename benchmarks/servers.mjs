// The servers: a PostgreSQL cluster of our own, ledgate, and the peers.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atEnd, freePort, run, start, stop } from './processes.mjs';
import { ready } from './http.mjs';

/** The newest PostgreSQL that Debian keeps. */
export function postgresPrograms() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const newest = versions.filter((version) => existsSync(`/usr/lib/postgresql/${version}/bin/initdb`));
  if (newest.length === 0) throw new Error('there is no PostgreSQL in /usr/lib/postgresql');
  return `/usr/lib/postgresql/${newest.sort((a, b) => b - a)[0]}/bin`;
}

/**
 * Starts PostgreSQL on loopback. Durable as it is shipped: fsync and synchronous commits are on. Memory and
 * the distance of checkpoints are what one would set on a machine of this size.
 */
export async function startPostgres(folder) {
  const programs = postgresPrograms();
  const root = process.getuid() === 0;
  // The server refuses to run as root.
  const as = (program, ...args) =>
    run(
      ...(root
        ? ['runuser', ['-u', 'postgres', '--', join(programs, program), ...args]]
        : [join(programs, program), args]),
      { cwd: '/', env: { ...process.env, LC_ALL: 'C' } },
    );
  const data = join(folder, 'postgres'),
    secret = join(folder, 'password');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    mkdirSync(data, { recursive: true });
    chmodSync(data, 0o700);
    writeFileSync(secret, randomBytes(16).toString('hex') + '\n', { mode: 0o600 });
    if (root) await run('chown', ['postgres', data, secret]);
    await as(
      'initdb',
      '-D',
      data,
      '-U',
      'postgres',
      `--pwfile=${secret}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
    ).catch((error) => {
      throw new Error(`${error.message}\n(the user postgres has to be able to enter the folder of --data)`);
    });
  }
  const stopServer = () => as('pg_ctl', '-D', data, '-m', 'fast', '-w', '-t', '300', 'stop').catch(() => {});
  // Left over from a run that was killed.
  if (existsSync(join(data, 'postmaster.pid'))) await stopServer();
  const port = await freePort();
  const buffers = Math.min(2048, Math.floor(totalmem() / 4 / 2 ** 20));
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    shared_buffers: `${buffers}MB`,
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
  };
  const options = Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
  atEnd(stopServer);
  // Its output goes to a file: a pipe would stay open as long as the server runs.
  await as('pg_ctl', '-D', data, '-l', join(data, 'log'), '-w', '-t', '300', '-o', options, 'start');
  const password = readFileSync(secret, 'utf8').trim();
  const pid = parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'));
  const env = {
    ...process.env,
    PGHOST: '127.0.0.1',
    PGPORT: String(port),
    PGUSER: 'postgres',
    PGPASSWORD: password,
  };
  return {
    env,
    pid,
    settings: { shared_buffers: settings.shared_buffers, max_wal_size: settings.max_wal_size, fsync: 'on' },
    url: (database) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`,
    psql: (database, sql, ...args) =>
      run('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', database, ...args], {
        env,
        input: sql,
      }),
    stop: stopServer,
  };
}

/** Starts a program and keeps the end of what it complains about. */
function startServer(command, args, env) {
  const child = start(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.complaint = '';
  child.stderr.on('data', (text) => (child.complaint = (child.complaint + text).slice(-4000)));
  return child;
}

/** Ledgate with its own defaults; only warnings are logged. */
export async function startLedgate(binary, url) {
  const base = `http://127.0.0.1:${await freePort()}`;
  const child = startServer(binary, ['serve'], {
    LEDGATE_DATABASE_URL: url,
    LEDGATE_HTTP_LISTEN: base.slice(7),
    LEDGATE_LOG_FILTER: 'warn',
  });
  await ready(`${base}/readyz`, child);
  return { base, graphql: `${base}/graphql`, pid: child.pid, child, stop: () => stop(child) };
}

/** A peer of ours, in so many processes, which one process started. */
export async function startPeer({ program, file }, url, processes) {
  const base = `http://127.0.0.1:${await freePort()}/graphql`;
  const child = startServer(program(), [fileURLToPath(new URL(`peers/${file}`, import.meta.url))], {
    NODE_ENV: 'production',
    GRAPHILE_ENV: 'production',
    DATABASE_URL: url,
    PORT: new URL(base).port,
    PROCESSES: String(processes),
  });
  const body = '{"query":"{__typename}"}';
  await ready(base, child, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return { url: base, pid: child.pid, stop: () => stop(child) };
}
