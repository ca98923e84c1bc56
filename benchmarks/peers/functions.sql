-- What PostGraphile makes its schema of: the page's nine fields in the types that it writes best, and the
-- backlog of a system, in order, from the same pending rows that ledgate reads. The planner puts the
-- function's text in the place of its call, so that a LIMIT outside stops it early.
DROP SCHEMA IF EXISTS peers CASCADE;
CREATE SCHEMA peers;
CREATE VIEW peers.entries AS
SELECT id, entry_number, posting_date, account_number, description, debit_ten_thousandths * 0.0001 AS debit, credit_ten_thousandths * 0.0001 AS credit,
       currency, to_timestamp(created_at / 1000000.0) AS created_at
FROM public.accounting_entries;
COMMENT ON VIEW peers.entries IS E'@primaryKey id';
CREATE FUNCTION peers.unexported_entries(system_id TEXT) RETURNS SETOF peers.entries LANGUAGE sql STABLE AS $$
    SELECT entries.*
    -- OFFSET 0: the planner, which does not know the system, would read what lies between its pending rows.
    FROM public.pending_exports p
    CROSS JOIN LATERAL (SELECT * FROM peers.entries WHERE id = p.entry_id OFFSET 0) AS entries
    WHERE p.system_key = (SELECT key FROM public.export_systems WHERE name = system_id)
    ORDER BY p.entry_id
$$;
