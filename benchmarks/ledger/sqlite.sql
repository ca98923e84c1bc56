-- The ledger of a company that books 2,740 lines a day, the newest one just now: the first of its :entries
-- entries is as old as that makes it. Run by sqlite3 on a migrated, empty database whose triggers and indexes
-- have been put aside; ledger/postgres.sql is its twin. :entries and :now are set by ledger.mjs.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -2000000;
BEGIN;

CREATE TEMP TABLE chart (slot INTEGER PRIMARY KEY, journal_code TEXT, journal_name TEXT, account_number TEXT,
                         account_name TEXT, party TEXT, words TEXT, piece TEXT, debit INTEGER, credit INTEGER);
-- {chart}

INSERT INTO accounting_entries (
    id, external_id, journal_code, journal_name, entry_number, posting_date, account_number, account_name,
    subledger_account_number, subledger_account_name, document_reference, document_date, description, debit_ten_thousandths, credit_ten_thousandths,
    currency, foreign_amount_ten_thousandths, foreign_currency, reconciliation_code, reconciled_on, validated_on, attributes,
    created_at, updated_at, recorded_by)
SELECT id, journal_code || ':' || replace(day, '-', '') || ':' || voucher || ':' || ((id - 1) % 3 + 1),
       journal_code, journal_name, voucher, day, account_number, account_name,
       party || voucher % 997, 'Société ' || party || voucher % 997,
       piece || voucher, day,
       words || piece || voucher || ', livraison du ' || substr(day, 9) || '/' || substr(day, 6, 2) || '/'
       || substr(day, 1, 4),
       cents * debit * 10, cents * credit * 10, 'EUR',
       CASE WHEN voucher % 20 = 0 THEN cents * (debit + credit) * 11 END, CASE WHEN voucher % 20 = 0 THEN 'USD' END,
       CASE WHEN party IS NOT NULL AND voucher % 2 = 0 THEN 'L' || voucher % 17576 END,
       CASE WHEN party IS NOT NULL AND voucher % 2 = 0 THEN day END, day,
       CASE WHEN voucher % 25 = 0 THEN '{"CostCentre": "410"}' ELSE '{}' END,
       created_at, created_at, 'import'
FROM (SELECT value AS id, (value - 1) / 3 AS voucher, (value - 1) % 30 AS slot,
             1000 + (value - 1) / 3 * 7919 % 500000 AS cents,
             date((:now - (:entries - (value - 1) / 3 * 3) * 31532847) / 1000000, 'unixepoch') AS day,
             :now - (:entries - value) * 31532847 AS created_at
      FROM generate_series(1, :entries)) AS line
CROSS JOIN chart USING (slot);

-- `erp` refuses one in so many over the whole history, 500 together, and has not been sent the newest 500.
-- `warehouse` has been known from the beginning, and been sent nothing.
INSERT INTO export_systems (name, known_since, history_end, taken_over_to)
VALUES ('erp', :now - :entries * 31532847, :entries, :entries),
       ('warehouse', :now - :entries * 31532847, :entries, :entries);
-- {exported}
INSERT INTO pending_exports (system_key, entry_id)
SELECT 1, id FROM accounting_entries WHERE id > :entries - 500 OR id % ((:entries - 500) / 500) = 0;
INSERT INTO pending_exports (system_key, entry_id) SELECT 2, id FROM accounting_entries;

-- {back}
COMMIT;
ANALYZE;
PRAGMA locking_mode = NORMAL;
PRAGMA journal_mode = WAL;
