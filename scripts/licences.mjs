// Prints the licence texts of all crates that the program is built from, as their authors ask for. `cargo metadata` tells
// which those are: what only tests use, or other systems, is not among them.
import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { section } from './bundled-licences.mjs';

const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
const host = run('rustc', '-vV').match(/^host: (.*)$/m)[1];
const metadata = JSON.parse(run('cargo', 'metadata', '--locked', '--format-version', '1', '--filter-platform', host));
const packages = new Map(metadata.packages.map((pack) => [pack.id, pack]));
const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));

const found = new Set();
const waiting = [metadata.packages.find(({ name, source }) => name === 'ledgate' && source === null).id];
while (waiting.length > 0) {
  const id = waiting.pop();
  if (found.has(id)) continue;
  found.add(id);
  const used = nodes.get(id).deps.filter(({ dep_kinds: kinds }) => kinds.some(({ kind }) => kind !== 'dev'));
  waiting.push(...used.map(({ pkg }) => pkg));
}
const crates = [...found].map((id) => packages.get(id)).filter(({ source }) => source !== null);
crates.sort((a, b) => (a.name < b.name ? -1 : 1));

console.log('The program ledgate is made of these crates.\n');
for (const { name, version, license, authors, repository, manifest_path: manifest } of crates) {
  const folder = dirname(manifest);
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|copyright|notice|unlicense)/i.test(file));
  const texts = await Promise.all(
    files.sort().map((file) => readFile(`${folder}/${file}`, 'utf8').catch(() => '')), // a folder of licences
  );
  const known = texts.filter((text) => text.trim() !== '');
  const shown = known.length > 0 ? known : [[authors.join(', '), repository].filter(Boolean).join('\n')];
  console.log(section(`${name} ${version}: ${license ?? 'see below'}`, shown));
}
