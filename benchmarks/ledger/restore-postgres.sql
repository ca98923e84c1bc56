-- Takes back what the benchmark wrote: what is left is the ledger as it was built. :entries is its size.
\set ON_ERROR_STOP on
SET synchronous_commit = off;
SET session_replication_role = replica; -- entries cannot be deleted otherwise
BEGIN;
DELETE FROM timeline_events WHERE id > :entries - 1000;
DELETE FROM pending_exports WHERE entry_id > :entries AND system_key IN (1, 2);
DELETE FROM export_marks WHERE entry_id > :entries;
DELETE FROM accounting_entries WHERE id > :entries;
-- Systems that it made known.
DELETE FROM pending_exports WHERE system_key IN (SELECT key FROM export_systems WHERE key > 2);
DELETE FROM export_marks WHERE system_key IN (SELECT key FROM export_systems WHERE key > 2);
DELETE FROM export_systems WHERE key > 2;
-- Marks that it made; those of the build are older than the newest entry.
WITH gone AS (DELETE FROM export_marks
              WHERE system_key IN (1, 2)
                AND marked_at > (SELECT created_at FROM accounting_entries ORDER BY id DESC LIMIT 1)
              RETURNING system_key, entry_id)
INSERT INTO pending_exports (system_key, entry_id) SELECT system_key, entry_id FROM gone ON CONFLICT DO NOTHING;
COMMIT;
VACUUM (ANALYZE);
