// The licences of what esbuild put into a bundle, for the build of a page.
import { readdir, readFile } from 'node:fs/promises';

/** The licence texts of all packages that have a file in these bundles, by esbuild's metafiles, below one another. */
export async function bundledLicences(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = inputs.map((path) => path.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0]).filter(Boolean);
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
  return sections.join('\n');
}

/** Texts under a head. */
export function section(title, texts) {
  const line = '='.repeat(79);
  const body = texts.map((text) => text.replaceAll('\r', '').trim()).filter(Boolean).join('\n\n');
  return `${line}\n${title}\n${line}\n${body}\n`;
}
