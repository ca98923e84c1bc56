-- Ten vouchers of three lines, over and over; debit and credit are tenths of the voucher's amount.
INSERT INTO chart VALUES
    (0, 'VE', 'Ventes', '411000', 'Clients', 'C', 'Facture client ', 'FA-', 12, 0),
    (1, 'VE', 'Ventes', '707000', 'Ventes de marchandises', NULL, 'Facture client ', 'FA-', 0, 10),
    (2, 'VE', 'Ventes', '445710', 'TVA collectée', NULL, 'Facture client ', 'FA-', 0, 2),
    (15, 'AC', 'Achats', '401000', 'Fournisseurs', 'F', 'Facture fournisseur ', 'FF-', 0, 12),
    (16, 'AC', 'Achats', '607000', 'Achats de marchandises', NULL, 'Facture fournisseur ', 'FF-', 10, 0),
    (17, 'AC', 'Achats', '445660', 'TVA déductible', NULL, 'Facture fournisseur ', 'FF-', 2, 0),
    (24, 'BQ', 'Banque', '512000', 'Banque Hexagone', NULL, 'Virement reçu ', 'VIR-', 10, 0),
    (25, 'BQ', 'Banque', '627000', 'Services bancaires', NULL, 'Virement reçu ', 'VIR-', 2, 0),
    (26, 'BQ', 'Banque', '411000', 'Clients', 'C', 'Virement reçu ', 'VIR-', 0, 12),
    (27, 'OD', 'Opérations diverses', '681100', 'Dotations aux amortissements', NULL, 'Dotation ', 'OD-', 12, 0),
    (28, 'OD', 'Opérations diverses', '281800', 'Amortissements du matériel', NULL, 'Dotation ', 'OD-', 0, 10),
    (29, 'OD', 'Opérations diverses', '281300', 'Amortissements des constructions', NULL, 'Dotation ', 'OD-', 0, 2);
-- Five sales and three purchases a bank transfer.
INSERT INTO chart
SELECT slot + 3 * again, journal_code, journal_name, account_number, account_name, party, words, piece, debit, credit
FROM chart JOIN (SELECT 1 AS again UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS times
    ON journal_code = 'VE' OR journal_code = 'AC' AND again < 3;
