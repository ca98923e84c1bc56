SELECT e.id, e.entry_number, e.posting_date, e.account_number, e.description, e.debit_ten_thousandths, e.credit_ten_thousandths, e.currency,
       e.created_at
FROM accounting_entries e
WHERE NOT EXISTS (SELECT 1 FROM export_marks m WHERE m.entry_id = e.id AND m.system_key = 1)
ORDER BY e.id LIMIT 101;
