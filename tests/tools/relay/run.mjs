// Compiles Waiting.js over a schema and renders it against a gateway: `run.mjs URL < schema.graphql`. Prints one JSON
// object of what the page shows and what Relay keeps. Everything that is made lies in a folder of its own.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// What never answers fails the test instead of holding it up.
const PATIENCE_MILLISECONDS = 60_000;

const [url] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ledgate-relay-'));

try {
  for (const file of ['package.json', 'relay.config.json', 'Waiting.js', 'page.cjs']) {
    cpSync(join(here, file), join(folder, file));
  }
  symlinkSync(join(here, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, '__generated__'));
  writeFileSync(join(folder, 'schema.graphql'), readFileSync(0));
  const compiler = join(here, 'node_modules', 'relay-compiler', 'cli.js');
  execFileSync(process.execPath, [compiler, 'relay.config.json'], { cwd: folder, stdio: ['ignore', 2, 2] });
  const { run } = createRequire(join(folder, 'package.json'))('./page.cjs');
  let alarm;
  const late = new Promise((_, reject) => {
    alarm = setTimeout(() => reject(new Error('the page did not come to its end')), PATIENCE_MILLISECONDS);
  });
  process.stdout.write(JSON.stringify(await Promise.race([run(url), late])));
  clearTimeout(alarm);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// What React and Relay leave waiting would keep the process for minutes.
process.exit();
