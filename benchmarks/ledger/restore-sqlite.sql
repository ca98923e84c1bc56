-- Takes back what the benchmark wrote: what is left is the ledger as it was built. :entries is its size.
PRAGMA synchronous = OFF;
PRAGMA cache_size = -2000000;
BEGIN IMMEDIATE;
-- {away}
DELETE FROM timeline_events WHERE id > :entries - 1000;
DELETE FROM pending_exports WHERE entry_id > :entries AND system_key IN (1, 2);
DELETE FROM export_marks WHERE entry_id > :entries;
DELETE FROM accounting_entries WHERE id > :entries;
-- Systems that it made known.
DELETE FROM pending_exports WHERE system_key > 2;
DELETE FROM export_marks WHERE system_key IN (SELECT key FROM export_systems WHERE key > 2);
DELETE FROM export_systems WHERE key > 2;
-- Marks that it made; those of the build are older than the newest entry.
CREATE TEMP TABLE gone AS
SELECT system_key, entry_id FROM export_marks
WHERE system_key IN (1, 2) AND marked_at > (SELECT created_at FROM accounting_entries ORDER BY id DESC LIMIT 1);
INSERT OR IGNORE INTO pending_exports (system_key, entry_id) SELECT system_key, entry_id FROM gone;
DELETE FROM export_marks WHERE (entry_id, system_key) IN (SELECT entry_id, system_key FROM gone);
-- {back}
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
