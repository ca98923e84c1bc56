// Builds GraphiQL into dist/: every file but index.html and the licences has a hash of its content in its
// name, refers to its neighbours by relative address, and can be cached for ever.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledLicences, section } from '../scripts/bundled-licences.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const outdir = 'dist';

const options = {
  absWorkingDir: here,
  outdir,
  bundle: true,
  minify: true,
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  jsx: 'automatic',
  legalComments: 'none', // the licences are collected below
  logLevel: 'warning',
  metafile: true,
};

// Monaco's modules each import a style sheet; GraphiQL's own style sheet has them all already.
const noMonacoCss = {
  name: 'no-monaco-css',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]monaco-editor[\\/].*\.css$/ }, () => ({ contents: '', loader: 'empty' }));
  },
};

process.chdir(here);
await rm(outdir, { recursive: true, force: true });

const workers = await build({
  ...options,
  format: 'iife',
  entryPoints: {
    'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
    'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
    'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
  },
});

const page = await build({
  ...options,
  format: 'esm',
  splitting: true,
  entryPoints: ['src/main.jsx'],
  plugins: [noMonacoCss],
  // GraphiQL imports these by their old names, which lead to CommonJS: nothing in it is found by name then.
  alias: { 'prettier/parser-graphql': 'prettier/plugins/graphql', 'prettier/parser-babel': 'prettier/plugins/babel' },
  define: { ...options.define, WORKERS: JSON.stringify(fileNames(workers, /^(\w+)\.worker-.*\.js$/)) },
});

const main = fileNames(page, /^main-.*\.(js|css)$/);
const html = await readFile('index.html', 'utf8');
await writeFile(`${outdir}/index.html`, html.replace('main.js', main.js).replace('main.css', main.css));
const packages = await bundledLicences([workers.metafile, page.metafile]);
const fonts = section('Fonts', [await readFile('licenses/fonts.txt', 'utf8')]);
const licences = `GraphiQL, as ledgate serves it, is made of these packages.\n\n${packages}\n${fonts}`;
await writeFile(`${outdir}/THIRD_PARTY_LICENSES.txt`, licences);
console.log(`${outdir}: ${(await readdir(outdir)).length} files`);

/** The files just written whose name matches, by what the pattern's group caught. */
function fileNames({ metafile }, pattern) {
  const matches = Object.keys(metafile.outputs).map((path) => basename(path).match(pattern));
  return Object.fromEntries(matches.filter(Boolean).map((match) => [match[1], match[0]]));
}
