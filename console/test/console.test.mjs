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

/** Waits until something has the keyboard. */
const focused = (locator) => locator.and(locator.page().locator(':focus')).waitFor();

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
  const [marked, failed, unmarked] = await record(journal, [`Sale of lamps ${journal}`, 'Sale with an account that is unknown', 'Sale sent too early']);
  await refuse(failed, systemId, 'UNKNOWN_ACCOUNT', 'account 707000 is not in the chart of accounts');
  await mark([unmarked], systemId);
  const { page, faults } = await open('/');
  let clicks = 0;
  const click = async (locator) => {
    await locator.click();
    clicks += 1;
  };

  await click(page.getByRole('link', { name: `${systemId}: open` }));
  // By a text of its own: in a ledger that is used again there are others.
  await page.getByRole('searchbox').fill(`Sale of lamps ${journal}`);
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
  // The dialog puts the cursor there, after it was drawn.
  await focused(dialog.getByRole('textbox', { name: 'Reason' }));
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

test('what is typed into the search is sought before anything can be selected', async () => {
  const systemId = await newSystem();
  const journal = unique('P');
  await record(journal, ['Lamps', 'Chairs', 'Tables']);
  const { page, faults } = await open(tab(systemId, 'waiting', journal));
  await vouchersShown(page, 3);
  await page.getByRole('searchbox').fill('Chairs');
  await page.getByRole('checkbox', { name: `Select voucher ${journal} 2` }).click();
  assert.match(page.url(), /q=Chairs/, 'a selection in the list before would go with that list');
  await vouchersShown(page, 1);
  await page.getByRole('region', { name: 'What is selected' }).getByText('1 voucher, 2 entries').waitFor();
  assert.deepEqual(faults, []);
});

test('a list has its sums at its foot, and one that is too long says so', async () => {
  const systemId = await newSystem();
  const journal = unique('Z');
  await record(journal, ['One', 'Two', 'Three']);
  const { page, context, faults } = await open(tab(systemId, 'waiting', journal));
  const foot = page.getByRole('row', { name: /^Together/ });
  await foot.getByText('3,703.50').first().waitFor();
  assert.match(await foot.innerText(), /Together\s+3,703\.50\s+3,703\.50\s+EUR/);
  await page.goto(`${address}#/ledger?journalCode.eq=${journal}`);
  await foot.getByText('3,703.50').first().waitFor();
  await shot(page, 'foot');

  const asked = [];
  await context.route('**/graphql*', async (route) => {
    const name = operationOf(route.request());
    asked.push(name);
    if (name !== 'ConsoleWaitingCount') return route.continue();
    const totalCount = { __typename: 'Count', count: 10_000, precision: 'AT_LEAST' };
    return route.fulfill({ json: { data: { unexportedEntries: { __typename: 'AccountingEntryConnection', totalCount } } } });
  });
  await page.goto(`${address}#${tab(systemId, 'waiting', journal)}`);
  await foot.getByText('Not added up: the gateway adds up 10,000 entries at most.').waitFor();
  assert.ok(!asked.includes('ConsoleWaitingTotals'), 'what is too long is not added up in vain');
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

test('the page is told by the gateway what changes', async () => {
  const systemId = await newSystem();
  const journal = unique('M');
  const [first] = await record(journal, ['One', 'Two']);
  const { page, context } = await open('/nowhere');
  await page.goto('about:blank');
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

test('a webhook is made, its secret is shown once, and it is tested, told again and deleted', async () => {
  const systemId = await newSystem();
  // No name below `.invalid` has an address: it is told nothing, wherever this runs.
  const url = `https://hooks.invalid/${unique('')}`;
  const { page, context, faults } = await open('/settings', { reducedMotion: 'reduce' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const list = page.getByRole('region', { name: 'Webhooks' });
  const card = list.getByRole('listitem').filter({ hasText: url });
  const dialog = page.getByRole('dialog');
  const findings = [];

  await list.getByRole('button', { name: 'Make a webhook' }).click();
  const input = dialog.getByRole('textbox', { name: 'Address' });
  await focused(input);
  await input.fill('https://127.0.0.1/');
  await dialog.getByRole('combobox', { name: 'System' }).selectOption(systemId);
  for (const kind of ['Entries wait', 'Refused by the system', 'Parked']) await dialog.getByRole('checkbox', { name: kind }).uncheck();
  await dialog.getByRole('button', { name: 'Make a webhook' }).click();
  await dialog.getByText('this address is not of the public internet').waitFor();
  assert.equal(await input.getAttribute('aria-invalid'), 'true', 'it is said at the field');
  findings.push(...(await seriousFindings(page)));
  await shot(page, 'webhook-refused');
  await input.fill(url);
  await dialog.getByRole('button', { name: 'Make a webhook' }).click();

  const shown = dialog.getByRole('textbox', { name: 'Secret' });
  const secret = await shown.inputValue();
  assert.match(secret, /^whsec_/);
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await dialog.getByText('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
  await page.keyboard.press('Escape');
  assert.ok(await shown.isVisible(), 'it does not go by a slip of the hand');
  findings.push(...(await seriousFindings(page)));
  await shot(page, 'webhook-secret');
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await card.getByText('In order').waitFor();
  await page.reload();
  await card.getByText('In order').waitFor();
  const kept = await page.evaluate(() => `${document.documentElement.outerHTML} ${JSON.stringify([localStorage, sessionStorage])}`);
  assert.ok(!kept.includes(secret), 'it is nowhere any more');

  await card.getByRole('button', { name: `Last attempts of ${url}` }).click();
  await card.getByText('It was told nothing in the last 30 days.').waitFor();
  await card.getByRole('button', { name: `Test: ${url}` }).click();
  await card.getByText('The test was not taken: the name of the host has no address').waitFor();
  await card.getByRole('row', { name: /Not taken.*a test/ }).waitFor();
  findings.push(...(await seriousFindings(page)));
  await shot(page, 'webhook-tested');

  await card.getByRole('button', { name: `Replace the secret: ${url}` }).click();
  await dialog.getByRole('combobox', { name: 'The present secret stays valid for' }).selectOption('an hour');
  await dialog.getByRole('button', { name: 'Replace the secret' }).click();
  assert.match(await shown.inputValue(), /^whsec_/);
  assert.notEqual(await shown.inputValue(), secret);
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await card.getByText('The secret before this one is valid until').waitFor();

  await card.getByRole('button', { name: `Tell again: ${url}` }).click();
  await dialog.getByRole('textbox', { name: 'From the event' }).fill('no-cursor');
  await dialog.getByRole('button', { name: 'Tell again' }).click();
  await dialog.getByText('this is no cursor of an event').waitFor();
  await dialog.getByRole('textbox', { name: 'From the event' }).fill('');
  await dialog.getByRole('button', { name: 'Tell again' }).click();
  await told(page, 'It is told again.');

  await page.setViewportSize({ width: 390, height: 800 });
  assert.ok((await overflow(page)) <= 0, 'in a narrow window');
  await card.scrollIntoViewIfNeeded();
  await shot(page, 'webhook-narrow');
  await card.getByRole('button', { name: `Delete: ${url}` }).click();
  await dialog.getByText('this cannot be taken back').waitFor();
  findings.push(...(await seriousFindings(page)));
  await shot(page, 'webhook-delete');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await told(page, 'The webhook is deleted.');
  await card.waitFor({ state: 'detached' });
  assert.deepEqual(findings, []);
  assert.deepEqual(faults, []);
});

test('a webhook that fails, or was switched off, says so and can be switched on', async () => {
  const { page, context, faults } = await open('/nowhere');
  const failing = {
    __typename: 'Webhook',
    webhookId: '1',
    url: 'https://one.invalid/',
    systemId: null,
    kinds: ['READY'],
    description: null,
    cursor: null,
    failingSince: '2026-03-01T12:00:00.000000Z',
    failedAttempts: 3,
    nextAttemptAt: '2026-03-01T12:01:00.000000Z',
    switchedOffAt: null,
    switchedOffBecause: null,
    previousSecretValidUntil: null,
    createdAt: '2026-02-01T12:00:00.000000Z',
    createdBy: 'graphql',
  };
  const off = { ...failing, webhookId: '2', url: 'https://two.invalid/', nextAttemptAt: null };
  Object.assign(off, { switchedOffAt: '2026-03-04T12:00:00.000000Z', switchedOffBecause: 'GONE' });
  let isOff = true;
  await context.route('**/graphql*', async (route) => {
    if (operationOf(route.request()) === 'ConsoleWebhooks') {
      const pageInfo = { __typename: 'PageInfo', hasNextPage: false, endCursor: null };
      const nodes = [failing, isOff ? off : { ...off, failingSince: null, switchedOffAt: null, switchedOffBecause: null }];
      return route.fulfill({ json: { data: { webhooks: { __typename: 'WebhookConnection', nodes, pageInfo } } } });
    }
    if (!(route.request().postData() ?? '').includes('switchWebhookOn')) return route.continue();
    isOff = false;
    const webhook = { __typename: 'Webhook', webhookId: '2' };
    return route.fulfill({ json: { data: { switchWebhookOn: { __typename: 'WebhookPayload', webhook, userErrors: [] } } } });
  });
  await page.goto(`${address}#/settings`);
  const card = (url) => page.getByRole('listitem').filter({ hasText: url });
  await card(failing.url).getByText(/Failing since .*: 3 attempts\./).waitFor();
  await card(failing.url).getByRole('button', { name: `Try again now: ${failing.url}` }).waitFor();
  await card(off.url).getByText('The receiver answered 410', { exact: false }).waitFor();
  await card(off.url).getByRole('button', { name: `Switch on: ${off.url}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Switch on' }).click();
  await card(off.url).getByText('In order').waitFor();
  assert.deepEqual(faults, []);
});

test('who may not do everything is told which right it takes, and how tokens are made', async () => {
  const { page, context, faults } = await open('/nowhere');
  const asked = [];
  await context.route('**/graphql*', async (route) => {
    asked.push(operationOf(route.request()));
    if (asked.at(-1) !== 'ConsoleViewer') return route.continue();
    const viewer = { __typename: 'Viewer', name: 'auditor', rights: ['READ', 'EXPORT'], systems: ['erp'], ledger: 'main' };
    return route.fulfill({ json: { data: { viewer } } });
  });
  await page.goto('about:blank');
  await page.goto(`${address}#/settings`);
  const list = page.getByRole('region', { name: 'Webhooks' });
  await list.getByText('Webhooks take the right ADMIN, which you do not have.').waitFor();
  assert.equal(await list.getByRole('button').count(), 0);
  const who = page.getByRole('region', { name: 'Who you are' });
  assert.match(await who.innerText(), /auditor[\s\S]*erp/);
  const command = page.getByRole('region', { name: 'Tokens' }).getByRole('textbox', { name: 'Command' });
  assert.match(await command.inputValue(), /^ledgate token create --name/);
  assert.ok(!asked.includes('ConsoleWebhooks'), 'what would be refused is not asked for');
  await shot(page, 'settings-auditor');
  assert.deepEqual(faults, []);
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

test('the licences of what the page is made of are two clicks away', async () => {
  const { page } = await open('/');
  await page.getByRole('button', { name: 'Language and colours' }).click();
  await page.getByRole('menuitem', { name: 'Licences' }).click();
  await page.waitForURL(`${address}licences`);
  assert.match(await page.locator('body').innerText(), /\nreact-dom \d/);
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
  await focused(dialog.getByRole('textbox', { name: 'Document in the system' }));
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

// At the end: after it so much waits for every new system that counts with a filter stop before their end.
test('a list of thousands is walked from end to end: only what is seen is drawn, only a part is kept, and no row is missed', async () => {
  const systemId = await newSystem();
  const journal = unique('T');
  const count = 2600;
  await record(journal, Array.from({ length: count }, (_, place) => `Long ${place}`));
  // A tall window and folded vouchers, so that the way is short.
  const { page, faults } = await open(tab(systemId, 'waiting', journal), { viewport: { width: 1280, height: 3000 } });
  await page.getByRole('button', { name: 'Fold all' }).click();
  const chosen = page.getByRole('checkbox', { name: `Select voucher ${journal} 1`, exact: true });
  await chosen.click();

  // The numbers of the vouchers that are drawn, as soon as the window is full of them.
  const drawn = async () => {
    const numbers = await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll('.row')];
      const edges = rows.map((row) => row.getBoundingClientRect());
      const list = document.querySelector('.ledger-body').getBoundingClientRect();
      const isFull =
        Math.min(...edges.map(({ top }) => top)) <= Math.max(list.top, 0) + 1 &&
        Math.max(...edges.map(({ bottom }) => bottom)) >= Math.min(list.bottom, window.innerHeight) - 1;
      return isFull && rows.map((row) => Number(row.querySelector('.voucher-name').textContent.split(' ')[1]));
    });
    return numbers.jsonValue();
  };
  // Scrolls, a little less than a window at a time, until every voucher was seen.
  let [mostRows, greatestHeight] = [0, 0];
  const walk = async (by) => {
    const seen = new Set(await drawn());
    const deadline = Date.now() + 120_000;
    while (seen.size < count) {
      assert.ok(Date.now() < deadline, `only ${seen.size} were seen`);
      await page.evaluate((pixels) => window.scrollBy(0, pixels), by);
      (await drawn()).forEach((number) => seen.add(number));
      assert.equal(Math.max(...seen) - Math.min(...seen) + 1, seen.size, 'a voucher was passed over');
      const [rows, height] = await page.evaluate(() => [
        document.querySelectorAll('.row').length,
        document.documentElement.scrollHeight,
      ]);
      mostRows = Math.max(mostRows, rows);
      greatestHeight = Math.max(greatestHeight, height);
    }
  };
  await walk(2600);
  // What was forgotten on the way down is there again on the way up; what was chosen there is still chosen.
  await walk(-2600);
  await chosen.and(page.locator(':checked')).waitFor();
  await page.getByRole('region', { name: 'What is selected' }).getByText('1 voucher, 2 entries').waitFor();
  assert.ok(mostRows < 120, `${mostRows} rows were drawn at once`);
  // All of them would be 106,600 pixels high, and the 4,000 entries that are kept 82,000.
  assert.ok(greatestHeight < 90_000, `the page was ${greatestHeight} pixels high`);

  // To the ends at once, by the keyboard and by the mouse.
  await chosen.focus();
  await page.keyboard.press('End');
  await focused(page.getByRole('checkbox', { name: `Select voucher ${journal} ${count}`, exact: true }));
  await page.getByRole('button', { name: 'To the beginning of the list' }).click();
  await focused(chosen);
  assert.deepEqual(faults, []);
});
