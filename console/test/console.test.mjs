// What a person does in the console, in a real browser against a real gateway: LEDGATE_URL is its address. Each test makes a
// system and entries of its own, so that they can run against any ledger. CONSOLE_ARTEFACTS is a folder for screenshots.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { close, closePages, open, overflow, seriousFindings, shot } from './browser.mjs';
import { address, ask, countOf, mark, newSystem, record, refuse, statusOf, unique } from './gateway.mjs';

afterEach(closePages);
after(close);

/** The address of a tab of a system, narrowed to a journal. */
const tab = (systemId, name, journal) => `/systems/${systemId}/${name}${journal ? `?journalCode.eq=${journal}` : ''}`;

/** The name of the operation that a request carries out; queries go by GET. */
const operationOf = (request) => new URL(request.url()).searchParams.get('operationName');

/** Waits until the notice says something. */
const told = (page, text) => page.locator('.notice', { hasText: text }).waitFor();

/** Waits until a list has this many rows for vouchers. */
async function vouchersShown(page, count) {
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('.row[data-kind="voucher"]').length === wanted,
    count,
  );
}

test('a person who has never seen it marks a voucher, finds out why another failed, requeues it and un-marks a third', async () => {
  const systemId = await newSystem();
  const journal = unique('W');
  const [marked, failed, unmarked] = await record(journal, ['Sale of lamps', 'Sale with an account that is unknown', 'Sale sent too early']);
  await refuse(failed, systemId, 'UNKNOWN_ACCOUNT', 'account 707000 is not in the chart of accounts');
  await mark([unmarked], systemId);
  const { page, faults } = await open('/');
  let clicks = 0;
  const click = async (locator) => {
    await locator.click();
    clicks += 1;
  };

  await click(page.getByRole('link', { name: `${systemId}: open` }));
  await page.getByRole('searchbox').fill('Sale of lamps');
  await click(page.getByRole('checkbox', { name: `Select voucher ${journal} 1` }));
  await shot(page, 'walk-1-selected');
  await click(page.getByRole('region', { name: 'What is selected' }).getByRole('button', { name: 'Mark as sent' }));
  const dialog = page.getByRole('dialog');
  assert.match(await dialog.innerText(), new RegExp(`1 voucher with 2 entries of this list will count as sent to ${systemId}`));
  await shot(page, 'walk-2-mark');
  await click(dialog.getByRole('button', { name: 'Mark 1 voucher' }));
  await told(page, 'Marked as sent: 1 voucher with 2 entries');
  assert.equal((await statusOf(marked, systemId)).state, 'EXPORTED');

  await click(page.getByRole('navigation', { name: 'Lists of the system' }).getByRole('link', { name: 'Failed' }));
  const row = page.getByRole('row', { name: new RegExp(`${journal} 2`) }).first();
  await row.getByText('account 707000 is not in the chart of accounts').waitFor();
  await row.getByText('Unknown account').waitFor();
  await shot(page, 'walk-3-failed');
  await click(page.getByRole('checkbox', { name: `Select voucher ${journal} 2` }));
  await click(page.getByRole('button', { name: 'Requeue', exact: true }));
  await click(dialog.getByRole('button', { name: 'Requeue 1 voucher' }));
  await told(page, 'Requeued: 1 voucher');
  const status = await statusOf(failed, systemId);
  assert.equal(status.state, 'PENDING');
  assert.equal(status.attempts, 0);

  await click(page.getByRole('navigation', { name: 'Lists of the system' }).getByRole('link', { name: 'Sent' }));
  await click(page.getByRole('checkbox', { name: `Select voucher ${journal} 3` }));
  await click(page.getByRole('button', { name: 'Un-mark', exact: true }));
  assert.ok(await dialog.getByRole('button', { name: 'Un-mark 1 voucher' }).isDisabled(), 'a reason is needed');
  await page.keyboard.type('sent before the month was closed');
  await shot(page, 'walk-4-unmark');
  await click(dialog.getByRole('button', { name: 'Un-mark 1 voucher' }));
  await told(page, 'Un-marked: 1 voucher');
  assert.equal((await statusOf(unmarked, systemId)).state, 'PENDING');

  await page.goto(`${address}#/systems/${systemId}/waiting?journalCode.eq=${journal}`);
  await vouchersShown(page, 2);
  assert.ok(clicks <= 12, `it took ${clicks} clicks`);
  assert.deepEqual(faults, []);
});

test('all that match the filter are selected, not the page, and carried out in calls of at most 500', async () => {
  const systemId = await newSystem();
  const journal = unique('S');
  const count = 620;
  await record(journal, Array.from({ length: count }, (_, place) => `Bulk ${place}`), (place) => `${place}.0001`);
  const other = unique('O');
  await record(other, ['Not in the filter']);
  const { page, faults } = await open(tab(systemId, 'waiting', journal));
  const sizes = [];
  page.on('request', (request) => {
    const body = request.postData() ?? '';
    if (body.includes('parkExports')) sizes.push(JSON.parse(body).variables.input.items.length);
  });

  await page.getByRole('button', { name: 'Select all 1,240 that match' }).click();
  const bar = page.getByRole('region', { name: 'What is selected' });
  await bar.getByText('620 vouchers, 1,240 entries').waitFor();
  // 0.0001 + … + 619.0001: no digit is lost.
  assert.match(await bar.innerText(), /191,890\.062/);
  await shot(page, 'select-all');
  await bar.getByRole('button', { name: 'Park' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('620 vouchers with 1,240 entries of this list will be set aside').waitFor();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('the chart of accounts is being changed');
  await dialog.getByRole('button', { name: 'Park 620 vouchers' }).click();
  await told(page, 'Parked: 620 vouchers with 1,240 entries');

  assert.deepEqual(sizes, [500, 120]);
  assert.equal(await countOf(systemId, journal, ['PARKED']), 1240);
  assert.equal(await countOf(systemId, journal, ['PENDING']), 0);
  assert.equal(await countOf(systemId, other, ['PENDING']), 2, 'what does not match stays');
  await page.getByText('Nothing matches the filter').waitFor();
  assert.deepEqual(faults, []);
});

test('what could not be carried out is told item by item, and the rest is done', async () => {
  const systemId = await newSystem();
  const journal = unique('F');
  const vouchers = await record(journal, ['One', 'Two', 'Three']);
  const { page } = await open(tab(systemId, 'waiting', journal));
  await page.getByRole('checkbox', { name: 'Select all that are shown' }).click();
  await page.getByRole('button', { name: 'Park', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('later');
  // Somebody else is faster with one of them.
  await mark([vouchers[1]], systemId);
  await dialog.getByRole('button', { name: 'Park 3 vouchers' }).click();
  await dialog.getByText('1 item could not be carried out').waitFor();
  await dialog.getByText('It was sent already. Take the mark back first').waitFor();
  await shot(page, 'partly-done');
  assert.match(await dialog.innerText(), /Parked: 2 vouchers/);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const states = await Promise.all(vouchers.map((voucher) => statusOf(voucher, systemId)));
  assert.deepEqual(states.map(({ state }) => state), ['PARKED', 'EXPORTED', 'PARKED']);
});

test('filters are put together by hand, stay in the address, and the back button takes them away again', async () => {
  const systemId = await newSystem();
  const journal = unique('B');
  await record(journal, ['Rent', 'Electricity', 'Rent of the shop'], (place) => `${(place + 1) * 100}.00`);
  const { page, context, faults } = await open(tab(systemId, 'waiting', journal));
  await vouchersShown(page, 3);

  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByLabel('Field').selectOption('debit');
  await page.getByLabel('Condition').selectOption('between');
  await page.getByLabel('From').fill('150');
  await page.getByLabel('To', { exact: true }).fill('300');
  await page.getByRole('button', { name: 'Apply' }).click();
  await vouchersShown(page, 2);
  assert.match(page.url(), /debit\.between=150&debit\.between=300/);
  await page.getByRole('searchbox').fill('Rent');
  await vouchersShown(page, 1);
  await shot(page, 'filters');

  const second = await context.newPage();
  await second.goto(page.url());
  await vouchersShown(second, 1);
  assert.equal(await second.getByRole('searchbox').inputValue(), 'Rent');

  await page.goBack();
  await vouchersShown(page, 2);
  assert.equal(await page.getByRole('searchbox').inputValue(), '');
  await page.goBack();
  await vouchersShown(page, 3);
  await page.goForward();
  await vouchersShown(page, 2);
  await page.getByRole('button', { name: /Remove the filter Debit/ }).click();
  await vouchersShown(page, 3);

  await page.goto(`${address}#/systems/${systemId}/waiting?journalCode.like=${journal}`);
  await page.getByText('Unknown filter, left out: journalCode.like').waitFor();
  assert.deepEqual(faults, []);
});

test('hostile texts neither run nor break the layout', async () => {
  const systemId = await newSystem();
  const journal = unique('H');
  const texts = [
    '<script>window.ran = true</script><img src=x onerror="window.ran = true">',
    '\u202Egnp.exe\u202C right to left, and \u2067more of it',
    'x'.repeat(2000),
    '=HYPERLINK("https://example.com")',
  ];
  const vouchers = await record(journal, texts);
  await refuse(vouchers[2], systemId, 'OTHER', `${'y'.repeat(1000)}<script>window.ran = true</script>`);
  for (const width of [1280, 390]) {
    const { page, faults } = await open(tab(systemId, 'waiting', journal), { viewport: { width, height: 800 } });
    await vouchersShown(page, 3);
    assert.ok((await page.locator('.ledger').innerText()).includes('<script>window.ran = true</script>'), 'it is shown as text');
    assert.ok((await overflow(page)) <= 0, `the list at ${width}`);
    await page.goto(`${address}#${tab(systemId, 'failed', journal)}`);
    await page.getByText('yyyyy').first().waitFor();
    assert.ok((await overflow(page)) <= 0, `what failed at ${width}`);
    await shot(page, `hostile-${width}`);
    const link = page.getByRole('link', { name: /Entry \d+: x+/ }).first();
    await link.click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    assert.ok((await overflow(page)) <= 0, `the entry at ${width}`);
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.deepEqual(faults, []);
  }

  const { page } = await open(tab(systemId, 'waiting', journal));
  await vouchersShown(page, 3);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the list as CSV' }).click(),
  ]);
  const stream = await download.createReadStream();
  let text = '';
  for await (const part of stream) text += part;
  assert.equal(text.trim().split('\r\n').length, 7, 'a head and six entries');
  assert.ok(text.includes(`"'=HYPERLINK(""https://example.com"")"`), 'no spreadsheet carries it out');
});

test('an entry has its fields, its voucher, its state for every system, and its timeline with links', async () => {
  const systemId = await newSystem();
  const journal = unique('E');
  const [voucherId] = await record(journal, ['Invoice of the joiner']);
  await ask('mutation ($input: MarkVouchersExportedInput!) { markVouchersExported(input: $input) { userErrors { code message } } }', {
    input: {
      vouchers: [
        { voucherId, systemId, note: 'run 118', reference: { documentId: 'GL-118', url: 'https://erp.example.com/gl/118' } },
      ],
    },
  });
  const { voucher } = await ask('query ($id: ID!) { voucher(id: $id) { entries { nodes { entryId } } } }', { id: voucherId });
  const { page, faults } = await open(`/entries/${voucher.entries.nodes[0].entryId}`);
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await timeline.getByText('run 118').waitFor();
  const link = timeline.getByRole('link', { name: /GL-118/ });
  assert.equal(await link.getAttribute('href'), 'https://erp.example.com/gl/118');
  assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
  await page.getByRole('region', { name: `Voucher ${journal} 1` }).getByText('707000').waitFor();
  const states = page.getByRole('region', { name: 'For every system' });
  await states.getByRole('listitem').filter({ hasText: systemId }).getByText('Sent', { exact: true }).waitFor();
  await shot(page, 'entry');
  assert.deepEqual(faults, []);
});

test('figures follow what others do, without a click', async () => {
  const systemId = await newSystem();
  const journal = unique('L');
  const [first] = await record(journal, ['One', 'Two']);
  const { page } = await open(tab(systemId, 'waiting', journal));
  await vouchersShown(page, 2);
  await mark([first], systemId);
  await vouchersShown(page, 1);
});

test('where the gateway tells what changes, the page is told by it', async () => {
  const systemId = await newSystem();
  const journal = unique('M');
  const [first] = await record(journal, ['One', 'Two']);
  const { page, context } = await open('/nowhere');
  await page.goto('about:blank');
  // A gateway that has the subscription, whether this one has it or not.
  await context.route('**/graphql*', async (route) => {
    if (operationOf(route.request()) !== 'ConsoleSubscriptions') return route.continue();
    return route.fulfill({ json: { data: { __type: { fields: [{ name: 'exportSystemChanged' }] } } } });
  });
  let tell;
  const told = [];
  await context.routeWebSocket(/\/graphql$/, (socket) => {
    socket.onMessage((text) => {
      const message = JSON.parse(text);
      told.push(message.type);
      if (message.type === 'connection_init') socket.send(JSON.stringify({ type: 'connection_ack' }));
      if (message.type !== 'subscribe') return;
      assert.deepEqual(message.payload.variables, { systemId });
      const exportSystemChanged = {
        __typename: 'ExportSystem',
        id: `system/${systemId}`,
        lastMarkedAt: null,
        oldestUnexportedAt: null,
        states: [],
      };
      tell = () => socket.send(JSON.stringify({ id: message.id, type: 'next', payload: { data: { exportSystemChanged } } }));
    });
  });
  await page.goto(`${address}#${tab(systemId, 'waiting', journal)}`);
  await vouchersShown(page, 2);
  for (let tries = 0; !tell && tries < 100; tries += 1) await page.waitForTimeout(100);
  const asked = [];
  page.on('request', (request) => {
    if (operationOf(request) === 'ConsoleSystem') asked.push(request.url());
  });
  await page.waitForTimeout(5000);
  assert.deepEqual(asked, [], 'it does not ask every few seconds');
  await mark([first], systemId);
  tell();
  await vouchersShown(page, 1);
  assert.deepEqual(told, ['connection_init', 'subscribe']);
});

test('a gateway that goes away says so, comes back by itself, and what was begun goes on', async () => {
  const systemId = await newSystem();
  const journal = unique('A');
  await record(journal, Array.from({ length: 25 }, (_, place) => `Voucher ${place}`));
  const { page } = await open(tab(systemId, 'waiting', journal));
  await page.getByRole('button', { name: 'Select all 50 that match' }).click();
  await page.getByRole('region', { name: 'What is selected' }).getByRole('button', { name: 'Mark as sent' }).click();

  let calls = 0;
  await page.route('**/graphql*', async (route) => {
    const isMark = (route.request().postData() ?? '').includes('markVouchersExported');
    calls += isMark ? 1 : 0;
    // The second call is carried out, and its answer is lost.
    if (calls === 2 && isMark) await route.fetch();
    return calls >= 2 ? route.abort('connectionrefused') : route.continue();
  });
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Mark 25 vouchers' }).click();
  await dialog.getByText('This goes on by itself').waitFor();
  await page.getByText('The gateway does not answer.', { exact: false }).first().waitFor();
  await shot(page, 'away');
  // What the page asks every few seconds fails too, and nothing may vanish from it.
  await page.waitForEvent('requestfailed', (request) => operationOf(request) === 'ConsoleSystem');
  await page.waitForEvent('requestfailed', (request) => operationOf(request) === 'ConsoleSystem');
  assert.ok((await page.locator('.row[data-kind="voucher"]').count()) > 0);
  await page.unroute('**/graphql*');
  await told(page, 'Marked as sent: 25 vouchers with 50 entries');
  await page.locator('.away').waitFor({ state: 'detached' });
  assert.equal(await countOf(systemId, journal, null), 0);
  const { entryExports } = await ask(
    'query ($systemId: SystemId!) { entryExports(systemId: $systemId, first: 100) { nodes { remarked } } }',
    { systemId },
  );
  assert.equal(entryExports.nodes.length, 50);
  assert.ok(entryExports.nodes.every(({ remarked }) => !remarked), 'no call was carried out twice');
});

test('a stop leaves the rest as it was', async () => {
  const systemId = await newSystem();
  const journal = unique('T');
  await record(journal, Array.from({ length: 60 }, (_, place) => `Voucher ${place}`));
  const { page } = await open(tab(systemId, 'waiting', journal));
  await page.getByRole('button', { name: 'Select all 120 that match' }).click();
  await page.getByRole('region', { name: 'What is selected' }).getByRole('button', { name: 'Mark as sent' }).click();
  let release;
  let calls = 0;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/graphql*', async (route) => {
    if ((route.request().postData() ?? '').includes('markVouchersExported') && ++calls === 3) await held;
    return route.continue();
  });
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Mark 60 vouchers' }).click();
  await dialog.getByText('20 of 60 items').waitFor();
  await dialog.getByRole('button', { name: 'Stop' }).click();
  release();
  await dialog.getByText('Stopped: 30 items were left as before.').waitFor();
  assert.match(await dialog.innerText(), /Marked as sent: 30 vouchers/);
  assert.equal(await countOf(systemId, journal, ['PENDING']), 60);
});

test('a server that asks for a token gets one, and a refused one says what to do', async () => {
  const { page } = await open('/settings');
  await page.getByRole('heading', { name: 'What you may do' }).waitFor();
  await page.route('**/graphql*', async (route) => {
    const { authorization, ...headers } = route.request().headers();
    if (authorization === 'Bearer lgt_good') return route.continue({ headers });
    return route.fulfill({
      status: 401,
      contentType: 'application/json',
      body: JSON.stringify({ errors: [{ message: 'no token', extensions: { code: 'UNAUTHENTICATED' } }] }),
    });
  });
  await page.reload();
  await page.getByText('This server asks for an access token.').waitFor();
  await shot(page, 'token');
  const input = page.getByRole('textbox', { name: 'Access token' });
  await input.fill('lgt_bad');
  await page.keyboard.press('Enter');
  await page.getByText('The token was refused').waitFor();
  await input.fill('lgt_good');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'What you may do' }).waitFor();
  const kept = await page.evaluate(() => Object.values(localStorage).join(' '));
  assert.ok(!kept.includes('lgt_good'), 'it does not stay in the browser');
});

test('a file is checked, then loaded', async () => {
  const journal = unique('I');
  const file = [
    'external_id,journal_code,entry_number,posting_date,account_number,description,debit,credit,currency',
    `${journal}-1,${journal},1,2026-04-30,411000,Imported,10.00,0.00,EUR`,
    `${journal}-2,${journal},1,2026-04-30,707000,Imported,0.00,10.00,EUR`,
  ].join('\n');
  const { page, faults } = await open('/import');
  const found = async () =>
    (await ask('query ($journal: String!) { accountingEntries(filter: { journalCode: { eq: $journal } }) { nodes { id } } }', { journal }))
      .accountingEntries.nodes.length;
  await page.locator('input[type=file]').setInputFiles({ name: `${journal}.csv`, mimeType: 'text/csv', buffer: Buffer.from(file) });
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByRole('heading', { name: 'This is what would happen' }).waitFor();
  await shot(page, 'import');
  assert.equal(await found(), 0, 'nothing is written by the check');
  await page.getByRole('button', { name: 'Load' }).click();
  await page.getByRole('heading', { name: 'This has happened' }).waitFor();
  assert.equal(await found(), 2);
  await page.getByText(`${journal}.csv`).first().waitFor();
  assert.deepEqual(faults, []);
});

test('in French, with numbers and dates as the French write them, and the choice is kept', async () => {
  const systemId = await newSystem();
  const journal = unique('N');
  await record(journal, ['Vente'], () => '1234567.8901');
  const { page, faults } = await open(tab(systemId, 'waiting', journal), { locale: 'fr-FR' });
  await vouchersShown(page, 1);
  await page.getByRole('link', { name: 'Grand livre' }).waitFor();
  const text = (await page.locator('.ledger').innerText()).replace(/[\u00a0\u202f]/g, ' ');
  assert.match(text, /1 234 567,8901/);
  assert.match(text, /31 mars 2026/);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'fr');
  await shot(page, 'french');
  await page.getByRole('button', { name: 'Langue et couleurs' }).click();
  await page.getByRole('menuitem', { name: 'English' }).click();
  await page.getByRole('link', { name: 'Ledger' }).waitFor();
  await page.reload();
  await page.getByRole('link', { name: 'Ledger' }).waitFor();
  assert.deepEqual(faults, []);
});

test('with the keyboard alone', async () => {
  const systemId = await newSystem();
  const journal = unique('K');
  const [, second] = await record(journal, ['One', 'Two']);
  const { page } = await open(tab(systemId, 'waiting', journal));
  await vouchersShown(page, 2);
  await page.getByRole('checkbox', { name: `Select voucher ${journal} 1` }).focus();
  // Past the two lines of the first voucher.
  for (let step = 0; step < 3; step += 1) {
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction((place) => document.activeElement?.closest('[data-index]')?.dataset.index === String(place), step + 1);
  }
  await page.keyboard.press('Space');
  const bar = page.getByRole('region', { name: 'What is selected' });
  await bar.getByText('1 voucher, 2 entries').waitFor();
  await bar.getByRole('button', { name: 'Mark as sent' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await page.waitForFunction(() => document.activeElement?.closest('[role=dialog]') !== null);
  await page.keyboard.type('GL-7');
  await page.keyboard.press('Enter');
  await told(page, 'Marked as sent: 1 voucher');
  const status = await statusOf(second, systemId);
  assert.equal(status.state, 'EXPORTED');
  assert.equal(status.export.reference.documentId, 'GL-7');
});

test('axe finds nothing serious on any view, in light and in dark', async () => {
  const systemId = await newSystem();
  const journal = unique('X');
  const vouchers = await record(journal, ['One', 'Two', 'Three', 'Four', 'Five']);
  await refuse(vouchers[1], systemId, 'PERIOD_CLOSED', 'the period is closed');
  await mark([vouchers[2]], systemId, 'run 1');
  await ask('mutation ($input: ParkExportsInput!) { parkExports(input: $input) { userErrors { code message } } }', {
    input: { items: [{ voucherId: vouchers[3], systemId, reason: 'later' }] },
  });
  await ask('mutation ($input: ClaimExportsInput!) { claimExports(input: $input) { userErrors { code message } } }', {
    input: { systemId, worker: 'worker-1', filter: { journalCode: { eq: journal }, entryNumber: { eq: '5' } } },
  });
  const { voucher } = await ask('query ($id: ID!) { voucher(id: $id) { entries { nodes { entryId } } } }', { id: vouchers[1] });
  const tabs = ['waiting', 'failed', 'parked', 'work', 'sent', 'changed', 'conflicts', 'replays', 'settings'];
  const views = [
    '/',
    ...tabs.map((name) => tab(systemId, name)),
    '/ledger',
    `/entries/${voucher.entries.nodes[0].entryId}`,
    '/import',
    '/settings',
    '/nowhere',
  ];
  const found = [];
  for (const colorScheme of ['light', 'dark']) {
    const { page, faults } = await open('/', { colorScheme, reducedMotion: 'reduce' });
    for (const view of views) {
      await page.goto(`${address}#${view}`);
      await page.locator('main .page').waitFor();
      await page.locator('.loading').waitFor({ state: 'detached' });
      found.push(...(await seriousFindings(page)).map((finding) => `${view} in ${colorScheme}: ${finding}`));
      await shot(page, `view-${colorScheme}-${view.replace(systemId, 'system').replaceAll(/\W+/g, '-')}`);
    }
    await page.goto(`${address}#${tab(systemId, 'waiting', journal)}`);
    await page.getByRole('checkbox', { name: `Select voucher ${journal} 1` }).click();
    await page.getByRole('region', { name: 'What is selected' }).getByRole('button', { name: 'Report as failed' }).click();
    await page.getByRole('dialog').waitFor();
    found.push(...(await seriousFindings(page)).map((finding) => `the dialog in ${colorScheme}: ${finding}`));
    assert.deepEqual(faults, []);
  }
  assert.deepEqual(found, []);
});
