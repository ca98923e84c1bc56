// Puts a case under load: the young and the old ledger in turns, so that a drift of the machine hits both.
import { isPage } from './cases.mjs';
import { against, median, medians } from './figures.mjs';
import { ask, send } from './http.mjs';
import { CONNECTIONS, load } from './load.mjs';
import { mark } from './page.mjs';

const MARKS_A_CALL = 10;
const CALLS = 300;

/** Marking calls of one round: entries that no other round marks. 1,000 are left to the other cases. */
function marking({ url, processes }, round, rounds) {
  const calls = Math.min(CALLS, Math.floor(900 / rounds));
  const bodies = Array.from({ length: calls }, (_, call) => {
    const first = (round * calls + call) * MARKS_A_CALL + 1;
    const ids = Array.from({ length: MARKS_A_CALL }, (_, index) => first + index);
    return JSON.stringify({ query: mark('warehouse', ids) });
  });
  return { url, processes, bodies, seconds: 120, each: true };
}

/** Asks the question of a case until the caches know it, checks the answer, and gives what to load with. */
async function warmUp(theCase, context, seconds) {
  const query = theCase.query(context);
  // The query planner and the caches have seen it, and so have we.
  const { data } = await ask(context.url, query);
  if (theCase.check) theCase.check(data, context);
  else isPage(data);
  const body = JSON.stringify({ query });
  const headers = { 'content-type': 'application/json' };
  const answers = [];
  while (answers.length < 3) answers.push(await send(context.url, { method: 'POST', body, headers }));
  const alone = median(answers.map(({ milliseconds }) => milliseconds));
  // A slow case gets as long as some answers a connection take, or it would be cut before its first one.
  const patience = Math.min(60, Math.ceil((CONNECTIONS * alone) / 1000));
  const { url, processes } = context;
  const size = Buffer.byteLength(answers[0].text);
  const options = { url, processes, bodies: [body], size, seconds: Math.max(seconds, patience) };
  await load({ ...options, seconds: Math.max(1, Math.ceil(patience / 2)) });
  return { alone, options };
}

/** One case on both ledgers. `alone` are the milliseconds of an answer that nobody else waits for. */
export async function runCase(theCase, contexts, { seconds, rounds }) {
  const sides = [];
  for (const context of contexts) {
    sides.push({ context, loads: [], ...(theCase.each ? {} : await warmUp(theCase, context, seconds)) });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { context, options, loads } of sides) loads.push(await load(options ?? marking(context, round, rounds)));
  }
  const [small, big] = sides.map(({ alone, loads }) => ({ alone, ...medians(loads) }));
  return { small, big, cost: against(sides[0].loads, sides[1].loads) };
}
