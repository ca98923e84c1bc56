-- Raw SQL at its best: the limit within keeps the planner from reading what lies between the pending rows.
SELECT e.id, e.entry_number, e.posting_date, e.account_number, e.description, e.debit_ten_thousandths, e.credit_ten_thousandths, e.currency,
       e.created_at
FROM (SELECT entry_id FROM pending_exports WHERE system_key = :system AND entry_id > :after
      ORDER BY entry_id LIMIT 101) p
JOIN accounting_entries e ON e.id = p.entry_id
ORDER BY p.entry_id;
