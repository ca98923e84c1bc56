// How figures are written.

export const NAMES = { postgres: 'PostgreSQL', sqlite: 'SQLite' };

export const count = (number) => Math.round(number).toLocaleString('en');
export function figure(number, unit = '') {
  if (!Number.isFinite(number)) return '–';
  const text = number >= 100 ? count(number) : number >= 10 ? number.toFixed(1) : number.toFixed(2);
  return text + unit;
}
export const times = (number) => (number ? `× ${number.toFixed(2)}` : '–');
export const percent = (number) => `${(number * 100).toFixed(0)} %`;
export const megabytes = (bytes) => figure(bytes / 2 ** 20, ' MB');
/** A ledger's size, short enough for the head of a column. */
export const size = (entries) =>
  entries % 1e6 === 0 ? `${entries / 1e6} M` : entries % 1e3 === 0 ? `${entries / 1e3} k` : count(entries);

/** A table in Markdown; all columns but the first are of numbers. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
