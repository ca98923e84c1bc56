import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, sum } from '../dist/index.js';
import { exported, failed } from '../dist/outcome.js';
import { grouped } from '../dist/voucher.js';
import { batch, itemsOf } from '../dist/work/items.js';

test('sums are exact', () => {
  assert.equal(sum([]), '0.00');
  assert.equal(sum(['0.10', '0.20']), '0.30');
  assert.equal(sum(['-1200.00', '0.0001', '0.5']), '-1199.4999');
  assert.equal(sum(['900000000000000.1234', '900000000000000.1236']), '1800000000000000.247');
  assert.equal(sum(['-0.05']), '-0.05');
  assert.equal(sum(['7']), '7.00');
  assert.equal(sum(Array(1_000_000).fill('0.01')), '10000.00');
});

test('what is no amount is not added up', () => {
  for (const text of ['', '-', '.5', '1,5', '1e3', '+1', '--1', '1.-5', '1.', '٣', ' 1']) {
    assert.throws(() => sum([text]), RangeError, text);
  }
});

const line = (id, voucher, dispatchKey, debit, currency) => ({
  dispatchKey,
  entry: {
    __typename: 'AccountingEntry',
    entryId: String(id),
    debit,
    credit: '0.00',
    currency,
    voucher: { id: voucher, journalCode: 'VE', postingDate: '2026-01-31', entryNumber: '17' },
  },
});

test('what has one dispatch key is one document', () => {
  const claimed = grouped([
    line(1, 'voucher/a', 'k1', '0.10', 'EUR'),
    line(2, 'voucher/b', 'k2', '5.00', 'EUR'),
    line(3, 'voucher/a', 'k1', '0.20', 'EUR'),
    line(4, 'voucher/b', 'k3', '7.00', 'EUR'),
    line(5, 'voucher/a', 'k1', '1.00', 'USD'),
  ]);
  const told = claimed.map(({ voucher, isPart }) => [
    voucher.dispatchKey,
    isPart,
    voucher.lines.map((one) => one.entryId),
  ]);
  assert.deepEqual(told, [
    ['k1', false, ['1', '3', '5']],
    ['k2', true, ['2']],
    ['k3', true, ['4']],
  ]);
  assert.deepEqual(claimed[0].voucher.totals, [
    { currency: 'EUR', debit: '0.30', credit: '0.00' },
    { currency: 'USD', debit: '1.00', credit: '0.00' },
  ]);
  assert.deepEqual(Object.keys(claimed[0].voucher.lines[0]), ['entryId', 'debit', 'credit', 'currency']);
});

test('a part of a voucher is settled by its lines, a whole one by its id, a very long one by its lines', () => {
  const outcome = exported({});
  const lines = (count) => Array.from({ length: count }, (_, place) => ({ entryId: String(place) }));
  const voucher = { voucherId: 'voucher/a', lines: lines(3) };
  assert.deepEqual(
    itemsOf({ voucher, isPart: false }, outcome).map(({ target }) => target),
    [{ voucherId: 'voucher/a' }],
  );
  assert.equal(itemsOf({ voucher, isPart: true }, outcome).length, 3);
  assert.equal(itemsOf({ voucher, isPart: true }, failed(new Error('no'))).length, 1);
  const long = itemsOf({ voucher: { voucherId: 'voucher/b', lines: lines(5_001) }, isPart: false }, outcome);
  assert.equal(long.length, 5_001);
  assert.equal(batch(long).length, 500);
  assert.equal(long.length, 4_501);
});

test('a call has no more text than a gateway reads', () => {
  const voucher = { voucherId: 'voucher/a', lines: [{ entryId: '1' }] };
  const items = Array.from(
    { length: 500 },
    () => itemsOf({ voucher, isPart: false }, exported({ note: 'é'.repeat(2_000) }))[0],
  );
  const first = batch(items);
  assert.ok(first.length > 50 && first.length < 100, String(first.length));
});

test('texts that a gateway refuses never lose the fact', () => {
  const long = 'x'.repeat(300);
  assert.deepEqual(exported({ reference: { documentId: long } }), { kind: 'exported', reference: null, note: long });
  assert.deepEqual(exported({ reference: { documentId: 'GL-1', url: 'ftp://erp/1' }, note: '\0' }), {
    kind: 'exported',
    reference: { documentId: 'GL-1', url: null },
    note: null,
  });
  assert.deepEqual(exported({ reference: { documentId: 118, url: 'https://erp.example/gl/118' } }).reference, {
    documentId: '118',
    url: 'https://erp.example/gl/118',
  });
});

test('a reason is cut, is Unicode, and never empty', () => {
  const cases = [
    ['é'.repeat(2_001), 'é'.repeat(2_000)],
    ['😀'.repeat(2_001), '😀'.repeat(2_000)],
    [' \0 ', 'no reason was given'],
    ['half \uD83D', 'half \uFFFD'],
  ];
  for (const [said, kept] of cases) {
    assert.deepEqual(failed(new Error(said)), { kind: 'failed', type: 'OTHER', reason: kept, retryAt: null });
  }
});

test('a refusal has a type that there is, and a moment that there is', () => {
  const refused = new Refused('PERIOD_CLOSED', 'closed', new Date('2026-02-01T08:00:00Z'));
  assert.deepEqual(failed(refused), {
    kind: 'failed',
    type: 'PERIOD_CLOSED',
    reason: 'closed',
    retryAt: '2026-02-01T08:00:00.000Z',
  });
  assert.throws(() => new Refused('CLOSED', 'closed'), TypeError);
  assert.throws(() => new Refused('OTHER', 'closed', 'tomorrow'), RangeError);
});
