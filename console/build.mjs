// Builds the console into dist/: every file but index.html and the licences has a hash of its content in its name, refers
// to its neighbours by relative address, and can be cached for ever.
import { access, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledLicences } from '../scripts/bundled-licences.mjs';

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
const licences = `The console, as ledgate serves it, is made of these packages.\n\n${await bundledLicences([page.metafile])}`;
await writeFile(`${outdir}/THIRD_PARTY_LICENSES.txt`, licences);
const files = await readdir(outdir);
const sizes = await Promise.all(files.map(async (file) => (await stat(`${outdir}/${file}`)).size));
console.log(`${outdir}: ${files.length} files, ${Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1024)} KiB`);
