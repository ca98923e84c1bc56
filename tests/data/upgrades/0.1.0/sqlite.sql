PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE access_tokens ( -- One row for each access token that was ever made. Rows are never deleted
            key INTEGER PRIMARY KEY AUTOINCREMENT, -- Number of the token: a later token has a higher one
            handle TEXT NOT NULL UNIQUE, -- The part of the token that is no secret
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100), -- Who or what uses the token. The timeline names it. No two tokens that are not revoked have the same name
            secret_digest TEXT NOT NULL, -- SHA-256 of the secret part of the token, in hexadecimal. The secret itself is kept nowhere
            rights TEXT NOT NULL, -- What the token may do: some of read, export, mark, record and admin, with spaces between
            systems TEXT, -- Names of the systems that the token is for, with spaces between. NULL means all systems
            created_at INTEGER NOT NULL, -- When the token was made, in microseconds since 1970-01-01 00:00 UTC
            expires_at INTEGER, -- From then on the token is refused, in microseconds since 1970-01-01 00:00 UTC. NULL: it does not expire
            revoked_at INTEGER, -- From then on the token is refused, in microseconds since 1970-01-01 00:00 UTC. In the future for a token that was replaced and is kept for a while. NULL: it is not revoked
            last_used_at INTEGER -- When the token was last used, in microseconds since 1970-01-01 00:00 UTC. Written at most once a minute. NULL: it never was
        ) STRICT;
INSERT INTO "access_tokens" VALUES(1,'b9a3c06d','the operator','aaa9d440b4c6a228ac995aa43d41be5b17d267e6bdd473b51662412f9d9e8a24','admin',NULL,1795902270701949,NULL,NULL,1795902281820270);
INSERT INTO "access_tokens" VALUES(2,'3ddc0dda','erp','0edcf778d3fda7d65aff1656703fc61b31993a5c606a14b3d604dae5a8a7c866','export mark','erp',1795902270722191,NULL,NULL,NULL);
INSERT INTO "access_tokens" VALUES(3,'ff9ca1af','gone','a8d93c3ed9b1d89b36b3c03fd4ad7ddddbe75d1c89b4123d5167c63cf636607e','export',NULL,1795902270740112,NULL,1795902270757343,NULL);
CREATE TABLE accounting_entries ( -- One row for each accounting entry (a line of a voucher). Rows are never deleted
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- Given by the database when the entry is recorded
        external_id TEXT NOT NULL UNIQUE CHECK (length(external_id) BETWEEN 1 AND 200), -- The name of the entry in the system it comes from, 1 to 200 characters. Recording the same name again changes the entry
        journal_code TEXT NOT NULL, -- Code of the journal, such as VE
        journal_name TEXT, -- Name of the journal
        entry_number TEXT NOT NULL, -- Number of the voucher that the entry belongs to
        posting_date TEXT NOT NULL, -- Day on which the entry counts, as YYYY-MM-DD
        account_number TEXT NOT NULL, -- Account, such as 707000
        account_name TEXT, -- Name of the account
        subledger_account_number TEXT, -- Account of the third party
        subledger_account_name TEXT, -- Name of the third party
        document_reference TEXT, -- Reference of the document behind the entry, such as the number of an invoice
        document_date TEXT, -- Date of that document, as YYYY-MM-DD
        description TEXT NOT NULL, -- What the entry is about
        debit_ten_thousandths INTEGER NOT NULL, -- Debit in ten-thousandths of the currency: 12.50 is 125000
        credit_ten_thousandths INTEGER NOT NULL, -- Credit in ten-thousandths of the currency: 12.50 is 125000
        amount_ten_thousandths INTEGER NOT NULL GENERATED ALWAYS AS (debit_ten_thousandths - credit_ten_thousandths) STORED, -- Debit less credit in ten-thousandths of the currency. Computed by the database
        currency TEXT NOT NULL DEFAULT 'EUR', -- ISO 4217 code of the currency of debit, credit and amount
        foreign_amount_ten_thousandths INTEGER, -- Amount in the foreign currency, in ten-thousandths of it: 12.50 is 125000
        foreign_currency TEXT, -- ISO 4217 code of the foreign currency
        reconciliation_code TEXT, -- Entries of one account with the same code settle each other
        reconciled_on TEXT, -- Day of that reconciliation, as YYYY-MM-DD
        validated_on TEXT, -- Day on which the entry was validated, as YYYY-MM-DD
        attributes TEXT NOT NULL DEFAULT '{}', -- More about the entry, as one JSON object
        created_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000) CHECK (created_at BETWEEN -62135596800000000 AND 253402300799999999), -- When the entry was recorded, in microseconds since 1970-01-01 00:00 UTC. Leave it out: it is set
        updated_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000) CHECK (updated_at BETWEEN -62135596800000000 AND 253402300799999999), -- When the entry last changed, in microseconds since 1970-01-01 00:00 UTC. Leave it out: it is set
        version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), -- Version of the entry: 1 when it is recorded, one more with each material change. Leave it out: it is counted
        withdrawn_at INTEGER CHECK (withdrawn_at BETWEEN -62135596800000000 AND 253402300799999999), -- When the source took the entry back, in microseconds since 1970-01-01 00:00 UTC. NULL while it stands
        recorded_by TEXT, -- Who recorded the entry. NULL when another program did, with SQL
        import_id INTEGER, -- The import that last wrote the entry, by its id in imports. NULL when it never came from a file
        import_file INTEGER, -- Which of the import's files, from 0
        import_line INTEGER, -- Which line of the file, from 1
        import_digest BLOB, -- What that line said, as a digest, with the updated_at for which it holds. Leave it alone
        CHECK (posting_date IS date(posting_date) AND posting_date >= '0001' AND length(posting_date) = 10), CHECK (document_date IS date(document_date) AND document_date >= '0001' AND length(document_date) = 10), CHECK (reconciled_on IS date(reconciled_on) AND reconciled_on >= '0001' AND length(reconciled_on) = 10), CHECK (validated_on IS date(validated_on) AND validated_on >= '0001' AND length(validated_on) = 10), CHECK (currency GLOB '[A-Z][A-Z][A-Z]'), CHECK (foreign_currency GLOB '[A-Z][A-Z][A-Z]'), CHECK (json_valid(attributes) AND json_type(attributes) = 'object')
    ) STRICT;
INSERT INTO "accounting_entries" VALUES(1,'01a2241de4727357bf4d11438a84c5c7-0','VE','Ventes','VE001','2026-01-01','411000','Clients','C1',NULL,'F-001','2026-01-01','Facture 001, « Été » & fils',1002500,0,'EUR',NULL,NULL,'AA','2026-02-15','2026-02-28','{"Service":"S1"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,2,X'0006615D14C487E781C15A465E02006C5C79A5F20723545C');
INSERT INTO "accounting_entries" VALUES(2,'01a2241de4727357bf4d11438a84c5c7-1','VE','Ventes','VE001','2026-01-01','707000','Ventes',NULL,NULL,'F-001','2026-01-01','Facture 001, « Été » & fils',0,1002500,'EUR',NULL,NULL,'AA','2026-02-15','2026-02-28','{"Service":"S1"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,3,X'0006615D14C487E711713FD5C4B37D8E2D21DD39755820F0');
INSERT INTO "accounting_entries" VALUES(3,'01a2241de4727357bf4d11438a84c5c7-2','VE','Ventes','VE002','2026-01-02','411000','Clients','C2',NULL,'F-002','2026-01-02','Facture 002, « Été » & fils',2002500,0,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,4,X'0006615D14C487E72D3A56B9B4FEAE9CB46527521741F52F');
INSERT INTO "accounting_entries" VALUES(4,'01a2241de4727357bf4d11438a84c5c7-3','VE','Ventes','VE002','2026-01-02','707000','Ventes',NULL,NULL,'F-002','2026-01-02','Facture 002, « Été » & fils',0,2002500,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,5,X'0006615D14C487E7220FC6BB33AEF64B86902CA6CA4B329D');
INSERT INTO "accounting_entries" VALUES(5,'01a2241de4727357bf4d11438a84c5c7-4','VE','Ventes','VE003','2026-01-03','411000','Clients','C3',NULL,'F-003','2026-01-03','Facture 003, « Été » & fils',3602500,0,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S1"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,6,X'0006615D14C487E7395A0B5A92B71041BDFD2A6E1D6C4E9A');
INSERT INTO "accounting_entries" VALUES(6,'01a2241de4727357bf4d11438a84c5c7-5','VE','Ventes','VE003','2026-01-03','445710','TVA collectée',NULL,NULL,'F-003','2026-01-03','Facture 003, « Été » & fils',0,600000,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S1"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,8,X'0006615D14C487E79FF3A3D4765C643AF978CF1606FE2AE4');
INSERT INTO "accounting_entries" VALUES(7,'01a2241de4727357bf4d11438a84c5c7-6','VE','Ventes','VE003','2026-01-03','707000','Ventes',NULL,NULL,'F-003','2026-01-03','Facture 003, « Été » & fils',0,3002500,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S1"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,7,X'0006615D14C487E71386DD5636C407965C16DA738077CD88');
INSERT INTO "accounting_entries" VALUES(8,'01a2241de4727357bf4d11438a84c5c7-7','VE','Ventes','VE004','2026-01-04','411000','Clients','C4',NULL,'F-004','2026-01-04','Facture 004, « Été » & fils, corrigée',4002500,0,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268678510,2,NULL,'import',2,0,9,X'0006615D14C6A16E25B45A89308D9CF38CD586781FD3DA01');
INSERT INTO "accounting_entries" VALUES(9,'01a2241de4727357bf4d11438a84c5c7-8','VE','Ventes','VE004','2026-01-04','707000','Ventes',NULL,NULL,'F-004','2026-01-04','Facture 004, « Été » & fils, corrigée',0,4002500,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268678510,2,NULL,'import',2,0,10,X'0006615D14C6A16E62CD4B56D76BD01CB699799539348296');
INSERT INTO "accounting_entries" VALUES(10,'01a2241de4727357bf4d11438a84c5c7-9','VE','Ventes','VE005','2026-01-05','411000','Clients','C5',NULL,'F-005','2026-01-05','Facture 005, « Été » & fils',5002500,0,'EUR',10005000,'USD',NULL,NULL,'2026-02-28','{"Service":"S1"}',1795902268540903,1795902268699940,1,1795902268699940,'import',1,0,11,X'0006615D14C487E7D3B0F0719EFC610CCB3ECC1A0F1A2E62');
INSERT INTO "accounting_entries" VALUES(11,'01a2241de4727357bf4d11438a84c5c7-10','VE','Ventes','VE005','2026-01-05','707000','Ventes',NULL,NULL,'F-005','2026-01-05','Facture 005, « Été » & fils',0,5002500,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S1"}',1795902268540903,1795902268699940,1,1795902268699940,'import',1,0,12,X'0006615D14C487E7D18B62ADCBB241239341EF579AA3F9C3');
INSERT INTO "accounting_entries" VALUES(12,'01a2241de4727357bf4d11438a84c5c7-11','VE','Ventes','VE006','2026-01-06','411000','Clients','C6',NULL,'F-006','2026-01-06','Facture 006, « Été » & fils',7202500,0,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,13,X'0006615D14C487E73D9D9C6C0695149AFB4AB836358849CE');
INSERT INTO "accounting_entries" VALUES(13,'01a2241de4727357bf4d11438a84c5c7-12','VE','Ventes','VE006','2026-01-06','445710','TVA collectée',NULL,NULL,'F-006','2026-01-06','Facture 006, « Été » & fils',0,1200000,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,15,X'0006615D14C487E70115886FC7A36DBA973BF91D664C83BC');
INSERT INTO "accounting_entries" VALUES(14,'01a2241de4727357bf4d11438a84c5c7-13','VE','Ventes','VE006','2026-01-06','707000','Ventes',NULL,NULL,'F-006','2026-01-06','Facture 006, « Été » & fils',0,6002500,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,14,X'0006615D14C487E7048E2E5E44790B3EA42AD7BA014552FF');
INSERT INTO "accounting_entries" VALUES(15,'01a2241de4727357bf4d11438a84c5c7-14','VE','Ventes','VE007','2026-01-07','411000','Clients','C7',NULL,'F-007','2026-01-07','Facture 007, « Été » & fils',7002500,0,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S1"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,16,X'0006615D14C487E7C281CEB9649F92F1E901BCFA491A41C1');
INSERT INTO "accounting_entries" VALUES(16,'01a2241de4727357bf4d11438a84c5c7-15','VE','Ventes','VE007','2026-01-07','707000','Ventes',NULL,NULL,'F-007','2026-01-07','Facture 007, « Été » & fils',0,7002500,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S1"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,17,X'0006615D14C487E79BAE610D8AE82325D7CDE26ADCFBBFD9');
INSERT INTO "accounting_entries" VALUES(17,'01a2241de4727357bf4d11438a84c5c7-16','VE','Ventes','VE008','2026-01-08','411000','Clients','C8',NULL,'F-008','2026-01-08','Facture 008, « Été » & fils',8002500,0,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,18,X'0006615D14C487E72414AA2CB7D6D6A410E21402290767F3');
INSERT INTO "accounting_entries" VALUES(18,'01a2241de4727357bf4d11438a84c5c7-17','VE','Ventes','VE008','2026-01-08','707000','Ventes',NULL,NULL,'F-008','2026-01-08','Facture 008, « Été » & fils',0,8002500,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,19,X'0006615D14C487E776C8EBEDAB7F647E4CE415611CBD2A7D');
INSERT INTO "accounting_entries" VALUES(19,'01a2241de4727357bf4d11438a84c5c7-18','VE','Ventes','VE009','2026-01-09','411000','Clients','C9',NULL,'F-009','2026-01-09','Facture 009, « Été » & fils',10802500,0,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S1"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,20,X'0006615D14C487E7D0E141AE627CEBD5D0F11F5003B5F673');
INSERT INTO "accounting_entries" VALUES(20,'01a2241de4727357bf4d11438a84c5c7-19','VE','Ventes','VE009','2026-01-09','445710','TVA collectée',NULL,NULL,'F-009','2026-01-09','Facture 009, « Été » & fils',0,1800000,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S1"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,22,X'0006615D14C487E77D8EB075FBFE42466B173618A88AC07B');
INSERT INTO "accounting_entries" VALUES(21,'01a2241de4727357bf4d11438a84c5c7-20','VE','Ventes','VE009','2026-01-09','707000','Ventes',NULL,NULL,'F-009','2026-01-09','Facture 009, « Été » & fils',0,9002500,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S1"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,21,X'0006615D14C487E778A151B786655C4D3997F4F1AFC4B2F3');
INSERT INTO "accounting_entries" VALUES(22,'01a2241de4727357bf4d11438a84c5c7-21','VE','Ventes','VE010','2026-01-10','411000','Clients','C10',NULL,'F-010','2026-01-10','Facture 010, « Été » & fils',10002500,0,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,23,X'0006615D14C487E7DD7DB525A35CB2F099F80E93820365FC');
INSERT INTO "accounting_entries" VALUES(23,'01a2241de4727357bf4d11438a84c5c7-22','VE','Ventes','VE010','2026-01-10','707000','Ventes',NULL,NULL,'F-010','2026-01-10','Facture 010, « Été » & fils',0,10002500,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,24,X'0006615D14C487E7BAA295CDF5FE9085DC9802165EA9FF53');
INSERT INTO "accounting_entries" VALUES(24,'01a2241de4727357bf4d11438a84c5c7-23','VE','Ventes','VE011','2026-01-11','411000','Clients','C11',NULL,'F-011','2026-01-11','Facture 011, « Été » & fils',11002500,0,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S1"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,25,X'0006615D14C487E74120F041D62F64F97780F1B13118DE1A');
INSERT INTO "accounting_entries" VALUES(25,'01a2241de4727357bf4d11438a84c5c7-24','VE','Ventes','VE011','2026-01-11','707000','Ventes',NULL,NULL,'F-011','2026-01-11','Facture 011, « Été » & fils',0,11002500,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S1"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,26,X'0006615D14C487E7CAD77A2E2D2340CD12166E3B46D46763');
INSERT INTO "accounting_entries" VALUES(26,'01a2241de4727357bf4d11438a84c5c7-25','VE','Ventes','VE012','2026-01-12','411000','Clients','C12',NULL,'F-012','2026-01-12','Facture 012, « Été » & fils',14402500,0,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,27,X'0006615D14C487E7F6DAE40CF19D1A66E5514EC0A16FD7E4');
INSERT INTO "accounting_entries" VALUES(27,'01a2241de4727357bf4d11438a84c5c7-26','VE','Ventes','VE012','2026-01-12','445710','TVA collectée',NULL,NULL,'F-012','2026-01-12','Facture 012, « Été » & fils',0,2400000,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,29,X'0006615D14C487E7F04D1ED6BD6BF4F71D9263449A2EF756');
INSERT INTO "accounting_entries" VALUES(28,'01a2241de4727357bf4d11438a84c5c7-27','VE','Ventes','VE012','2026-01-12','707000','Ventes',NULL,NULL,'F-012','2026-01-12','Facture 012, « Été » & fils',0,12002500,'EUR',NULL,NULL,NULL,NULL,'2026-02-28','{"Service":"S0"}',1795902268540903,1795902268540903,1,NULL,'import',1,0,28,X'0006615D14C487E705C310A6C7A5E61E65F8374C58E9FCDD');
INSERT INTO "accounting_entries" VALUES(29,'late:1','VE',NULL,'VE012','2026-01-12','707000',NULL,NULL,NULL,NULL,NULL,'Avoir',0,-75000,'EUR',NULL,NULL,NULL,NULL,NULL,'{"Service":"S9","n":"1"}',1795902269020878,1795902269020878,1,NULL,'graphql',NULL,NULL,NULL,NULL);
CREATE TABLE background_jobs ( -- One row for each job that one gateway does for all. The gateway that does it holds its lease
            name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64), -- Name of the job
            lease_number INTEGER NOT NULL, -- Grows each time that a gateway takes the lease: who holds an older number has lost it
            leased_until INTEGER NOT NULL -- When the lease ends unless it is renewed, by the clock of the database, in microseconds since 1970-01-01 00:00 UTC
        ) STRICT, WITHOUT ROWID;
INSERT INTO "background_jobs" VALUES('clear_dead_imports',1,1795902868594000);
INSERT INTO "background_jobs" VALUES('forget_ended_claims',1,1795905868594000);
INSERT INTO "background_jobs" VALUES('forget_idempotency_keys',1,1795902328593000);
INSERT INTO "background_jobs" VALUES('forget_webhook_deliveries',1,1795905868594000);
INSERT INTO "background_jobs" VALUES('import',2,1795902268690000);
CREATE TABLE changed_exports ( -- One row for each system and each marked entry that may have changed since it was sent. Written by triggers: programs do not write here
        system_key INTEGER NOT NULL, -- The system, by its key
        entry_id INTEGER NOT NULL, -- The entry, by its id
        PRIMARY KEY (system_key, entry_id)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "changed_exports" VALUES(1,8);
INSERT INTO "changed_exports" VALUES(1,9);
INSERT INTO "changed_exports" VALUES(1,10);
INSERT INTO "changed_exports" VALUES(1,11);
INSERT INTO "changed_exports" VALUES(5,1);
INSERT INTO "changed_exports" VALUES(5,2);
INSERT INTO "changed_exports" VALUES(5,3);
INSERT INTO "changed_exports" VALUES(5,4);
CREATE TABLE company_numbers ( -- The SIRENs of the one company whose books this ledger holds
            place INTEGER PRIMARY KEY CHECK (place >= 1), -- 1 for the number of the first FEC, more when the company was renumbered
            siren TEXT NOT NULL UNIQUE CHECK (length(siren) = 9), -- The number: nine digits
            since INTEGER NOT NULL -- When the first file with this number was imported, in microseconds since 1970-01-01 00:00 UTC
        ) STRICT;
INSERT INTO "company_numbers" VALUES(1,'552100554',1795902268537730);
CREATE TABLE export_claim_entries ( -- One row for each entry of a claim
        claim_key INTEGER NOT NULL, -- The claim, by its key
        entry_id INTEGER NOT NULL, -- The entry, by its id
        version INTEGER NOT NULL, -- Version of the entry when it was claimed
        PRIMARY KEY (claim_key, entry_id)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "export_claim_entries" VALUES(1,1,1);
INSERT INTO "export_claim_entries" VALUES(1,2,1);
INSERT INTO "export_claim_entries" VALUES(1,3,1);
INSERT INTO "export_claim_entries" VALUES(1,4,1);
INSERT INTO "export_claim_entries" VALUES(2,5,1);
INSERT INTO "export_claim_entries" VALUES(2,6,1);
INSERT INTO "export_claim_entries" VALUES(2,7,1);
CREATE TABLE export_claims ( -- One row for each claim: entries that one worker is sending to a system
        key INTEGER PRIMARY KEY AUTOINCREMENT, -- Number of the claim in the other tables
        id TEXT NOT NULL UNIQUE, -- Id of the claim, as clients write it
        system_key INTEGER NOT NULL, -- The system, by its key
        worker TEXT NOT NULL, -- What the worker calls itself
        actor TEXT NOT NULL, -- Who claimed
        claimed_at INTEGER NOT NULL, -- When, in microseconds since 1970-01-01 00:00 UTC
        expires_at INTEGER NOT NULL, -- End of the lease, in microseconds since 1970-01-01 00:00 UTC. On PostgreSQL by the clock of its server
        ended_at INTEGER -- When the claim was seen to hold nothing any more
    ) STRICT;
INSERT INTO "export_claims" VALUES(1,'01a2241d-e54a-75e3-b768-202b40fda39d',2,'one','graphql',1795902268746768,1795902278747000,1795902268767690);
INSERT INTO "export_claims" VALUES(2,'01a2241d-e56a-7176-b6f2-30bbac6efa18',2,'two','graphql',1795902268778076,1795902278780000,NULL);
CREATE TABLE export_conflicts ( -- One row for each two facts about an export that do not fit together
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- Given by the database
        kind TEXT NOT NULL CHECK (kind IN ('POSTED_TWICE', 'CLAIM_LOST')), -- What does not fit
        system_key INTEGER NOT NULL, -- The system, by its key
        entry_id INTEGER NOT NULL, -- The entry, by its id
        found_at INTEGER NOT NULL, -- When, in microseconds since 1970-01-01 00:00 UTC
        actor TEXT NOT NULL, -- Who brought the second fact
        first_reference_id TEXT, -- The document that was named before
        second_reference_id TEXT, -- The document that was named now
        claim_id TEXT, -- The claim that was settled after others had claimed the entry
        resolved_at INTEGER, -- When a person resolved it, in microseconds since 1970-01-01 00:00 UTC. NULL while nobody has
        resolved_by TEXT, -- Who
        note TEXT -- What that person found
    ) STRICT;
INSERT INTO "export_conflicts" VALUES(1,'POSTED_TWICE',1,1,1795902268640132,'graphql','GL-2026-001','GL-2026-901',NULL,1795902268651506,'graphql','GL-2026-901 was reversed');
INSERT INTO "export_conflicts" VALUES(2,'POSTED_TWICE',1,3,1795902268644709,'graphql','GL-2026-003','GL-2026-902',NULL,NULL,NULL,NULL);
CREATE TABLE export_events ( -- The log of events: one row for each thing that happened to an export. Triggers write it
        position INTEGER PRIMARY KEY AUTOINCREMENT, -- Its place in the log
        tag INTEGER NOT NULL DEFAULT (random()), -- A number that no other event of any database has: the cursor of the event holds it
        kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64), -- What happened, such as EXPORTED or CHANGED
        at INTEGER NOT NULL, -- When it happened, in microseconds since 1970-01-01 00:00 UTC
        system_id TEXT NOT NULL, -- Name of the system
        entry_id INTEGER, -- The entry, by its id. NULL for a claim and for a replay, which are about many
        actor TEXT, -- Who did it. NULL when another program did, with SQL
        timeline_event_id INTEGER, -- The same event in the timeline of the entry. NULL where there is none
        subject TEXT -- Of a claim its id, of a replay and of a conflict its number
    ) STRICT;
INSERT INTO "export_events" VALUES(1,-4292745172449621189,'EXPORTED',1795902268629144,'erp',1,'graphql',1,NULL);
INSERT INTO "export_events" VALUES(2,8403393466038931425,'EXPORTED',1795902268629144,'erp',2,'graphql',2,NULL);
INSERT INTO "export_events" VALUES(3,-915342616150867629,'EXPORTED',1795902268629144,'erp',3,'graphql',3,NULL);
INSERT INTO "export_events" VALUES(4,5481426662931081984,'EXPORTED',1795902268629144,'erp',4,'graphql',4,NULL);
INSERT INTO "export_events" VALUES(5,6425729144314391780,'EXPORTED',1795902268629144,'erp',5,'graphql',5,NULL);
INSERT INTO "export_events" VALUES(6,2168246080917382975,'EXPORTED',1795902268629144,'erp',6,'graphql',6,NULL);
INSERT INTO "export_events" VALUES(7,-780223796225441765,'EXPORTED',1795902268629144,'erp',7,'graphql',7,NULL);
INSERT INTO "export_events" VALUES(8,850642233192066580,'EXPORTED',1795902268629144,'erp',8,'graphql',8,NULL);
INSERT INTO "export_events" VALUES(9,-7836494425969556769,'EXPORTED',1795902268629144,'erp',9,'graphql',9,NULL);
INSERT INTO "export_events" VALUES(10,-6405168466469488517,'EXPORTED',1795902268629144,'erp',10,'graphql',10,NULL);
INSERT INTO "export_events" VALUES(11,3032315270309817388,'EXPORTED',1795902268635560,'erp',11,'graphql',11,NULL);
INSERT INTO "export_events" VALUES(12,3594836402427477970,'EXPORTED',1795902268635560,'erp',12,'graphql',12,NULL);
INSERT INTO "export_events" VALUES(13,2983365638669608222,'EXPORTED',1795902268635560,'erp',13,'graphql',13,NULL);
INSERT INTO "export_events" VALUES(14,9076477242313166713,'EXPORTED',1795902268635560,'erp',14,'graphql',14,NULL);
INSERT INTO "export_events" VALUES(15,1695230238926618685,'CONFLICT',1795902268640132,'erp',1,'graphql',NULL,'1');
INSERT INTO "export_events" VALUES(16,-4985707422632186754,'EXPORTED',1795902268640132,'erp',1,'graphql',15,NULL);
INSERT INTO "export_events" VALUES(17,-1639670254496350016,'CONFLICT',1795902268644709,'erp',3,'graphql',NULL,'2');
INSERT INTO "export_events" VALUES(18,7561691207076478416,'EXPORTED',1795902268644709,'erp',3,'graphql',16,NULL);
INSERT INTO "export_events" VALUES(19,-7952791619509042619,'CHANGED',1795902268683000,'erp',8,NULL,NULL,NULL);
INSERT INTO "export_events" VALUES(20,-15558327823557198,'CHANGED',1795902268684000,'erp',9,NULL,NULL,NULL);
INSERT INTO "export_events" VALUES(21,8822935390957548550,'WITHDRAWN',1795902268700000,'erp',10,NULL,NULL,NULL);
INSERT INTO "export_events" VALUES(22,-3401617414388790921,'WITHDRAWN',1795902268702000,'erp',11,NULL,NULL,NULL);
INSERT INTO "export_events" VALUES(23,-7741206961545584854,'UNMARKED',1795902268706653,'erp',12,'graphql',21,NULL);
INSERT INTO "export_events" VALUES(24,-3836405289454029937,'UNMARKED',1795902268706653,'erp',13,'graphql',22,NULL);
INSERT INTO "export_events" VALUES(25,6773381314865846752,'UNMARKED',1795902268706653,'erp',14,'graphql',23,NULL);
INSERT INTO "export_events" VALUES(26,-7910516810699784127,'FAILED',1795902268717645,'erp',15,'graphql',24,NULL);
INSERT INTO "export_events" VALUES(27,-3002463631721254255,'FAILED',1795902268717645,'erp',16,'graphql',25,NULL);
INSERT INTO "export_events" VALUES(28,-4810386903232542653,'FAILED',1795902268724443,'erp',17,'graphql',26,NULL);
INSERT INTO "export_events" VALUES(29,3280071328202495986,'FAILED',1795902268724443,'erp',18,'graphql',27,NULL);
INSERT INTO "export_events" VALUES(30,8573010755049652218,'FAILED',1795902268728646,'erp',17,'graphql',28,NULL);
INSERT INTO "export_events" VALUES(31,-4210611325595952094,'PARKED',1795902268728646,'erp',17,'graphql',28,NULL);
INSERT INTO "export_events" VALUES(32,-368375473891283965,'FAILED',1795902268728646,'erp',18,'graphql',29,NULL);
INSERT INTO "export_events" VALUES(33,-5539017743267074045,'PARKED',1795902268728646,'erp',18,'graphql',29,NULL);
INSERT INTO "export_events" VALUES(34,8690733527601612695,'FAILED',1795902268732905,'erp',19,'graphql',30,NULL);
INSERT INTO "export_events" VALUES(35,6247760147223614255,'FAILED',1795902268732905,'erp',20,'graphql',31,NULL);
INSERT INTO "export_events" VALUES(36,8006740295888214989,'FAILED',1795902268732905,'erp',21,'graphql',32,NULL);
INSERT INTO "export_events" VALUES(37,-7103723239561896694,'REQUEUED',1795902268736982,'erp',19,'graphql',33,NULL);
INSERT INTO "export_events" VALUES(38,3527285940403409654,'REQUEUED',1795902268736982,'erp',20,'graphql',34,NULL);
INSERT INTO "export_events" VALUES(39,5861795277156258788,'REQUEUED',1795902268736982,'erp',21,'graphql',35,NULL);
INSERT INTO "export_events" VALUES(40,4342880305114762323,'PARKED',1795902268741811,'erp',22,'graphql',36,NULL);
INSERT INTO "export_events" VALUES(41,7320414282778799561,'PARKED',1795902268741811,'erp',23,'graphql',37,NULL);
INSERT INTO "export_events" VALUES(42,9081777600862233370,'CLAIMED',1795902268746768,'crm',NULL,'graphql',NULL,'01a2241d-e54a-75e3-b768-202b40fda39d');
INSERT INTO "export_events" VALUES(43,4941512935150310674,'EXPORTED',1795902268767690,'crm',1,'graphql',42,NULL);
INSERT INTO "export_events" VALUES(44,-6853265083156465065,'EXPORTED',1795902268767690,'crm',2,'graphql',43,NULL);
INSERT INTO "export_events" VALUES(45,-8530117236231703742,'FAILED',1795902268767690,'crm',3,'graphql',44,NULL);
INSERT INTO "export_events" VALUES(46,-7776808840254468812,'FAILED',1795902268767690,'crm',4,'graphql',45,NULL);
INSERT INTO "export_events" VALUES(47,-9052929375857212445,'CLAIMED',1795902268778076,'crm',NULL,'graphql',NULL,'01a2241d-e56a-7176-b6f2-30bbac6efa18');
INSERT INTO "export_events" VALUES(48,5553184029253061891,'EXPORTED',1795902268791568,'bi',26,'graphql',49,NULL);
INSERT INTO "export_events" VALUES(49,-5367657115449237363,'EXPORTED',1795902268796024,'mistyped',1,'graphql',50,NULL);
INSERT INTO "export_events" VALUES(50,3418558999510453522,'EXPORTED',1795902268796024,'mistyped',2,'graphql',51,NULL);
INSERT INTO "export_events" VALUES(51,-2240186035462239077,'EXPORTED',1795902268806410,'warehouse',1,'graphql',52,NULL);
INSERT INTO "export_events" VALUES(52,880329551242533012,'EXPORTED',1795902268806410,'warehouse',2,'graphql',53,NULL);
INSERT INTO "export_events" VALUES(53,1200856855777936800,'EXPORTED',1795902268806410,'warehouse',3,'graphql',54,NULL);
INSERT INTO "export_events" VALUES(54,-340196915138827311,'EXPORTED',1795902268806410,'warehouse',4,'graphql',55,NULL);
INSERT INTO "export_events" VALUES(55,-1891016015706464099,'EXPORTED',1795902268806410,'warehouse',5,'graphql',56,NULL);
INSERT INTO "export_events" VALUES(56,-4175083359988694546,'EXPORTED',1795902268806410,'warehouse',6,'graphql',57,NULL);
INSERT INTO "export_events" VALUES(57,4078910330317658147,'EXPORTED',1795902268806410,'warehouse',7,'graphql',58,NULL);
INSERT INTO "export_events" VALUES(58,8928088213139575529,'EXPORTED',1795902268806410,'warehouse',8,'graphql',59,NULL);
INSERT INTO "export_events" VALUES(59,-6886533759881733580,'EXPORTED',1795902268806410,'warehouse',9,'graphql',60,NULL);
INSERT INTO "export_events" VALUES(60,-2858545686433046235,'EXPORTED',1795902268806410,'warehouse',10,'graphql',61,NULL);
INSERT INTO "export_events" VALUES(61,-1247940547510975520,'WITHDRAWN',1795902268806410,'warehouse',10,NULL,NULL,NULL);
INSERT INTO "export_events" VALUES(62,-3577054828340101012,'EXPORTED',1795902268812799,'warehouse',11,'graphql',62,NULL);
INSERT INTO "export_events" VALUES(63,986149022575442210,'WITHDRAWN',1795902268812799,'warehouse',11,NULL,NULL,NULL);
INSERT INTO "export_events" VALUES(64,2648512936103362789,'EXPORTED',1795902268812799,'warehouse',12,'graphql',63,NULL);
INSERT INTO "export_events" VALUES(65,6329301015368460293,'EXPORTED',1795902268812799,'warehouse',13,'graphql',64,NULL);
INSERT INTO "export_events" VALUES(66,-6970060646906810561,'EXPORTED',1795902268812799,'warehouse',14,'graphql',65,NULL);
INSERT INTO "export_events" VALUES(67,4232603474578145102,'EXPORTED',1795902268812799,'warehouse',15,'graphql',66,NULL);
INSERT INTO "export_events" VALUES(68,5197145463235968875,'EXPORTED',1795902268812799,'warehouse',16,'graphql',67,NULL);
INSERT INTO "export_events" VALUES(69,-254526438830535993,'EXPORTED',1795902268812799,'warehouse',17,'graphql',68,NULL);
INSERT INTO "export_events" VALUES(70,-1765965970618237734,'EXPORTED',1795902268812799,'warehouse',18,'graphql',69,NULL);
INSERT INTO "export_events" VALUES(71,2589839226550640324,'REPLAYED',1795902268819793,'warehouse',NULL,'graphql',NULL,'1');
INSERT INTO "export_events" VALUES(72,8957247318673816227,'EXPORTED',1795902268887897,'warehouse',1,'graphql',88,NULL);
INSERT INTO "export_events" VALUES(73,-1697905160557053263,'EXPORTED',1795902268887897,'warehouse',2,'graphql',89,NULL);
INSERT INTO "export_events" VALUES(74,-490371106514308967,'EXPORTED',1795902268887897,'warehouse',3,'graphql',90,NULL);
INSERT INTO "export_events" VALUES(75,-7266494423679778321,'EXPORTED',1795902268887897,'warehouse',4,'graphql',91,NULL);
INSERT INTO "export_events" VALUES(76,2372438662804228137,'REPLAYED',1795902268893375,'warehouse',NULL,'graphql',NULL,'2');
INSERT INTO "export_events" VALUES(77,-12527443455998406,'REPLAY_CANCELLED',1795902268956141,'warehouse',NULL,'graphql',NULL,'2');
INSERT INTO "export_events" VALUES(78,-2823217125675307057,'EXPORTED',1795902269071701,'erp',24,'graphql',101,NULL);
INSERT INTO "export_events" VALUES(79,2743470074203022167,'EXPORTED',1795902269071701,'erp',25,'graphql',102,NULL);
CREATE TABLE export_marks ( -- One row for each entry and each system that it was sent to
        entry_id INTEGER NOT NULL, -- The entry, by its id
        system_key INTEGER NOT NULL, -- The system, by its key
        marked_at INTEGER NOT NULL, -- When the entry was last marked, in microseconds since 1970-01-01 00:00 UTC
        note TEXT, -- What the caller noted with the last mark
        actor TEXT, -- Who set the last mark
        times_marked INTEGER NOT NULL DEFAULT 1, -- How often the entry was marked for the system since it was last unmarked
        version INTEGER NOT NULL DEFAULT 0 CHECK (version >= 0), -- Version of the entry that the system was sent; of several, the newest. Leave it out: it is the entry's
        reference_id TEXT CHECK (length(reference_id) BETWEEN 1 AND 200), -- Name of the system's own document for the entry
        reference_url TEXT CHECK (length(reference_url) BETWEEN 1 AND 2000), -- Address of that document
        PRIMARY KEY (entry_id, system_key)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "export_marks" VALUES(1,1,1795902268640132,NULL,'graphql',2,1,'GL-2026-901',NULL);
INSERT INTO "export_marks" VALUES(1,2,1795902268767690,NULL,'graphql',1,1,'C-1','https://crm.example/C-1');
INSERT INTO "export_marks" VALUES(1,4,1795902268796024,NULL,'graphql',1,1,'1',NULL);
INSERT INTO "export_marks" VALUES(1,5,1795902268887897,NULL,'graphql',1,1,'load-2/1',NULL);
INSERT INTO "export_marks" VALUES(2,1,1795902268629144,'by the nightly run','graphql',1,1,'GL-2026-002',NULL);
INSERT INTO "export_marks" VALUES(2,2,1795902268767690,NULL,'graphql',1,1,'C-1','https://crm.example/C-1');
INSERT INTO "export_marks" VALUES(2,4,1795902268796024,NULL,'graphql',1,1,'2',NULL);
INSERT INTO "export_marks" VALUES(2,5,1795902268887897,NULL,'graphql',1,1,'load-2/2',NULL);
INSERT INTO "export_marks" VALUES(3,1,1795902268644709,NULL,'graphql',2,1,'GL-2026-902',NULL);
INSERT INTO "export_marks" VALUES(3,5,1795902268887897,NULL,'graphql',1,1,'load-2/3',NULL);
INSERT INTO "export_marks" VALUES(4,1,1795902268629144,'by the nightly run','graphql',1,1,'GL-2026-004',NULL);
INSERT INTO "export_marks" VALUES(4,5,1795902268887897,NULL,'graphql',1,1,'load-2/4',NULL);
INSERT INTO "export_marks" VALUES(5,1,1795902268629144,'by the nightly run','graphql',1,1,'GL-2026-005',NULL);
INSERT INTO "export_marks" VALUES(6,1,1795902268629144,'by the nightly run','graphql',1,1,'GL-2026-006',NULL);
INSERT INTO "export_marks" VALUES(7,1,1795902268629144,'by the nightly run','graphql',1,1,'GL-2026-007',NULL);
INSERT INTO "export_marks" VALUES(8,1,1795902268629144,'by the nightly run','graphql',1,1,'GL-2026-008',NULL);
INSERT INTO "export_marks" VALUES(9,1,1795902268629144,'by the nightly run','graphql',1,1,'GL-2026-009',NULL);
INSERT INTO "export_marks" VALUES(10,1,1795902268629144,'by the nightly run','graphql',1,1,'GL-2026-010',NULL);
INSERT INTO "export_marks" VALUES(11,1,1795902268635560,'by the nightly run','graphql',1,1,'GL-2026-011',NULL);
INSERT INTO "export_marks" VALUES(24,1,1795902269071701,NULL,'graphql',1,1,'GL-2026-024',NULL);
INSERT INTO "export_marks" VALUES(25,1,1795902269071701,NULL,'graphql',1,1,'GL-2026-025',NULL);
INSERT INTO "export_marks" VALUES(26,3,1795902268791568,NULL,'graphql',1,1,'row 26',NULL);
CREATE TABLE export_replays ( -- One row for each replay
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- Given by the database
        system_key INTEGER NOT NULL, -- The system, by its key
        marked_since INTEGER NOT NULL, -- Marks after this moment are taken back, in microseconds since 1970-01-01 00:00 UTC
        marked_until INTEGER NOT NULL, -- Marks up to this moment are
        last_event_id INTEGER NOT NULL, -- Highest id of a timeline event when the replay was started: later marks are not taken back, whatever their time
        reason TEXT NOT NULL, -- Why
        actor TEXT NOT NULL, -- Who started it
        started_at INTEGER NOT NULL, -- When, in microseconds since 1970-01-01 00:00 UTC
        state TEXT NOT NULL DEFAULT 'RUNNING' CHECK (state IN ('RUNNING', 'DONE', 'CANCELLING', 'CANCELLED')), -- How far it is
        passed_at INTEGER NOT NULL, -- Marks up to this moment have been looked at
        passed_entry_id INTEGER NOT NULL, -- Of the marks of that moment, those of entries up to this id
        set_aside_count INTEGER NOT NULL DEFAULT 0, -- How many marks were taken back
        ended_at INTEGER, -- When nothing was left to be taken back, or put back
        cancelled_at INTEGER, -- When somebody cancelled it
        cancelled_by TEXT, -- Who
        put_back_to INTEGER NOT NULL DEFAULT 0, -- When it is cancelled: rows of set_aside_marks up to this id have been looked at
        put_back_count INTEGER NOT NULL DEFAULT 0 -- How many marks were put back
    ) STRICT;
INSERT INTO "export_replays" VALUES(1,5,1795902268804198,1795902268819793,69,'restored from a backup','graphql',1795902268819793,'DONE',1795902268804198,9223372036854775807,18,1795902268825875,NULL,NULL,0,0);
INSERT INTO "export_replays" VALUES(2,5,1795902268804198,1795902268893375,91,'a mistake','graphql',1795902268893375,'CANCELLED',1795902268804198,9223372036854775807,4,1795902268959277,1795902268956141,'graphql',25,4);
CREATE TABLE export_systems ( -- One row for each system that somebody has marked an entry for
        key INTEGER PRIMARY KEY AUTOINCREMENT, -- Number of the system in the other tables
        name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64), -- Name of the system, as clients write it
        known_since INTEGER NOT NULL, -- When it was first marked for, in microseconds since 1970-01-01 00:00 UTC
        settled_after INTEGER, -- PostgreSQL: transactions with a lower number may not know of the system; its history is settled when they have ended
        history_end INTEGER, -- Id of the last entry that was there before the system was known. NULL until that is settled: then everything counts as history
        taken_over_to INTEGER NOT NULL DEFAULT 0, -- Of the history, entries up to this id have a pending row or a mark; the rest is looked at entry by entry
        retired_at INTEGER, -- When the system was retired, in microseconds since 1970-01-01 00:00 UTC: it gets no pending rows, and all of its history counts as not taken over. NULL: it is not
        display_name TEXT CHECK (length(display_name) BETWEEN 1 AND 200), -- What people call the system
        description TEXT CHECK (length(description) <= 2000), -- What there is to know about it
        unit TEXT NOT NULL DEFAULT 'VOUCHER' CHECK (unit IN ('VOUCHER', 'ENTRY')), -- What is claimed, fails and is parked as one: VOUCHER or ENTRY
        max_attempts INTEGER NOT NULL DEFAULT 8 CHECK (max_attempts BETWEEN 1 AND 1000), -- After so many attempts that failed, a unit is parked
        first_retry_seconds INTEGER NOT NULL DEFAULT 60 CHECK (first_retry_seconds BETWEEN 1 AND 86400), -- The wait after the first attempt that failed; it doubles with each further one
        longest_retry_seconds INTEGER NOT NULL DEFAULT 21600 CHECK (longest_retry_seconds BETWEEN 1 AND 604800), -- The longest wait
        dispatch_salt TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))) -- A text that no other system of any ledger has: part of the keys under which units are sent
    ) STRICT;
INSERT INTO "export_systems" VALUES(1,'erp',1795902268629144,NULL,28,28,NULL,'The ERP','in Lyon','VOUCHER',2,60,21600,'9c97673145c5a9fef0af02f6549762b5');
INSERT INTO "export_systems" VALUES(2,'crm',1795902268746768,NULL,28,28,NULL,NULL,NULL,'VOUCHER',8,60,21600,'f381971ab92a7897ff36a7e88c618fbf');
INSERT INTO "export_systems" VALUES(3,'bi',1795902268788298,NULL,28,28,NULL,NULL,NULL,'ENTRY',8,60,21600,'3ca1b29a3fc2a569a08afe5700f307c4');
INSERT INTO "export_systems" VALUES(4,'mistyped',1795902268796024,NULL,NULL,0,1795902268802516,NULL,NULL,'VOUCHER',8,60,21600,'6cd54fc1007f359f98e11d2ab1de156b');
INSERT INTO "export_systems" VALUES(5,'warehouse',1795902268806410,NULL,28,28,NULL,NULL,NULL,'VOUCHER',8,60,21600,'16f303d930fc251ec7d0f6b087372293');
CREATE TABLE export_turns ( -- One row for each system that something was claimed for. Who claims locks it, so that claims take turns
        system_key INTEGER PRIMARY KEY, -- The system, by its key
        begin_after INTEGER NOT NULL DEFAULT 0, -- The next claim looks for free entries after this id
        began_at INTEGER NOT NULL DEFAULT 0 -- When a claim last looked from the lowest id on, in microseconds since 1970-01-01 00:00 UTC
    ) STRICT;
INSERT INTO "export_turns" VALUES(2,7,1795902268747000);
INSERT INTO "export_turns" VALUES(5,0,0);
CREATE TABLE idempotency_keys ( -- One row for each idempotency key that was used lately. Rows are deleted when the keys have expired
                key TEXT PRIMARY KEY, -- Digest of the operation, of the caller and of the key that the caller gave: the same key of two callers, or for two operations, is two rows
                request_digest TEXT NOT NULL, -- Digest of what was asked with the key
                answer TEXT, -- What was answered, as JSON
                used_at INTEGER NOT NULL -- When the key was first used, in microseconds since 1970-01-01 00:00 UTC
            ) STRICT, WITHOUT ROWID;
INSERT INTO "idempotency_keys" VALUES('cQKI4IviFt405DRbwg77MZuV_9wah-CcR2aeKp4ODiU','sWseQ3NjGqw40J8Kfr86vsJx2L8GWKiXcsYAR_Uoh9s','{"claim_id":"01a2241d-e54a-75e3-b768-202b40fda39d","exports":[{"entry_id":1,"system_id":"crm","exported_at":"2026-11-28T21:44:28.767690Z","note":null,"remarked":false,"version":1,"reference":{"document_id":"C-1","url":"https://crm.example/C-1"}},{"entry_id":2,"system_id":"crm","exported_at":"2026-11-28T21:44:28.767690Z","note":null,"remarked":false,"version":1,"reference":{"document_id":"C-1","url":"https://crm.example/C-1"}}],"failures":[{"target":{"voucher":"2026-01-02/VE/VE002"},"system_id":"crm","state":"FAILED","attempts":1,"next_attempt_at":"2027-01-01T00:00:00.000000Z","entries":2}],"remaining":0,"faults":[]}',1795902268767690);
INSERT INTO "idempotency_keys" VALUES('cfeTZJ9HQcTzAhu8Dj7EBmaw1qaVf23jTeN_h_tSdM0','37m9qzDcJzc8yDLAj8WoPvGYtWY1XIAKM6IFX_QVCWo','{"done":[{"entry_id":11,"system_id":"erp","exported_at":"2026-11-28T21:44:28.635560Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-011"}},{"entry_id":12,"system_id":"erp","exported_at":"2026-11-28T21:44:28.635560Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-012"}},{"entry_id":13,"system_id":"erp","exported_at":"2026-11-28T21:44:28.635560Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-013"}},{"entry_id":14,"system_id":"erp","exported_at":"2026-11-28T21:44:28.635560Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-014"}}],"faults":[]}',1795902268635560);
INSERT INTO "idempotency_keys" VALUES('l9ag_fherEsf3T2JkPqxAYGf17waMh5cTHpgslvqxUs','d3ld0mlap21O2VKdnbvtnP_uFA_-jRfaSty6g-zyOVY','"01a2241d-e56a-7176-b6f2-30bbac6efa18"',1795902268778076);
INSERT INTO "idempotency_keys" VALUES('rz4owOokLdJzm2F_moH4uRElzcNyJofwutXZawvZWJw','dsexRIA7_8mDp76B6lUozVYhXf5wTg6TFANGIvnLc54','{"done":[{"entry_id":1,"system_id":"erp","exported_at":"2026-11-28T21:44:28.629144Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-001"}},{"entry_id":2,"system_id":"erp","exported_at":"2026-11-28T21:44:28.629144Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-002"}},{"entry_id":3,"system_id":"erp","exported_at":"2026-11-28T21:44:28.629144Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-003"}},{"entry_id":4,"system_id":"erp","exported_at":"2026-11-28T21:44:28.629144Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-004"}},{"entry_id":5,"system_id":"erp","exported_at":"2026-11-28T21:44:28.629144Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-005"}},{"entry_id":6,"system_id":"erp","exported_at":"2026-11-28T21:44:28.629144Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-006"}},{"entry_id":7,"system_id":"erp","exported_at":"2026-11-28T21:44:28.629144Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-007"}},{"entry_id":8,"system_id":"erp","exported_at":"2026-11-28T21:44:28.629144Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-008"}},{"entry_id":9,"system_id":"erp","exported_at":"2026-11-28T21:44:28.629144Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-009"}},{"entry_id":10,"system_id":"erp","exported_at":"2026-11-28T21:44:28.629144Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-010"}}],"faults":[]}',1795902268629144);
CREATE TABLE import_chunks ( -- Lines of an import that runs, sorted in parts. Programs do not write here
        import_id INTEGER NOT NULL, -- The import, by its id
        sorter INTEGER NOT NULL, -- What kind of records
        run INTEGER NOT NULL, -- Number of the sorted part
        number INTEGER NOT NULL, -- Number of the chunk in it
        records BLOB NOT NULL, -- The records, one after the other
        PRIMARY KEY (import_id, sorter, run, number)
    ) STRICT;
CREATE TABLE imports ( -- One row for each import: one command or call, whatever files it read
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- Number of the import, given by the database
        at INTEGER NOT NULL, -- When it began, in microseconds since 1970-01-01 00:00 UTC
        actor TEXT NOT NULL, -- Who imported
        files TEXT NOT NULL DEFAULT '[]', -- Its files in their order: an array of objects with name and sha256
        summary TEXT, -- What it came to, as one JSON object. NULL while it runs, and when it did not come to its end
        alive_at INTEGER NOT NULL -- When it last did something, in microseconds since 1970-01-01 00:00 UTC
    ) STRICT;
INSERT INTO "imports" VALUES(1,1795902268538271,'import','[{"name":"552100554FEC20261231.txt","sha256":"cc9ac697a3c22e94a0ea693afb009b8d2214fac7e0e83a0b6c8c9ed9b103bcac"}]','{"already_sent":0,"credit":"8403.00","debit":"8403.00","held_back":0,"inserted":28,"ledger_credit":"8403.00","ledger_debit":"8403.00","missing":0,"read":28,"rejected":0,"sent_to":[],"unchanged":0,"updated":0,"vouchers":{"changed":0,"held_back":0,"missing":0,"new":12,"read":12,"unbalanced":0,"unchanged":0},"withdrawn":0}',1795902268538271);
INSERT INTO "imports" VALUES(2,1795902268674923,'import','[{"name":"corrected/552100554FEC20261231.txt","sha256":"8d1bc5f31f5fe6633e51056285f0334147e424333c0e5e15ef2a0430052cb6b7"}]','{"already_sent":2,"credit":"8403.00","debit":"8403.00","held_back":0,"inserted":0,"ledger_credit":"8403.00","ledger_debit":"8403.00","missing":0,"read":28,"rejected":0,"sent_to":[{"entries":2,"system_id":"erp"}],"unchanged":26,"updated":2,"vouchers":{"changed":1,"held_back":0,"missing":0,"new":0,"read":12,"unbalanced":0,"unchanged":11},"withdrawn":0}',1795902268674923);
CREATE TABLE pending_exports ( -- One row for each system and each entry that it has not been sent. Written by triggers: programs do not write here
        system_key INTEGER NOT NULL, -- The system, by its key
        entry_id INTEGER NOT NULL, -- The entry, by its id
        progress INTEGER NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 4), -- 0: nobody has it; 1: a worker has claimed it; 2: the system refused it; 3: parked after too many attempts; 4: parked by a person
        attempts INTEGER NOT NULL DEFAULT 0, -- How many attempts failed since it was last requeued
        failure_type INTEGER NOT NULL DEFAULT 0, -- Why the last attempt failed, as a number from 1; 0: none did. The timeline has the words
        due_at INTEGER NOT NULL DEFAULT 0, -- Of what the system refused: when it is tried again, in microseconds since 1970-01-01 00:00 UTC
        claim_key INTEGER, -- The claim that has it, by its key
        PRIMARY KEY (system_key, entry_id)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "pending_exports" VALUES(1,12,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(1,13,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(1,14,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(1,15,2,1,2,1795902269716269,NULL);
INSERT INTO "pending_exports" VALUES(1,16,2,1,2,1795902269716269,NULL);
INSERT INTO "pending_exports" VALUES(1,17,3,2,1,0,NULL);
INSERT INTO "pending_exports" VALUES(1,18,3,2,1,0,NULL);
INSERT INTO "pending_exports" VALUES(1,19,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(1,20,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(1,21,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(1,22,4,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(1,23,4,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(1,26,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(1,27,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(1,28,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(1,29,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,3,2,1,8,1798761600000000,NULL);
INSERT INTO "pending_exports" VALUES(2,4,2,1,8,1798761600000000,NULL);
INSERT INTO "pending_exports" VALUES(2,5,1,0,0,0,2);
INSERT INTO "pending_exports" VALUES(2,6,1,0,0,0,2);
INSERT INTO "pending_exports" VALUES(2,7,1,0,0,0,2);
INSERT INTO "pending_exports" VALUES(2,8,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,9,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,12,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,13,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,14,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,15,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,16,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,17,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,18,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,19,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,20,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,21,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,22,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,23,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,24,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,25,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,26,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,27,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,28,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(2,29,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,1,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,2,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,3,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,4,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,5,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,6,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,7,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,8,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,9,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,12,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,13,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,14,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,15,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,16,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,17,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,18,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,19,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,20,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,21,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,22,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,23,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,24,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,25,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,27,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,28,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(3,29,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,5,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,6,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,7,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,8,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,9,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,12,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,13,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,14,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,15,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,16,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,17,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,18,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,19,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,20,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,21,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,22,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,23,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,24,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,25,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,26,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,27,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,28,0,0,0,0,NULL);
INSERT INTO "pending_exports" VALUES(5,29,0,0,0,0,NULL);
CREATE TABLE replaceable_entry ( -- One row at most: the entry that the insert at work could replace. Written by triggers
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1), -- Always 1
            entry_id INTEGER NOT NULL -- The entry, by its id
         ) STRICT;
CREATE TABLE "seaql_migrations" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" integer NOT NULL );
INSERT INTO "seaql_migrations" VALUES('m0001_ledger',1795902268);
INSERT INTO "seaql_migrations" VALUES('m0002_export_tracking',1795902268);
INSERT INTO "seaql_migrations" VALUES('m0003_idempotency_keys',1795902268);
INSERT INTO "seaql_migrations" VALUES('m0004_access_tokens',1795902268);
INSERT INTO "seaql_migrations" VALUES('m0005_background_jobs',1795902268);
INSERT INTO "seaql_migrations" VALUES('m0006_company',1795902268);
INSERT INTO "seaql_migrations" VALUES('m0007_export_events',1795902268);
INSERT INTO "seaql_migrations" VALUES('m0008_webhooks',1795902268);
CREATE TABLE set_aside_marks ( -- One row for each mark that was taken back. Rows are never changed; a row goes when a replay is cancelled and the mark comes back
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- Given by the database
        entry_id INTEGER NOT NULL, -- The entry, by its id
        system_key INTEGER NOT NULL, -- The system, by its key
        marked_at INTEGER NOT NULL, -- When the entry was last marked, in microseconds since 1970-01-01 00:00 UTC
        note TEXT, -- What the caller noted with that mark
        actor TEXT, -- Who set that mark
        times_marked INTEGER NOT NULL, -- How often the entry had been marked
        version INTEGER NOT NULL, -- Version of the entry that the system had been sent
        reference_id TEXT, -- Name of the system's own document for the entry
        reference_url TEXT, -- Address of that document
        set_aside_at INTEGER NOT NULL, -- When the mark was taken back, in microseconds since 1970-01-01 00:00 UTC
        set_aside_by TEXT, -- Who took it back. NULL when another program deleted the mark, with SQL
        reason TEXT, -- Why. NULL when another program deleted the mark
        replay_id INTEGER -- The replay that took it back, by its id; NULL when none did
    ) STRICT;
INSERT INTO "set_aside_marks" VALUES(1,12,1,1795902268635560,'by the nightly run','graphql',1,1,'GL-2026-012',NULL,1795902268706653,'graphql','the ERP took it back',NULL);
INSERT INTO "set_aside_marks" VALUES(2,13,1,1795902268635560,'by the nightly run','graphql',1,1,'GL-2026-013',NULL,1795902268706653,'graphql','the ERP took it back',NULL);
INSERT INTO "set_aside_marks" VALUES(3,14,1,1795902268635560,'by the nightly run','graphql',1,1,'GL-2026-014',NULL,1795902268706653,'graphql','the ERP took it back',NULL);
INSERT INTO "set_aside_marks" VALUES(4,1,5,1795902268806410,NULL,'graphql',1,1,'load-1/1',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(5,2,5,1795902268806410,NULL,'graphql',1,1,'load-1/2',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(6,3,5,1795902268806410,NULL,'graphql',1,1,'load-1/3',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(7,4,5,1795902268806410,NULL,'graphql',1,1,'load-1/4',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(8,5,5,1795902268806410,NULL,'graphql',1,1,'load-1/5',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(9,6,5,1795902268806410,NULL,'graphql',1,1,'load-1/6',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(10,7,5,1795902268806410,NULL,'graphql',1,1,'load-1/7',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(11,8,5,1795902268806410,NULL,'graphql',1,2,'load-1/8',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(12,9,5,1795902268806410,NULL,'graphql',1,2,'load-1/9',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(13,10,5,1795902268806410,NULL,'graphql',1,1,'load-1/10',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(14,11,5,1795902268812799,NULL,'graphql',1,1,'load-1/11',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(15,12,5,1795902268812799,NULL,'graphql',1,1,'load-1/12',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(16,13,5,1795902268812799,NULL,'graphql',1,1,'load-1/13',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(17,14,5,1795902268812799,NULL,'graphql',1,1,'load-1/14',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(18,15,5,1795902268812799,NULL,'graphql',1,1,'load-1/15',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(19,16,5,1795902268812799,NULL,'graphql',1,1,'load-1/16',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(20,17,5,1795902268812799,NULL,'graphql',1,1,'load-1/17',NULL,1795902268825875,'graphql','restored from a backup',1);
INSERT INTO "set_aside_marks" VALUES(21,18,5,1795902268812799,NULL,'graphql',1,1,'load-1/18',NULL,1795902268825875,'graphql','restored from a backup',1);
CREATE TABLE timeline_events ( -- One row for each thing that happened to an entry after it was recorded. Rows are never changed or deleted
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- Given by the database: of two events of an entry, the later one has the higher id
        entry_id INTEGER NOT NULL, -- The entry, by its id
        kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64), -- What happened, such as EXPORTED or UPDATED
        at INTEGER NOT NULL, -- When it happened, in microseconds since 1970-01-01 00:00 UTC
        system_id TEXT, -- Name of the system that the entry was sent to, when it was exported
        payload TEXT NOT NULL DEFAULT '{}', -- What else is known of the event, as one JSON object
        actor TEXT -- Who did it. NULL when another program did, with SQL
    ) STRICT;
INSERT INTO "timeline_events" VALUES(1,1,'EXPORTED',1795902268629144,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-001"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(2,2,'EXPORTED',1795902268629144,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-002"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(3,3,'EXPORTED',1795902268629144,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-003"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(4,4,'EXPORTED',1795902268629144,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-004"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(5,5,'EXPORTED',1795902268629144,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-005"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(6,6,'EXPORTED',1795902268629144,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-006"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(7,7,'EXPORTED',1795902268629144,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-007"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(8,8,'EXPORTED',1795902268629144,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-008"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(9,9,'EXPORTED',1795902268629144,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-009"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(10,10,'EXPORTED',1795902268629144,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-010"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(11,11,'EXPORTED',1795902268635560,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-011"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(12,12,'EXPORTED',1795902268635560,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-012"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(13,13,'EXPORTED',1795902268635560,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-013"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(14,14,'EXPORTED',1795902268635560,'erp','{"note":"by the nightly run","reference":{"document_id":"GL-2026-014"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(15,1,'EXPORTED',1795902268640132,'erp','{"reference":{"document_id":"GL-2026-901"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(16,3,'EXPORTED',1795902268644709,'erp','{"reference":{"document_id":"GL-2026-902"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(17,8,'UPDATED',1795902268678510,NULL,'{"replaced":{"description":"Facture 004, « Été » & fils"}}','import');
INSERT INTO "timeline_events" VALUES(18,9,'UPDATED',1795902268678510,NULL,'{"replaced":{"description":"Facture 004, « Été » & fils"}}','import');
INSERT INTO "timeline_events" VALUES(19,10,'WITHDRAWN',1795902268699940,NULL,'{"reason":"booked twice"}','graphql');
INSERT INTO "timeline_events" VALUES(20,11,'WITHDRAWN',1795902268699940,NULL,'{"reason":"booked twice"}','graphql');
INSERT INTO "timeline_events" VALUES(21,12,'UNMARKED',1795902268706653,'erp','{"reason":"the ERP took it back"}','graphql');
INSERT INTO "timeline_events" VALUES(22,13,'UNMARKED',1795902268706653,'erp','{"reason":"the ERP took it back"}','graphql');
INSERT INTO "timeline_events" VALUES(23,14,'UNMARKED',1795902268706653,'erp','{"reason":"the ERP took it back"}','graphql');
INSERT INTO "timeline_events" VALUES(24,15,'FAILED',1795902268717645,'erp','{"attempts":1,"reason":"refused, n° 7","retry_at":"2026-11-28T21:44:29.716269Z","type":"UNKNOWN_ACCOUNT"}','graphql');
INSERT INTO "timeline_events" VALUES(25,16,'FAILED',1795902268717645,'erp','{"attempts":1,"reason":"refused, n° 7","retry_at":"2026-11-28T21:44:29.716269Z","type":"UNKNOWN_ACCOUNT"}','graphql');
INSERT INTO "timeline_events" VALUES(26,17,'FAILED',1795902268724443,'erp','{"attempts":1,"reason":"refused, n° 8","retry_at":"2026-11-28T21:45:28.724443Z","type":"VALIDATION"}','graphql');
INSERT INTO "timeline_events" VALUES(27,18,'FAILED',1795902268724443,'erp','{"attempts":1,"reason":"refused, n° 8","retry_at":"2026-11-28T21:45:28.724443Z","type":"VALIDATION"}','graphql');
INSERT INTO "timeline_events" VALUES(28,17,'FAILED',1795902268728646,'erp','{"attempts":2,"reason":"refused, n° 8","type":"VALIDATION"}','graphql');
INSERT INTO "timeline_events" VALUES(29,18,'FAILED',1795902268728646,'erp','{"attempts":2,"reason":"refused, n° 8","type":"VALIDATION"}','graphql');
INSERT INTO "timeline_events" VALUES(30,19,'FAILED',1795902268732905,'erp','{"attempts":1,"reason":"refused, n° 9","retry_at":"2026-11-28T21:45:31.132905Z","type":"OTHER"}','graphql');
INSERT INTO "timeline_events" VALUES(31,20,'FAILED',1795902268732905,'erp','{"attempts":1,"reason":"refused, n° 9","retry_at":"2026-11-28T21:45:31.132905Z","type":"OTHER"}','graphql');
INSERT INTO "timeline_events" VALUES(32,21,'FAILED',1795902268732905,'erp','{"attempts":1,"reason":"refused, n° 9","retry_at":"2026-11-28T21:45:31.132905Z","type":"OTHER"}','graphql');
INSERT INTO "timeline_events" VALUES(33,19,'REQUEUED',1795902268736982,'erp','{}','graphql');
INSERT INTO "timeline_events" VALUES(34,20,'REQUEUED',1795902268736982,'erp','{}','graphql');
INSERT INTO "timeline_events" VALUES(35,21,'REQUEUED',1795902268736982,'erp','{}','graphql');
INSERT INTO "timeline_events" VALUES(36,22,'PARKED',1795902268741811,'erp','{"reason":"the rate is not known yet"}','graphql');
INSERT INTO "timeline_events" VALUES(37,23,'PARKED',1795902268741811,'erp','{"reason":"the rate is not known yet"}','graphql');
INSERT INTO "timeline_events" VALUES(38,1,'CLAIMED',1795902268746768,'crm','{"claim_id":"01a2241d-e54a-75e3-b768-202b40fda39d","worker":"one"}','graphql');
INSERT INTO "timeline_events" VALUES(39,2,'CLAIMED',1795902268746768,'crm','{"claim_id":"01a2241d-e54a-75e3-b768-202b40fda39d","worker":"one"}','graphql');
INSERT INTO "timeline_events" VALUES(40,3,'CLAIMED',1795902268746768,'crm','{"claim_id":"01a2241d-e54a-75e3-b768-202b40fda39d","worker":"one"}','graphql');
INSERT INTO "timeline_events" VALUES(41,4,'CLAIMED',1795902268746768,'crm','{"claim_id":"01a2241d-e54a-75e3-b768-202b40fda39d","worker":"one"}','graphql');
INSERT INTO "timeline_events" VALUES(42,1,'EXPORTED',1795902268767690,'crm','{"reference":{"document_id":"C-1","url":"https://crm.example/C-1"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(43,2,'EXPORTED',1795902268767690,'crm','{"reference":{"document_id":"C-1","url":"https://crm.example/C-1"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(44,3,'FAILED',1795902268767690,'crm','{"attempts":1,"reason":"later","retry_at":"2027-01-01T00:00:00.000000Z","type":"RATE_LIMITED"}','graphql');
INSERT INTO "timeline_events" VALUES(45,4,'FAILED',1795902268767690,'crm','{"attempts":1,"reason":"later","retry_at":"2027-01-01T00:00:00.000000Z","type":"RATE_LIMITED"}','graphql');
INSERT INTO "timeline_events" VALUES(46,5,'CLAIMED',1795902268778076,'crm','{"claim_id":"01a2241d-e56a-7176-b6f2-30bbac6efa18","worker":"two"}','graphql');
INSERT INTO "timeline_events" VALUES(47,6,'CLAIMED',1795902268778076,'crm','{"claim_id":"01a2241d-e56a-7176-b6f2-30bbac6efa18","worker":"two"}','graphql');
INSERT INTO "timeline_events" VALUES(48,7,'CLAIMED',1795902268778076,'crm','{"claim_id":"01a2241d-e56a-7176-b6f2-30bbac6efa18","worker":"two"}','graphql');
INSERT INTO "timeline_events" VALUES(49,26,'EXPORTED',1795902268791568,'bi','{"reference":{"document_id":"row 26"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(50,1,'EXPORTED',1795902268796024,'mistyped','{"reference":{"document_id":"1"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(51,2,'EXPORTED',1795902268796024,'mistyped','{"reference":{"document_id":"2"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(52,1,'EXPORTED',1795902268806410,'warehouse','{"reference":{"document_id":"load-1/1"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(53,2,'EXPORTED',1795902268806410,'warehouse','{"reference":{"document_id":"load-1/2"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(54,3,'EXPORTED',1795902268806410,'warehouse','{"reference":{"document_id":"load-1/3"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(55,4,'EXPORTED',1795902268806410,'warehouse','{"reference":{"document_id":"load-1/4"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(56,5,'EXPORTED',1795902268806410,'warehouse','{"reference":{"document_id":"load-1/5"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(57,6,'EXPORTED',1795902268806410,'warehouse','{"reference":{"document_id":"load-1/6"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(58,7,'EXPORTED',1795902268806410,'warehouse','{"reference":{"document_id":"load-1/7"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(59,8,'EXPORTED',1795902268806410,'warehouse','{"reference":{"document_id":"load-1/8"},"version":2}','graphql');
INSERT INTO "timeline_events" VALUES(60,9,'EXPORTED',1795902268806410,'warehouse','{"reference":{"document_id":"load-1/9"},"version":2}','graphql');
INSERT INTO "timeline_events" VALUES(61,10,'EXPORTED',1795902268806410,'warehouse','{"reference":{"document_id":"load-1/10"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(62,11,'EXPORTED',1795902268812799,'warehouse','{"reference":{"document_id":"load-1/11"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(63,12,'EXPORTED',1795902268812799,'warehouse','{"reference":{"document_id":"load-1/12"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(64,13,'EXPORTED',1795902268812799,'warehouse','{"reference":{"document_id":"load-1/13"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(65,14,'EXPORTED',1795902268812799,'warehouse','{"reference":{"document_id":"load-1/14"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(66,15,'EXPORTED',1795902268812799,'warehouse','{"reference":{"document_id":"load-1/15"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(67,16,'EXPORTED',1795902268812799,'warehouse','{"reference":{"document_id":"load-1/16"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(68,17,'EXPORTED',1795902268812799,'warehouse','{"reference":{"document_id":"load-1/17"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(69,18,'EXPORTED',1795902268812799,'warehouse','{"reference":{"document_id":"load-1/18"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(70,1,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(71,2,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(72,3,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(73,4,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(74,5,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(75,6,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(76,7,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(77,8,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(78,9,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(79,10,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(80,11,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(81,12,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(82,13,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(83,14,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(84,15,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(85,16,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(86,17,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(87,18,'REPLAYED',1795902268825875,'warehouse','{"reason":"restored from a backup","replay_id":1}','graphql');
INSERT INTO "timeline_events" VALUES(88,1,'EXPORTED',1795902268887897,'warehouse','{"reference":{"document_id":"load-2/1"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(89,2,'EXPORTED',1795902268887897,'warehouse','{"reference":{"document_id":"load-2/2"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(90,3,'EXPORTED',1795902268887897,'warehouse','{"reference":{"document_id":"load-2/3"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(91,4,'EXPORTED',1795902268887897,'warehouse','{"reference":{"document_id":"load-2/4"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(92,1,'REPLAYED',1795902268896373,'warehouse','{"reason":"a mistake","replay_id":2}','graphql');
INSERT INTO "timeline_events" VALUES(93,2,'REPLAYED',1795902268896373,'warehouse','{"reason":"a mistake","replay_id":2}','graphql');
INSERT INTO "timeline_events" VALUES(94,3,'REPLAYED',1795902268896373,'warehouse','{"reason":"a mistake","replay_id":2}','graphql');
INSERT INTO "timeline_events" VALUES(95,4,'REPLAYED',1795902268896373,'warehouse','{"reason":"a mistake","replay_id":2}','graphql');
INSERT INTO "timeline_events" VALUES(96,1,'MARK_RESTORED',1795902268959277,'warehouse','{"replay_id":2}','graphql');
INSERT INTO "timeline_events" VALUES(97,2,'MARK_RESTORED',1795902268959277,'warehouse','{"replay_id":2}','graphql');
INSERT INTO "timeline_events" VALUES(98,3,'MARK_RESTORED',1795902268959277,'warehouse','{"replay_id":2}','graphql');
INSERT INTO "timeline_events" VALUES(99,4,'MARK_RESTORED',1795902268959277,'warehouse','{"replay_id":2}','graphql');
INSERT INTO "timeline_events" VALUES(100,29,'JOINED_SENT_VOUCHER',1795902269020878,'bi','{}','graphql');
INSERT INTO "timeline_events" VALUES(101,24,'EXPORTED',1795902269071701,'erp','{"reference":{"document_id":"GL-2026-024"},"version":1}','graphql');
INSERT INTO "timeline_events" VALUES(102,25,'EXPORTED',1795902269071701,'erp','{"reference":{"document_id":"GL-2026-025"},"version":1}','graphql');
CREATE TABLE webhook_deliveries ( -- One row for each attempt to tell a webhook something. Rows are deleted after 30 days
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- Number of the attempt: a later one has a higher number
            webhook_id INTEGER NOT NULL, -- The webhook, by its number
            at INTEGER NOT NULL, -- When the attempt began, in microseconds since 1970-01-01 00:00 UTC
            attempt INTEGER NOT NULL, -- Which attempt it was since the last one that did not fail, from 1
            signal_id TEXT NOT NULL, -- Id of what was told: the same for each attempt to tell it
            system_id TEXT, -- Name of the system that it was about. NULL for a test of a webhook for all systems
            kinds TEXT NOT NULL, -- What it told of, with spaces between. Empty for a test
            cursor TEXT, -- Cursor of the event up to which it told. NULL when the log had no event
            status INTEGER, -- HTTP status of the answer. NULL when none came
            error TEXT, -- Why none came. NULL when one came
            duration_ms INTEGER NOT NULL -- How long the attempt took, in milliseconds
        ) STRICT;
INSERT INTO "webhook_deliveries" VALUES(1,1,1795902270183816,1,'msg_0jUTWYzjFE-qlibfjGgN6pY5','erp','READY','AVSCyYGOYVm8AAAAAAAAAE8mEsN_OMkjVw',410,NULL,1);
CREATE TABLE webhook_levels ( -- One row for each webhook and system of whose backlog the webhook was told
            webhook_id INTEGER NOT NULL, -- The webhook, by its number
            system_id TEXT NOT NULL, -- Name of the system
            entry_id INTEGER NOT NULL, -- The highest id of an unexported entry that the webhook was told of. 0 when the system had been sent everything
            PRIMARY KEY (webhook_id, system_id)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE webhooks ( -- One row for each address that is told when something happens
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- Number of the webhook
            url TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 2000), -- Address that is told. It holds no user name and no password
            system_id TEXT, -- Name of the system that the webhook is for. NULL means all systems
            kinds TEXT NOT NULL, -- What the webhook tells of: some of READY, FAILED, PARKED, CONFLICT, CHANGED, EXPORTED, UNMARKED, REQUEUED, CLAIMED and REPLAYED, with spaces between
            description TEXT CHECK (length(description) <= 2000), -- What there is to know about the webhook. NULL when nobody has said
            secret TEXT NOT NULL, -- The secret that signs. It is kept as it is, since it is needed to sign
            previous_secret TEXT, -- The secret before that. NULL when there is none
            previous_secret_until INTEGER, -- Until then the previous secret signs too, in microseconds since 1970-01-01 00:00 UTC. NULL when there is none
            position INTEGER NOT NULL, -- Events up to this place in the log are dealt with. 0 before the first event
            tag INTEGER NOT NULL, -- Tag of the event at this place. 0 before the first event
            signal_number INTEGER NOT NULL DEFAULT 0, -- Grows when signals were delivered, and when old ones are to be told again. It makes the id of a signal
            lease_number INTEGER NOT NULL DEFAULT 0, -- Grows each time that a gateway takes the webhook to deliver, or a person moves its place: who holds an older number has lost it
            leased_until INTEGER NOT NULL DEFAULT 0, -- Until then a gateway delivers, by the clock of the database, in microseconds since 1970-01-01 00:00 UTC
            failing_since INTEGER, -- When the first attempt failed since the last one that did not, in microseconds since 1970-01-01 00:00 UTC. NULL when the last one did not fail
            attempts INTEGER NOT NULL DEFAULT 0, -- How many attempts have failed since then
            next_attempt_at INTEGER, -- Not before then is the next attempt, in microseconds since 1970-01-01 00:00 UTC. NULL: at once
            switched_off_at INTEGER, -- Since when the webhook is switched off, in microseconds since 1970-01-01 00:00 UTC. NULL when it is not
            switched_off_because TEXT, -- Why: FAILED after three days of failures, GONE after an answer 410. NULL when it is not switched off
            created_at INTEGER NOT NULL, -- When the webhook was made, in microseconds since 1970-01-01 00:00 UTC
            created_by TEXT NOT NULL -- Who made it
        ) STRICT;
INSERT INTO "webhooks" VALUES(1,'http://127.0.0.1:42933/','erp','READY FAILED','the worker','whsec_YFkYUe0aIS06Ej6QE4Im9wlzSe+OL58NBVT2AldL/XI=',NULL,NULL,77,-12527443455998406,0,2,0,1795902270185989,1,NULL,1795902270185989,'GONE',1795902269062663,'webhook');
CREATE INDEX accounting_entries_created_at ON accounting_entries (created_at, id);
CREATE INDEX accounting_entries_updated_at ON accounting_entries (updated_at, id);
CREATE INDEX accounting_entries_posting_date ON accounting_entries (posting_date, id);
CREATE INDEX accounting_entries_voucher ON accounting_entries (journal_code, posting_date, entry_number, id);
CREATE INDEX timeline_events_entry ON timeline_events (entry_id, id);
CREATE TRIGGER accounting_entries_versioned AFTER UPDATE ON accounting_entries
             WHEN (OLD.external_id, OLD.journal_code, OLD.entry_number, OLD.posting_date, OLD.account_number, OLD.subledger_account_number, OLD.document_reference, OLD.document_date, OLD.description, OLD.debit_ten_thousandths, OLD.credit_ten_thousandths, OLD.currency, OLD.foreign_amount_ten_thousandths, OLD.foreign_currency) IS NOT (NEW.external_id, NEW.journal_code, NEW.entry_number, NEW.posting_date, NEW.account_number, NEW.subledger_account_number, NEW.document_reference, NEW.document_date, NEW.description, NEW.debit_ten_thousandths, NEW.credit_ten_thousandths, NEW.currency, NEW.foreign_amount_ten_thousandths, NEW.foreign_currency) BEGIN
                UPDATE accounting_entries SET version = OLD.version + 1 WHERE id = NEW.id;
             END;
CREATE TRIGGER accounting_entries_updated_elsewhere AFTER UPDATE ON accounting_entries
             WHEN NEW.updated_at IS OLD.updated_at AND NEW.version IS OLD.version BEGIN
                UPDATE accounting_entries SET updated_at = max(OLD.updated_at + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000) WHERE id = NEW.id;
                INSERT INTO timeline_events (entry_id, kind, at, payload)
                SELECT e.id, 'UPDATED', e.updated_at, json_object('replaced', json(CASE
                    WHEN OLD.attributes IS NOT NEW.attributes
                    THEN json_set(r.fields, '$.attributes', json(OLD.attributes)) ELSE r.fields END))
                FROM accounting_entries e, (SELECT json_group_object(name, value) AS fields FROM (SELECT 'external_id' AS name, OLD.external_id AS value WHERE OLD.external_id IS NOT NEW.external_id UNION ALL SELECT 'journal_code' AS name, OLD.journal_code AS value WHERE OLD.journal_code IS NOT NEW.journal_code UNION ALL SELECT 'entry_number' AS name, OLD.entry_number AS value WHERE OLD.entry_number IS NOT NEW.entry_number UNION ALL SELECT 'posting_date' AS name, OLD.posting_date AS value WHERE OLD.posting_date IS NOT NEW.posting_date UNION ALL SELECT 'account_number' AS name, OLD.account_number AS value WHERE OLD.account_number IS NOT NEW.account_number UNION ALL SELECT 'subledger_account_number' AS name, OLD.subledger_account_number AS value WHERE OLD.subledger_account_number IS NOT NEW.subledger_account_number UNION ALL SELECT 'document_reference' AS name, OLD.document_reference AS value WHERE OLD.document_reference IS NOT NEW.document_reference UNION ALL SELECT 'document_date' AS name, OLD.document_date AS value WHERE OLD.document_date IS NOT NEW.document_date UNION ALL SELECT 'description' AS name, OLD.description AS value WHERE OLD.description IS NOT NEW.description UNION ALL SELECT 'debit_ten_thousandths' AS name, OLD.debit_ten_thousandths AS value WHERE OLD.debit_ten_thousandths IS NOT NEW.debit_ten_thousandths UNION ALL SELECT 'credit_ten_thousandths' AS name, OLD.credit_ten_thousandths AS value WHERE OLD.credit_ten_thousandths IS NOT NEW.credit_ten_thousandths UNION ALL SELECT 'currency' AS name, OLD.currency AS value WHERE OLD.currency IS NOT NEW.currency UNION ALL SELECT 'foreign_amount_ten_thousandths' AS name, OLD.foreign_amount_ten_thousandths AS value WHERE OLD.foreign_amount_ten_thousandths IS NOT NEW.foreign_amount_ten_thousandths UNION ALL SELECT 'foreign_currency' AS name, OLD.foreign_currency AS value WHERE OLD.foreign_currency IS NOT NEW.foreign_currency UNION ALL SELECT 'journal_name' AS name, OLD.journal_name AS value WHERE OLD.journal_name IS NOT NEW.journal_name UNION ALL SELECT 'account_name' AS name, OLD.account_name AS value WHERE OLD.account_name IS NOT NEW.account_name UNION ALL SELECT 'subledger_account_name' AS name, OLD.subledger_account_name AS value WHERE OLD.subledger_account_name IS NOT NEW.subledger_account_name UNION ALL SELECT 'reconciliation_code' AS name, OLD.reconciliation_code AS value WHERE OLD.reconciliation_code IS NOT NEW.reconciliation_code UNION ALL SELECT 'reconciled_on' AS name, OLD.reconciled_on AS value WHERE OLD.reconciled_on IS NOT NEW.reconciled_on UNION ALL SELECT 'validated_on' AS name, OLD.validated_on AS value WHERE OLD.validated_on IS NOT NEW.validated_on)) r
                WHERE e.id = NEW.id AND (r.fields <> '{}' OR OLD.attributes IS NOT NEW.attributes
                    OR OLD.withdrawn_at IS NEW.withdrawn_at);
                INSERT INTO timeline_events (entry_id, kind, at)
                SELECT id, iif(NEW.withdrawn_at IS NULL, 'REINSTATED', 'WITHDRAWN'), updated_at FROM accounting_entries
                WHERE id = NEW.id AND (OLD.withdrawn_at IS NULL) <> (NEW.withdrawn_at IS NULL);
             END;
CREATE TRIGGER accounting_entries_version_kept BEFORE UPDATE OF version ON accounting_entries
             WHEN NEW.version IS NOT OLD.version
             AND (NEW.version IS NOT OLD.version + 1 OR (OLD.external_id, OLD.journal_code, OLD.entry_number, OLD.posting_date, OLD.account_number, OLD.subledger_account_number, OLD.document_reference, OLD.document_date, OLD.description, OLD.debit_ten_thousandths, OLD.credit_ten_thousandths, OLD.currency, OLD.foreign_amount_ten_thousandths, OLD.foreign_currency) IS NOT (NEW.external_id, NEW.journal_code, NEW.entry_number, NEW.posting_date, NEW.account_number, NEW.subledger_account_number, NEW.document_reference, NEW.document_date, NEW.description, NEW.debit_ten_thousandths, NEW.credit_ten_thousandths, NEW.currency, NEW.foreign_amount_ten_thousandths, NEW.foreign_currency)) BEGIN
                SELECT raise(ABORT, 'the version of an entry is counted by the database: leave it out');
             END;
CREATE TRIGGER accounting_entries_kept BEFORE DELETE ON accounting_entries BEGIN
            SELECT raise(ABORT, 'accounting entries are never deleted: withdraw them, or record a reversal');
         END;
CREATE INDEX export_marks_by_time ON export_marks (system_key, marked_at, entry_id);
CREATE INDEX export_marks_by_block ON export_marks ((system_key + 0), (entry_id / 10000), marked_at);
CREATE TRIGGER accounting_entries_become_pending AFTER INSERT ON accounting_entries BEGIN
        INSERT OR IGNORE INTO pending_exports (system_key, entry_id)
        SELECT key, NEW.id FROM export_systems WHERE NEW.withdrawn_at IS NULL AND retired_at IS NULL;
     END;
CREATE INDEX set_aside_marks_entry ON set_aside_marks (entry_id, system_key, marked_at);
CREATE INDEX set_aside_marks_replay ON set_aside_marks (replay_id, id) WHERE replay_id IS NOT NULL;
CREATE TRIGGER accounting_entries_changed AFTER UPDATE OF version, withdrawn_at ON accounting_entries
     WHEN NEW.version > OLD.version OR (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL) BEGIN
        INSERT OR IGNORE INTO changed_exports (system_key, entry_id)
        SELECT system_key, entry_id FROM export_marks WHERE entry_id = NEW.id;
     END;
CREATE TRIGGER export_marks_versioned AFTER INSERT ON export_marks WHEN NEW.version = 0 BEGIN
        UPDATE export_marks
        SET version = coalesce((SELECT version FROM accounting_entries WHERE id = NEW.entry_id), 0)
        WHERE entry_id = NEW.entry_id AND system_key = NEW.system_key;
        INSERT OR IGNORE INTO changed_exports (system_key, entry_id)
        SELECT NEW.system_key, id FROM accounting_entries WHERE id = NEW.entry_id AND withdrawn_at IS NOT NULL;
     END;
CREATE INDEX pending_exports_by_progress ON pending_exports ((system_key + 0), progress, entry_id);
CREATE INDEX pending_exports_due ON pending_exports (system_key, due_at, entry_id) WHERE progress = 2;
CREATE INDEX export_claims_open ON export_claims (system_key, ended_at, key);
CREATE TRIGGER accounting_entries_mended AFTER UPDATE OF version ON accounting_entries
         WHEN NEW.version > OLD.version AND EXISTS (
            SELECT 1 FROM export_systems s CROSS JOIN pending_exports p
            WHERE p.system_key = s.key AND p.entry_id = NEW.id AND p.progress IN (2, 3)) BEGIN
            UPDATE pending_exports SET progress = 0, attempts = 0, failure_type = 0, due_at = 0, claim_key = NULL
            WHERE system_key IN (
                SELECT q.system_key FROM export_systems s CROSS JOIN pending_exports q
                WHERE q.system_key = s.key AND q.entry_id = NEW.id AND q.progress IN (2, 3))
            AND entry_id IN (SELECT NEW.id AS id UNION ALL SELECT l.id FROM accounting_entries l
     WHERE l.journal_code = NEW.journal_code AND l.posting_date = NEW.posting_date
     AND l.entry_number = NEW.entry_number AND trim(NEW.entry_number) <> '' AND l.withdrawn_at IS NULL) AND progress IN (2, 3)
            AND (entry_id = NEW.id OR (SELECT unit FROM export_systems WHERE key = system_key) = 'VOUCHER');
         END;
CREATE INDEX export_conflicts_open ON export_conflicts (system_key, resolved_at, id);
CREATE INDEX export_claim_entries_entry ON export_claim_entries (entry_id, claim_key);
CREATE INDEX export_replays_system ON export_replays (system_key, id);
CREATE UNIQUE INDEX export_replays_open ON export_replays (system_key) WHERE state IN ('RUNNING', 'CANCELLING');
CREATE TRIGGER export_marks_unmarked AFTER DELETE ON export_marks BEGIN
            INSERT OR IGNORE INTO pending_exports (system_key, entry_id)
            SELECT s.key, e.id FROM export_systems s CROSS JOIN accounting_entries e
            WHERE s.key = OLD.system_key AND e.id = OLD.entry_id AND e.withdrawn_at IS NULL;
            DELETE FROM changed_exports WHERE system_key = OLD.system_key AND entry_id = OLD.entry_id;
         END;
CREATE TRIGGER export_marks_set_aside AFTER DELETE ON export_marks
             WHEN NOT EXISTS (SELECT 1 FROM set_aside_marks WHERE entry_id = OLD.entry_id
                AND system_key = OLD.system_key AND marked_at = OLD.marked_at) BEGIN
                INSERT INTO set_aside_marks (entry_id, system_key, marked_at, note, actor, times_marked, version, reference_id, reference_url, set_aside_at) VALUES (OLD.entry_id, OLD.system_key, OLD.marked_at, OLD.note, OLD.actor, OLD.times_marked, OLD.version, OLD.reference_id, OLD.reference_url, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000);
                INSERT INTO timeline_events (entry_id, kind, at, system_id)
                SELECT OLD.entry_id, 'UNMARKED', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000, name FROM export_systems WHERE key = OLD.system_key;
             END;
CREATE TRIGGER pending_exports_kept BEFORE DELETE ON pending_exports WHEN NOT EXISTS (SELECT 1 FROM export_marks WHERE entry_id = OLD.entry_id AND system_key = OLD.system_key)
             AND EXISTS (SELECT 1 FROM accounting_entries WHERE id = OLD.entry_id AND withdrawn_at IS NULL)
             AND EXISTS (SELECT 1 FROM export_systems WHERE key = OLD.system_key AND retired_at IS NULL) BEGIN SELECT raise(ABORT, 'a pending row is deleted only when its entry is marked for the system or withdrawn: mark the entry through ledgate, or insert its row into export_marks first'); END;
CREATE TRIGGER export_marks_key_kept BEFORE UPDATE OF entry_id, system_key ON export_marks  BEGIN SELECT raise(ABORT, 'the entry and the system of this row never change: delete the mark, which makes the entry unexported again, or mark the other entry through ledgate'); END;
CREATE TRIGGER pending_exports_key_kept BEFORE UPDATE OF entry_id, system_key ON pending_exports  BEGIN SELECT raise(ABORT, 'the entry and the system of this row never change: delete the mark, which makes the entry unexported again, or mark the other entry through ledgate'); END;
CREATE TRIGGER accounting_entries_id_kept BEFORE UPDATE OF id ON accounting_entries WHEN NEW.id IS NOT OLD.id BEGIN SELECT raise(ABORT, 'the id of an entry never changes'); END;
CREATE TRIGGER timeline_events_not_changed BEFORE UPDATE ON timeline_events  BEGIN SELECT raise(ABORT, 'the timeline keeps what happened: its rows are never changed or deleted'); END;
CREATE TRIGGER timeline_events_not_deleted BEFORE DELETE ON timeline_events  BEGIN SELECT raise(ABORT, 'the timeline keeps what happened: its rows are never changed or deleted'); END;
CREATE TRIGGER timeline_events_not_replaced BEFORE INSERT ON timeline_events WHEN EXISTS (SELECT 1 FROM timeline_events WHERE id = NEW.id) BEGIN SELECT raise(ABORT, 'the timeline keeps what happened: its rows are never changed or deleted'); END;
CREATE TRIGGER accounting_entries_replaceable BEFORE INSERT ON accounting_entries
         WHEN EXISTS (SELECT 1 FROM accounting_entries WHERE external_id = NEW.external_id) BEGIN
            DELETE FROM replaceable_entry;
            INSERT INTO replaceable_entry (only_row, entry_id)
            SELECT 1, id FROM accounting_entries WHERE external_id = NEW.external_id;
         END;
CREATE TRIGGER accounting_entries_not_replaced AFTER INSERT ON accounting_entries
             WHEN (SELECT entry_id FROM replaceable_entry) NOT IN (SELECT id FROM accounting_entries) BEGIN
                SELECT raise(ABORT, 'another entry would be deleted: in place of OR REPLACE use ON CONFLICT (external_id) DO UPDATE');
             END;
CREATE TRIGGER accounting_entries_id_not_replaced BEFORE INSERT ON accounting_entries WHEN EXISTS (SELECT 1 FROM accounting_entries WHERE id = NEW.id) BEGIN SELECT raise(ABORT, 'another entry would be deleted: in place of OR REPLACE use ON CONFLICT (external_id) DO UPDATE'); END;
CREATE TRIGGER accounting_entries_not_replaced_by_update BEFORE UPDATE OF external_id ON accounting_entries WHEN NEW.external_id IS NOT OLD.external_id
             AND EXISTS (SELECT 1 FROM accounting_entries WHERE external_id = NEW.external_id) BEGIN SELECT raise(ABORT, 'another entry would be deleted: in place of OR REPLACE use ON CONFLICT (external_id) DO UPDATE'); END;
CREATE TRIGGER accounting_entries_withdrawn AFTER UPDATE OF withdrawn_at ON accounting_entries
     WHEN NEW.withdrawn_at IS NOT NULL AND OLD.withdrawn_at IS NULL BEGIN
        DELETE FROM pending_exports
        WHERE system_key IN (SELECT key FROM export_systems) AND entry_id = NEW.id;
     END;
CREATE TRIGGER accounting_entries_reinstated AFTER UPDATE OF withdrawn_at ON accounting_entries
     WHEN NEW.withdrawn_at IS NULL AND OLD.withdrawn_at IS NOT NULL BEGIN
        INSERT OR IGNORE INTO pending_exports (system_key, entry_id)
        SELECT s.key, NEW.id FROM export_systems s
        WHERE NOT EXISTS (SELECT 1 FROM export_marks m WHERE m.entry_id = NEW.id AND m.system_key = s.key);
     END;
CREATE INDEX idempotency_keys_used_at ON idempotency_keys (used_at);
CREATE UNIQUE INDEX access_tokens_name ON access_tokens (name) WHERE revoked_at IS NULL;
CREATE INDEX export_events_of_system ON export_events (system_id, position);
CREATE INDEX export_events_of_kind ON export_events (system_id, kind, position);
CREATE TRIGGER export_events_of_timeline AFTER INSERT ON timeline_events WHEN NEW.system_id IS NOT NULL AND NEW.kind IN ('EXPORTED', 'UNMARKED', 'FAILED', 'PARKED', 'REQUEUED') BEGIN INSERT INTO export_events (kind, at, system_id, entry_id, actor, timeline_event_id) VALUES (NEW.kind, NEW.at, NEW.system_id, NEW.entry_id, NEW.actor, NEW.id);INSERT INTO export_events (kind, at, system_id, entry_id, actor, timeline_event_id) SELECT 'PARKED', NEW.at, NEW.system_id, NEW.entry_id, NEW.actor, NEW.id
                 WHERE NEW.kind = 'FAILED' AND json_extract(NEW.payload, '$.attempts') IS NOT NULL
                 AND json_extract(NEW.payload, '$.retry_at') IS NULL;INSERT INTO export_events (kind, at, system_id, entry_id) SELECT CASE WHEN e.withdrawn_at IS NULL THEN 'CHANGED' ELSE 'WITHDRAWN' END, NEW.at, s.name, e.id
                 FROM export_systems s
                 JOIN changed_exports c ON c.system_key = s.key AND c.entry_id = NEW.entry_id
                 JOIN export_marks m ON m.entry_id = c.entry_id AND m.system_key = c.system_key
                 JOIN accounting_entries e ON e.id = c.entry_id
                 WHERE NEW.kind = 'EXPORTED' AND s.name = NEW.system_id
                 AND (m.version < e.version OR e.withdrawn_at IS NOT NULL); END;
CREATE TRIGGER export_events_of_changes AFTER UPDATE OF version, withdrawn_at ON accounting_entries WHEN NEW.version > OLD.version OR (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL) BEGIN INSERT INTO export_events (kind, at, system_id, entry_id) SELECT CASE WHEN NEW.withdrawn_at IS NULL THEN 'CHANGED' ELSE 'WITHDRAWN' END, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000, s.name, NEW.id
             FROM export_marks m JOIN export_systems s ON s.key = m.system_key WHERE m.entry_id = NEW.id; END;
CREATE TRIGGER export_events_of_conflicts AFTER INSERT ON export_conflicts BEGIN INSERT INTO export_events (kind, at, system_id, entry_id, actor, subject) VALUES ('CONFLICT', NEW.found_at, (SELECT name FROM export_systems WHERE key = NEW.system_key), NEW.entry_id, NEW.actor, CAST(NEW.id AS TEXT)); END;
CREATE TRIGGER export_events_of_claims AFTER INSERT ON export_claims BEGIN INSERT INTO export_events (kind, at, system_id, actor, subject) VALUES ('CLAIMED', NEW.claimed_at, (SELECT name FROM export_systems WHERE key = NEW.system_key), NEW.actor, NEW.id); END;
CREATE TRIGGER export_events_of_replays AFTER INSERT ON export_replays BEGIN INSERT INTO export_events (kind, at, system_id, actor, subject) VALUES ('REPLAYED', NEW.started_at, (SELECT name FROM export_systems WHERE key = NEW.system_key), NEW.actor, CAST(NEW.id AS TEXT)); END;
CREATE TRIGGER export_events_of_cancelled_replays AFTER UPDATE OF state ON export_replays WHEN NEW.state = 'CANCELLING' AND OLD.state <> 'CANCELLING' BEGIN INSERT INTO export_events (kind, at, system_id, actor, subject) VALUES ('REPLAY_CANCELLED', NEW.cancelled_at, (SELECT name FROM export_systems WHERE key = NEW.system_key), NEW.cancelled_by, CAST(NEW.id AS TEXT)); END;
CREATE INDEX webhook_deliveries_of_webhook ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('imports',2);
INSERT INTO "sqlite_sequence" VALUES('accounting_entries',29);
INSERT INTO "sqlite_sequence" VALUES('export_systems',5);
INSERT INTO "sqlite_sequence" VALUES('export_events',79);
INSERT INTO "sqlite_sequence" VALUES('timeline_events',102);
INSERT INTO "sqlite_sequence" VALUES('export_conflicts',2);
INSERT INTO "sqlite_sequence" VALUES('set_aside_marks',25);
INSERT INTO "sqlite_sequence" VALUES('export_claims',2);
INSERT INTO "sqlite_sequence" VALUES('export_replays',2);
INSERT INTO "sqlite_sequence" VALUES('webhooks',1);
INSERT INTO "sqlite_sequence" VALUES('webhook_deliveries',1);
INSERT INTO "sqlite_sequence" VALUES('access_tokens',3);
COMMIT;
