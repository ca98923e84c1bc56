// What a ledger needs before it is asked: exports that have a life, and the places that the questions begin at.
import { ask } from './http.mjs';
import { unexported } from './page.mjs';

/** So many entries have changed, have failed or are parked, and so many conflicts are open, on each ledger. */
const OF_EACH = 500;

/** Lets the ledger's exports have a life: the same number of everything, however large it is. */
export async function fill(ledger) {
  const { entries, query } = ledger;
  const now = Date.now() * 1000;
  const some = `id % ${Math.floor(entries / OF_EACH)} = 1`;
  // By the triggers, as whoever corrects an entry does it.
  await query(`UPDATE accounting_entries SET description = 'Corrected: ' || description WHERE ${some}`);
  await query(
    `UPDATE pending_exports SET attempts = 3, failure_type = 1,
       progress = CASE entry_id % 2 WHEN 0 THEN 2 ELSE 3 END,
       due_at = CASE entry_id % 2 WHEN 0 THEN ${now + 3_600_000_000} ELSE 0 END
     WHERE system_key = 1 AND entry_id <= ${entries - OF_EACH}`,
  );
  await query(
    `INSERT INTO export_conflicts (kind, system_key, entry_id, found_at, actor, first_reference_id, second_reference_id)
     SELECT 'POSTED_TWICE', 1, id, ${now}, 'bench', 'GL-' || id, 'GL-' || id || '-2'
     FROM accounting_entries WHERE ${some}`,
  );
  await ledger.settle();
}

/** A place in a list, 1,000 items before its end. */
async function deepIn(url, list) {
  let before = '';
  for (let step = 0; step < 2; step++) {
    const { data } = await ask(url, list(`last: 500${before}`, 'pageInfo { startCursor }'));
    before = `, before: "${Object.values(data)[0].pageInfo.startCursor}"`;
  }
  return before.split('"')[1];
}

const of = (name) => (parameters, selection) => `{ ${name}(systemId: "erp", ${parameters}) { ${selection} } }`;

/** What the questions need to know of a ledger that a gateway serves: moments, and cursors from behind. */
export async function prepare(ledger, { graphql: url, pid }) {
  const { data } = await ask(
    url,
    `{ accountingEntries(last: 1) { nodes { createdAt } }
       first: accountingEntries(first: 1) { nodes { createdAt } } }`,
  );
  const newest = Date.parse(data.accountingEntries.nodes[0].createdAt);
  const oldest = Date.parse(data.first.nodes[0].createdAt);
  const written = (moment) => new Date(moment).toISOString().replace('Z', '000Z');
  return {
    entries: ledger.entries,
    url,
    processes: { gateway: pid, database: ledger.pid },
    dayAgo: written(newest - 86_400_000),
    longAgo: written((newest + oldest) / 2),
    deep: {
      entry: await deepIn(url, (parameters, selection) => unexported(`systemId: "warehouse", ${parameters}`, selection)),
      mark: await deepIn(url, of('entryExports')),
      event: await deepIn(url, of('exportEvents')),
    },
  };
}
