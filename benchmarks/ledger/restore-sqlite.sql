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
-- What was marked, marked again or un-marked by it; marks of the build are older than the newest entry.
CREATE TEMP TABLE touched AS
SELECT system_key, entry_id FROM export_marks
WHERE system_key IN (1, 2) AND marked_at > (SELECT created_at FROM accounting_entries ORDER BY id DESC LIMIT 1)
UNION
SELECT system_key, entry_id FROM set_aside_marks WHERE system_key IN (1, 2) AND entry_id <= :entries;
DELETE FROM export_marks WHERE (entry_id, system_key) IN (SELECT entry_id, system_key FROM touched);
-- The timeline, of which only the events of the build are left, tells what the build had marked.
INSERT INTO export_marks (entry_id, system_key, marked_at, actor, version)
SELECT t.entry_id, 1, e.at, e.actor, 1 FROM touched t CROSS JOIN timeline_events e ON e.entry_id = t.entry_id
WHERE t.system_key = 1;
DELETE FROM pending_exports WHERE (system_key, entry_id) IN (SELECT system_key, entry_id FROM touched);
INSERT INTO pending_exports (system_key, entry_id)
SELECT system_key, entry_id FROM touched t
WHERE NOT EXISTS (SELECT 1 FROM export_marks m WHERE m.entry_id = t.entry_id AND m.system_key = t.system_key);
-- What was claimed, failed or was parked.
UPDATE pending_exports SET progress = 0, attempts = 0, failure_type = 0, due_at = 0, claim_key = NULL
WHERE system_key + 0 IN (1, 2) AND progress > 0;
UPDATE pending_exports SET attempts = 0, failure_type = 0
WHERE (system_key, entry_id) IN (
    SELECT c.system_key, e.entry_id FROM export_claims c JOIN export_claim_entries e ON e.claim_key = c.key);
DELETE FROM export_claim_entries;
DELETE FROM export_claims;
DELETE FROM export_turns;
DELETE FROM export_conflicts;
DELETE FROM export_replays;
DELETE FROM set_aside_marks;
DELETE FROM changed_exports;
-- The log of events; its places go on from where they are.
DELETE FROM export_events;
DELETE FROM webhook_deliveries;
DELETE FROM webhook_levels;
DELETE FROM webhooks;
DELETE FROM idempotency_keys;
-- {back}
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
