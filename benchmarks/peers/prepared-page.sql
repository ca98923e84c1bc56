SELECT e.id, e.entry_number AS "entryNumber", e.posting_date::text AS "postingDate",
       e.account_number AS "accountNumber", e.description, e.debit_ten_thousandths AS debit,
       e.credit_ten_thousandths AS credit, e.currency, e.created_at AS "createdAt"
FROM (SELECT entry_id FROM pending_exports
      WHERE system_key = (SELECT key FROM export_systems WHERE name = $1) AND entry_id > $2
      ORDER BY entry_id LIMIT $3) p
JOIN accounting_entries e ON e.id = p.entry_id
ORDER BY p.entry_id
