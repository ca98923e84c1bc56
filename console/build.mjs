// Builds the console into dist/: every file but index.html and the licences has a hash of its content in its name, refers
// to its neighbours by relative address, and can be cached for ever.
import { access, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const outdir = 'dist';

process.chdir(here);
await access('../clients/typescript/dist/documents.js').catch(() => {
  throw new Error('Build the typed documents first: npm ci && npm run build in clients/typescript');
});
await rm(outdir, { recursive: true, force: true });

const page = await build({
  absWorkingDir: here,
  outdir,
  bundle: true,
  minify: true,
  format: 'esm',
  splitting: true,
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
  entryPoints: ['src/main.tsx'],
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.woff2': 'file' },
  jsx: 'automatic',
  legalComments: 'none', // the licences are collected below
  logLevel: 'warning',
  metafile: true,
});

const main = Object.fromEntries(
  Object.keys(page.metafile.outputs)
    .map((path) => basename(path).match(/^main-.*\.(js|css)$/))
    .filter(Boolean)
    .map(([name, kind]) => [kind, name]),
);
const html = await readFile('index.html', 'utf8');
await writeFile(`${outdir}/index.html`, html.replace('main.js', main.js).replace('main.css', main.css));
await writeFile(`${outdir}/THIRD_PARTY_LICENSES.txt`, await licences(page.metafile));
const files = await readdir(outdir);
const sizes = await Promise.all(files.map(async (file) => (await stat(`${outdir}/${file}`)).size));
console.log(`${outdir}: ${files.length} files, ${Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1024)} KiB`);

/** The licence texts of all packages that have a file in the bundle. */
async function licences({ inputs }) {
  const folders = Object.keys(inputs)
    .map((path) => path.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0])
    .filter(Boolean);
  const sections = [];
  for (const folder of [...new Set(folders)].sort()) {
    const { name, version, license, author, repository } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice|thirdpartynotices)/i.test(file));
    const texts = await Promise.all(files.sort().map((file) => readFile(`${folder}/${file}`, 'utf8')));
    if (texts.length === 0) {
      texts.push([author?.name ?? author, repository?.url ?? repository].filter(Boolean).join('\n'));
    }
    sections.push(section(`${name} ${version}: ${license}`, texts));
  }
  return `The console, as ledgate serves it, is made of these packages.\n\n${sections.join('\n')}`;
}

function section(title, texts) {
  const body = texts.map((text) => text.replaceAll('\r', '').trim()).join('\n\n');
  return `${'='.repeat(79)}\n${title}\n${'='.repeat(79)}\n${body}\n`;
}
