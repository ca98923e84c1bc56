-- The ledger of a company that books 2,740 lines a day, the newest one just now: the first of its :entries
-- entries is as old as that makes it. Run by psql on a migrated, empty database; ledger/sqlite.sql is its
-- twin.
\set ON_ERROR_STOP on
\set QUIET on
\o /dev/null
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
SET work_mem = '64MB';
SET jit = off;
-- The triggers would say row by row what is said at once below.
SET session_replication_role = replica;

-- Indexes are made anew behind the rows: several times as fast as keeping them up.
CREATE TEMP TABLE large (name) AS
VALUES ('accounting_entries'), ('timeline_events'), ('pending_exports'), ('export_marks'), ('export_events'), ('export_conflicts');
CREATE TEMP TABLE put_aside AS
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS away,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS back
FROM pg_constraint
WHERE contype IN ('p', 'u') AND conrelid IN (SELECT name::regclass FROM large)
UNION ALL
SELECT format('DROP INDEX %I', indexname), indexdef
FROM pg_indexes
WHERE schemaname = 'public' AND tablename IN (SELECT name FROM large)
  AND indexname NOT IN (SELECT conname FROM pg_constraint);

CREATE TEMP TABLE chart (slot BIGINT PRIMARY KEY, journal_code TEXT, journal_name TEXT, account_number TEXT,
                         account_name TEXT, party TEXT, words TEXT, piece TEXT, debit BIGINT, credit BIGINT);
\ir chart.sql
ANALYZE chart;

SELECT CAST(extract(epoch FROM now()) * 1000000 AS BIGINT) AS now \gset
\o
SELECT away FROM put_aside \gexec

INSERT INTO accounting_entries (
    id, external_id, journal_code, journal_name, entry_number, posting_date, account_number, account_name,
    subledger_account_number, subledger_account_name, document_reference, document_date, description, debit_ten_thousandths, credit_ten_thousandths,
    currency, foreign_amount_ten_thousandths, foreign_currency, reconciliation_code, reconciled_on, validated_on, attributes,
    created_at, updated_at, recorded_by)
OVERRIDING SYSTEM VALUE
SELECT id, journal_code || ':' || to_char(day, 'YYYYMMDD') || ':' || voucher || ':' || (id - 1) % 3 + 1,
       journal_code, journal_name, voucher, day, account_number, account_name,
       party || voucher % 997, 'Société ' || party || voucher % 997,
       piece || voucher, day, words || piece || voucher || ', livraison du ' || to_char(day, 'DD/MM/YYYY'),
       cents * debit * 10, cents * credit * 10, 'EUR',
       CASE WHEN voucher % 20 = 0 THEN cents * (debit + credit) * 11 END, CASE WHEN voucher % 20 = 0 THEN 'USD' END,
       CASE WHEN party IS NOT NULL AND voucher % 2 = 0 THEN 'L' || voucher % 17576 END,
       CASE WHEN party IS NOT NULL AND voucher % 2 = 0 THEN day END, day,
       CASE WHEN voucher % 25 = 0 THEN '{"CostCentre": "410"}' ELSE '{}' END::jsonb,
       created_at, created_at, 'import'
FROM (SELECT id, (id - 1) / 3 AS voucher, (id - 1) % 30 AS slot, 1000 + (id - 1) / 3 * 7919 % 500000 AS cents,
             (timestamp '1970-01-01'
              + (:now - (:entries - (id - 1) / 3 * 3) * BIGINT '31532847') / 1000000 * interval '1 second')::date
                 AS day,
             :now - (:entries - id) * BIGINT '31532847' AS created_at
      FROM generate_series(1::BIGINT, :entries) AS id) AS line
JOIN chart USING (slot);

-- `erp` refuses one in so many over the whole history, 500 together, and has not been sent the newest 500.
-- `warehouse` has been known from the beginning, and been sent nothing.
INSERT INTO export_systems (name, known_since, history_end, taken_over_to)
SELECT name, :now - :entries * BIGINT '31532847', :entries, :entries
FROM (VALUES ('erp'), ('warehouse')) AS known (name);
\ir exported.sql
UPDATE event_log_head SET last_position = (SELECT max(position) FROM export_events);
INSERT INTO pending_exports (system_key, entry_id)
SELECT 1, id FROM accounting_entries WHERE id > :entries - 500 OR id % ((:entries - 500) / 500) = 0
UNION ALL
SELECT 2, id FROM accounting_entries;

SELECT back FROM put_aside \gexec
\o /dev/null
SELECT setval(pg_get_serial_sequence('accounting_entries', 'id'), :entries);
\o
VACUUM (ANALYZE);
CHECKPOINT;
