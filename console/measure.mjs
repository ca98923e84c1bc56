// Measures a list of the console in Chromium: the first rows, the frames while it is scrolled, and what the page keeps.
//   LEDGATE_URL=http://127.0.0.1:8080 node measure.mjs /systems/erp/waiting
// SPEED is in pixels a second (4000), SECONDS how long is scrolled (10). docs/benchmarks tells what came out.
import { close, open } from './test/browser.mjs';

const list = process.argv[2] ?? '/systems/erp/waiting';
const speed = Number(process.env.SPEED ?? 4000);
const seconds = Number(process.env.SECONDS ?? 10);

const { page, context } = await open(list);
const devtools = await context.newCDPSession(page);
await devtools.send('Performance.enable');

/** What Chromium counts of the page. */
async function counted() {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** What the page keeps, after everything else was thrown away. */
async function kept() {
  await devtools.send('HeapProfiler.collectGarbage');
  const { JSHeapUsedSize, Nodes } = await counted();
  return `${(JSHeapUsedSize / 1e6).toFixed(1)} MB, ${Nodes} nodes`;
}

/** When the first rows were painted, in milliseconds from the address on. */
async function firstRows() {
  const address = page.url();
  await page.goto('about:blank');
  await page.goto(address);
  await page.locator('.row').first().waitFor();
  return page.evaluate(() => new Promise((done) => requestAnimationFrame((now) => done(Math.round(now)))));
}

const times = [await firstRows(), await firstRows(), await firstRows()];
console.log(`first rows after ${Math.min(...times)} to ${Math.max(...times)} ms`);
console.log(`at the beginning: ${await kept()}`);

await page.evaluate(() => {
  globalThis.frames_ = [];
  globalThis.mostRows = 0;
  let before = performance.now();
  const frame = (now) => {
    globalThis.frames_.push(now - before);
    globalThis.mostRows = Math.max(globalThis.mostRows, document.querySelectorAll('.row').length);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
});
const before = await counted();
await devtools.send('Input.synthesizeScrollGesture', {
  x: 600,
  y: 500,
  yDistance: -speed * seconds,
  speed,
  gestureSourceType: 'mouse',
  preventFling: true,
});
const after = await counted();
const { frames, mostRows } = await page.evaluate(() => ({ frames: globalThis.frames_, mostRows: globalThis.mostRows }));
frames.sort((one, other) => one - other);
const at = (share) => frames[Math.floor(share * (frames.length - 1))].toFixed(1);
const rate = (1000 * frames.length) / frames.reduce((sum, frame) => sum + frame, 0);
console.log(`${speed} pixels a second: ${rate.toFixed(1)} frames a second; half within ${at(0.5)} ms, 99 % within ${at(0.99)} ms`);
const busy = (100 * (after.TaskDuration - before.TaskDuration)) / (after.Timestamp - before.Timestamp);
console.log(`the page was at work for ${busy.toFixed(0)} % of the time`);
console.log(`after it: ${await kept()}; ${mostRows} rows were drawn at the most`);
await close();
