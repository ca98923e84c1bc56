// A browser as a person has it.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { address } from './gateway.mjs';

const artefacts = process.env.CONSOLE_ARTEFACTS;
const axe = await readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
let browser;
const contexts = new Set();

/** Opens the console at an address within it. What its own scripts throw, or the browser complains of, is kept in `faults`. */
export async function open(path, options = {}) {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
  contexts.add(context);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults = [];
  page.on('pageerror', (error) => faults.push(`${error.message}\n${error.stack}`));
  page.on('console', (message) => {
    // A request that was made to fail is told by the browser too.
    if (message.type() === 'error' && !/net::ERR_|status of (401|5\d\d)/.test(message.text())) faults.push(message.text());
  });
  await page.goto(`${address}#${path}`);
  return { page, context, faults };
}

/** Closes what a test has opened: a page that is left open goes on asking. */
export async function closePages() {
  const open = [...contexts];
  contexts.clear();
  await Promise.all(open.map((context) => context.close()));
}

/** Ends the browser. */
export async function close() {
  await browser?.close();
}

/** Keeps what the page looks like, where somebody wants it. */
export async function shot(page, name) {
  if (!artefacts) return;
  await mkdir(artefacts, { recursive: true });
  await page.screenshot({ path: join(artefacts, `${name}.png`) });
}

/** What axe finds that is serious or critical. */
export async function seriousFindings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** How far the page is wider than the window. */
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
