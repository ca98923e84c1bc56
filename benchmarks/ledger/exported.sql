-- What `erp` was sent, and what that left behind: the marks, the timeline, the log of events.
INSERT INTO export_marks (entry_id, system_key, marked_at, actor, version)
SELECT id, 1, created_at + 3600000000, 'graphql', 1
FROM accounting_entries WHERE id <= :entries - 500 AND id % ((:entries - 500) / 500) <> 0;
INSERT INTO timeline_events (entry_id, kind, at, system_id, actor)
SELECT entry_id, 'EXPORTED', marked_at, 'erp', actor FROM export_marks;
INSERT INTO export_events (position, kind, at, system_id, entry_id, actor, timeline_event_id)
SELECT id, kind, at, system_id, entry_id, actor, id FROM timeline_events;
-- One entry in a hundred had a conflict, which somebody has resolved.
INSERT INTO export_conflicts (kind, system_key, entry_id, found_at, actor, first_reference_id, second_reference_id,
                              resolved_at, resolved_by)
SELECT 'POSTED_TWICE', 1, id, created_at, 'bench', 'GL-' || id, 'GL-' || id || '-2', created_at, 'bench'
FROM accounting_entries WHERE id % 100 = 1;
