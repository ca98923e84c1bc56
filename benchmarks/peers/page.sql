SELECT e.id, e.entry_number, e.posting_date, e.account_number, e.description, e.debit, e.credit, e.currency, e.created_at
FROM pending_exports p JOIN accounting_entries e ON e.id = p.entry_id
WHERE p.system_key = :system AND p.entry_id > :after ORDER BY p.entry_id LIMIT 101;
