SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE DOMAIN public.json_text AS jsonb;
CREATE FUNCTION public.accounting_entries_become_pending() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
     BEGIN
        IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
            PERFORM 1 FROM export_registry FOR SHARE;
        END IF;
        INSERT INTO pending_exports (system_key, entry_id)
        SELECT s.key, e.id FROM export_systems s CROSS JOIN inserted e
        WHERE e.withdrawn_at IS NULL AND s.retired_at IS NULL
        ON CONFLICT DO NOTHING;
        RETURN NULL;
     END $$;
CREATE FUNCTION public.accounting_entries_changed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
     BEGIN
        IF current_setting('transaction_isolation') IN ('read committed', 'read uncommitted') THEN
            INSERT INTO changed_exports (system_key, entry_id)
            SELECT m.system_key, m.entry_id FROM export_marks m WHERE m.entry_id = NEW.id
            ON CONFLICT DO NOTHING;
        ELSE
            INSERT INTO changed_exports (system_key, entry_id)
            SELECT s.key, NEW.id FROM export_systems s
            ON CONFLICT DO NOTHING;
        END IF;
        RETURN NULL;
     END $$;
CREATE FUNCTION public.accounting_entries_kept() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
         BEGIN
            RAISE EXCEPTION 'accounting entries are never deleted: withdraw them, or record a reversal';
         END $$;
CREATE FUNCTION public.accounting_entries_mended() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
             DECLARE
                mended RECORD;
             BEGIN
                FOR mended IN
                    SELECT s.key, s.unit FROM export_systems s WHERE EXISTS (
                        SELECT 1 FROM pending_exports p
                        WHERE p.system_key = s.key AND p.entry_id >= NEW.id AND p.entry_id <= NEW.id AND p.progress IN (2, 3)
                        ORDER BY p.entry_id OFFSET 0)
                LOOP
                    UPDATE pending_exports p SET progress = 0, attempts = 0, failure_type = 0, due_at = 0, claim_key = NULL
                    WHERE p.system_key = mended.key AND p.progress IN (2, 3)
                    AND p.entry_id = ANY (ARRAY(SELECT u.id FROM (SELECT NEW.id AS id UNION ALL SELECT l.id FROM accounting_entries l
     WHERE l.journal_code = NEW.journal_code AND l.posting_date = NEW.posting_date
     AND l.entry_number = NEW.entry_number AND trim(NEW.entry_number) <> '' AND l.withdrawn_at IS NULL) u
                        WHERE u.id = NEW.id OR mended.unit = 'VOUCHER'));
                END LOOP;
                RETURN NULL;
             END $$;
CREATE FUNCTION public.accounting_entries_updated_elsewhere() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
             DECLARE
                moment BIGINT := greatest(OLD.updated_at + 1, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT));
                withdrawal BOOLEAN := (OLD.withdrawn_at IS NULL) <> (NEW.withdrawn_at IS NULL);
                replaced JSONB;
             BEGIN
                UPDATE accounting_entries SET updated_at = moment WHERE id = NEW.id;
                SELECT coalesce(jsonb_object_agg(was.key, was.value), '{}') INTO replaced
                FROM jsonb_each(to_jsonb(OLD)) was
                WHERE was.key IN ('external_id', 'journal_code', 'entry_number', 'posting_date', 'account_number', 'subledger_account_number', 'document_reference', 'document_date', 'description', 'debit_ten_thousandths', 'credit_ten_thousandths', 'currency', 'foreign_amount_ten_thousandths', 'foreign_currency', 'journal_name', 'account_name', 'subledger_account_name', 'reconciliation_code', 'reconciled_on', 'validated_on', 'attributes') AND was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;
                IF replaced <> '{}' OR NOT withdrawal THEN
                    INSERT INTO timeline_events (entry_id, kind, at, payload)
                    VALUES (NEW.id, 'UPDATED', moment, jsonb_build_object('replaced', replaced));
                END IF;
                IF withdrawal THEN
                    INSERT INTO timeline_events (entry_id, kind, at)
                    VALUES (NEW.id, CASE WHEN NEW.withdrawn_at IS NULL THEN 'REINSTATED' ELSE 'WITHDRAWN' END, moment);
                END IF;
                RETURN NULL;
             END $$;
CREATE FUNCTION public.accounting_entries_versioned() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
             BEGIN
                NEW.version := OLD.version + CASE WHEN (OLD.external_id, OLD.journal_code, OLD.entry_number, OLD.posting_date, OLD.account_number, OLD.subledger_account_number, OLD.document_reference, OLD.document_date, OLD.description, OLD.debit_ten_thousandths, OLD.credit_ten_thousandths, OLD.currency, OLD.foreign_amount_ten_thousandths, OLD.foreign_currency) IS DISTINCT FROM (NEW.external_id, NEW.journal_code, NEW.entry_number, NEW.posting_date, NEW.account_number, NEW.subledger_account_number, NEW.document_reference, NEW.document_date, NEW.description, NEW.debit_ten_thousandths, NEW.credit_ten_thousandths, NEW.currency, NEW.foreign_amount_ten_thousandths, NEW.foreign_currency) THEN 1 ELSE 0 END;
                RETURN NEW;
             END $$;
CREATE FUNCTION public.accounting_entries_withdrawn() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
     BEGIN
        IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
            PERFORM 1 FROM export_registry FOR SHARE;
        END IF;
        PERFORM 1 FROM export_systems WHERE history_end IS NULL OR taken_over_to < history_end
        ORDER BY key FOR SHARE;
        IF NEW.withdrawn_at IS NOT NULL THEN
            DELETE FROM pending_exports WHERE system_key IN (SELECT key FROM export_systems) AND entry_id = NEW.id;
        ELSE
            PERFORM pg_advisory_xact_lock_shared(7103542, 0);
            INSERT INTO pending_exports (system_key, entry_id)
            SELECT s.key, NEW.id FROM export_systems s
            WHERE NOT EXISTS (
                SELECT 1 FROM export_marks m
                WHERE (m.entry_id, m.system_key) >= (NEW.id, s.key) AND (m.entry_id, m.system_key) <= (NEW.id, s.key)
                ORDER BY m.entry_id, m.system_key OFFSET 0)
            ON CONFLICT DO NOTHING;
        END IF;
        RETURN NULL;
     END $$;
CREATE FUNCTION public.export_events_of_cancelled_replays() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
             BEGIN
                INSERT INTO unsequenced_events (kind, at, system_id, actor, subject)
             SELECT 'REPLAY_CANCELLED', NEW.cancelled_at, name, NEW.cancelled_by, NEW.id::text
             FROM export_systems WHERE key = NEW.system_key;
                RETURN NULL;
             END $$;
CREATE FUNCTION public.export_events_of_changes() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
             BEGIN
                INSERT INTO unsequenced_events (kind, at, system_id, entry_id)
             SELECT CASE WHEN NEW.withdrawn_at IS NULL THEN 'CHANGED' ELSE 'WITHDRAWN' END, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT), s.name, NEW.id
             FROM export_systems s
             WHERE current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted')
             OR s.key IN (SELECT m.system_key FROM export_marks m WHERE m.entry_id = NEW.id);
                RETURN NULL;
             END $$;
CREATE FUNCTION public.export_events_of_claims() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
             BEGIN
                INSERT INTO unsequenced_events (kind, at, system_id, actor, entry_id, subject)
             SELECT 'CLAIMED', i.claimed_at, s.name, i.actor, NULL, i.id::text
             FROM inserted i JOIN export_systems s ON s.key = i.system_key ORDER BY i.id;
                RETURN NULL;
             END $$;
CREATE FUNCTION public.export_events_of_conflicts() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
             BEGIN
                INSERT INTO unsequenced_events (kind, at, system_id, actor, entry_id, subject)
             SELECT 'CONFLICT', i.found_at, s.name, i.actor, i.entry_id, i.id::text
             FROM inserted i JOIN export_systems s ON s.key = i.system_key ORDER BY i.id;
                RETURN NULL;
             END $$;
CREATE FUNCTION public.export_events_of_replays() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
             BEGIN
                INSERT INTO unsequenced_events (kind, at, system_id, actor, entry_id, subject)
             SELECT 'REPLAYED', i.started_at, s.name, i.actor, NULL, i.id::text
             FROM inserted i JOIN export_systems s ON s.key = i.system_key ORDER BY i.id;
                RETURN NULL;
             END $$;
CREATE FUNCTION public.export_events_of_timeline() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
             BEGIN
                INSERT INTO unsequenced_events (kind, at, system_id, entry_id, actor, timeline_event_id)
                 SELECT logged.kind, i.at, i.system_id, i.entry_id, i.actor, i.id
                 FROM inserted i CROSS JOIN LATERAL (
                    SELECT i.kind AS kind, 1 AS place UNION ALL SELECT 'PARKED', 2
                    WHERE i.kind = 'FAILED' AND i.payload -> 'attempts' IS NOT NULL AND i.payload -> 'retry_at' IS NULL
                 ) AS logged
                 WHERE i.system_id IS NOT NULL AND i.kind IN ('EXPORTED', 'UNMARKED', 'FAILED', 'PARKED', 'REQUEUED')
                 ORDER BY i.id, logged.place;
                
                DECLARE
                    marked RECORD;
                    entry RECORD;
                BEGIN
                FOR marked IN
                    SELECT i.entry_id, i.system_id, i.at, s.key FROM inserted i JOIN export_systems s ON s.name = i.system_id
                    WHERE i.kind = 'EXPORTED' AND EXISTS (
                        SELECT 1 FROM changed_exports c
                        WHERE c.system_key = s.key AND c.entry_id >= i.entry_id AND c.entry_id <= i.entry_id
                        ORDER BY c.entry_id OFFSET 0)
                    ORDER BY i.id
                LOOP
                    SELECT e.version, e.withdrawn_at INTO entry FROM accounting_entries e
                    WHERE e.id = marked.entry_id FOR SHARE SKIP LOCKED;
                    IF NOT FOUND THEN
                        INSERT INTO unsequenced_events (kind, at, system_id, entry_id)
                        VALUES ('CHANGED', marked.at, marked.system_id, marked.entry_id);
                    ELSIF entry.withdrawn_at IS NOT NULL OR EXISTS (
                        SELECT 1 FROM export_marks m WHERE m.entry_id = marked.entry_id AND m.system_key = marked.key
                        AND m.version < entry.version)
                    THEN
                        INSERT INTO unsequenced_events (kind, at, system_id, entry_id)
                        VALUES (CASE WHEN entry.withdrawn_at IS NULL THEN 'CHANGED' ELSE 'WITHDRAWN' END,
                            marked.at, marked.system_id, marked.entry_id);
                    END IF;
                END LOOP;
                END;
                RETURN NULL;
             END $$;
CREATE FUNCTION public.export_marks_unmarked() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
         BEGIN
            PERFORM 1 FROM accounting_entries e WHERE e.id IN (SELECT gone.entry_id FROM gone) ORDER BY e.id FOR SHARE;
            INSERT INTO pending_exports (system_key, entry_id)
            SELECT gone.system_key, gone.entry_id FROM gone
            WHERE EXISTS (SELECT 1 FROM export_systems s WHERE s.key = gone.system_key OFFSET 0)
            AND EXISTS (SELECT 1 FROM accounting_entries e WHERE e.id = gone.entry_id AND e.withdrawn_at IS NULL OFFSET 0)
            ON CONFLICT DO NOTHING;
            DELETE FROM changed_exports c USING gone
            WHERE c.system_key = gone.system_key AND c.entry_id = gone.entry_id;
            WITH foreign_deletes AS (
                INSERT INTO set_aside_marks (entry_id, system_key, marked_at, note, actor, times_marked, version, reference_id, reference_url, set_aside_at)
                SELECT gone.entry_id, gone.system_key, gone.marked_at, gone.note, gone.actor, gone.times_marked, gone.version, gone.reference_id, gone.reference_url, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) FROM gone
                WHERE NOT EXISTS (SELECT 1 FROM set_aside_marks a WHERE a.entry_id = gone.entry_id
                    AND a.system_key = gone.system_key AND a.marked_at = gone.marked_at OFFSET 0)
                RETURNING entry_id, system_key, set_aside_at)
            INSERT INTO timeline_events (entry_id, kind, at, system_id)
            SELECT d.entry_id, 'UNMARKED', d.set_aside_at, s.name
            FROM foreign_deletes d JOIN export_systems s ON s.key = d.system_key;
            RETURN NULL;
         END $$;
CREATE FUNCTION public.export_marks_versioned() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
     DECLARE
        withdrawn BOOLEAN;
        locked BOOLEAN;
     BEGIN
        SELECT e.version, e.withdrawn_at IS NOT NULL INTO NEW.version, withdrawn
        FROM accounting_entries e WHERE e.id = NEW.entry_id FOR SHARE SKIP LOCKED;
        locked := FOUND;
        IF NOT locked THEN
            SELECT e.version INTO NEW.version FROM accounting_entries e WHERE e.id = NEW.entry_id;
            NEW.version := coalesce(NEW.version, 0);
        END IF;
        IF NOT locked OR withdrawn THEN
            INSERT INTO changed_exports (system_key, entry_id) VALUES (NEW.system_key, NEW.entry_id)
            ON CONFLICT DO NOTHING;
        END IF;
        RETURN NEW;
     END $$;
CREATE FUNCTION public.ledgate_refuse() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
         BEGIN
            RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
         END $$;
CREATE FUNCTION public.pending_exports_kept() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
             BEGIN
                PERFORM 1 FROM gone
                WHERE NOT EXISTS (
                    SELECT 1 FROM export_marks m
                    WHERE (m.entry_id, m.system_key) >= (gone.entry_id, gone.system_key)
                    AND (m.entry_id, m.system_key) <= (gone.entry_id, gone.system_key)
                    ORDER BY m.entry_id, m.system_key OFFSET 0)
                AND EXISTS (SELECT 1 FROM accounting_entries e WHERE e.id = gone.entry_id AND e.withdrawn_at IS NULL OFFSET 0)
                AND EXISTS (SELECT 1 FROM export_systems s
                    WHERE s.key = gone.system_key AND s.retired_at IS NULL OFFSET 0);
                IF FOUND THEN
                    RAISE EXCEPTION 'a pending row is deleted only when its entry is marked for the system or withdrawn: mark the entry through ledgate, or insert its row into export_marks first' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
             END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.access_tokens (
    key bigint NOT NULL,
    handle text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    secret_digest text NOT NULL COLLATE pg_catalog."C",
    rights text NOT NULL COLLATE pg_catalog."C",
    systems text COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint,
    CONSTRAINT access_tokens_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);
COMMENT ON TABLE public.access_tokens IS 'One row for each access token that was ever made. Rows are never deleted';
COMMENT ON COLUMN public.access_tokens.key IS 'Number of the token: a later token has a higher one';
COMMENT ON COLUMN public.access_tokens.handle IS 'The part of the token that is no secret';
COMMENT ON COLUMN public.access_tokens.name IS 'Who or what uses the token. The timeline names it. No two tokens that are not revoked have the same name';
COMMENT ON COLUMN public.access_tokens.secret_digest IS 'SHA-256 of the secret part of the token, in hexadecimal. The secret itself is kept nowhere';
COMMENT ON COLUMN public.access_tokens.rights IS 'What the token may do: some of read, export, mark, record and admin, with spaces between';
COMMENT ON COLUMN public.access_tokens.systems IS 'Names of the systems that the token is for, with spaces between. NULL means all systems';
COMMENT ON COLUMN public.access_tokens.created_at IS 'When the token was made, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.access_tokens.expires_at IS 'From then on the token is refused, in microseconds since 1970-01-01 00:00 UTC. NULL: it does not expire';
COMMENT ON COLUMN public.access_tokens.revoked_at IS 'From then on the token is refused, in microseconds since 1970-01-01 00:00 UTC. In the future for a token that was replaced and is kept for a while. NULL: it is not revoked';
COMMENT ON COLUMN public.access_tokens.last_used_at IS 'When the token was last used, in microseconds since 1970-01-01 00:00 UTC. Written at most once a minute. NULL: it never was';
ALTER TABLE public.access_tokens ALTER COLUMN key ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.access_tokens_key_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounting_entries (
    id bigint NOT NULL,
    external_id text NOT NULL COLLATE pg_catalog."C",
    journal_code text NOT NULL COLLATE pg_catalog."C",
    journal_name text COLLATE pg_catalog."C",
    entry_number text NOT NULL COLLATE pg_catalog."C",
    posting_date date NOT NULL,
    account_number text NOT NULL COLLATE pg_catalog."C",
    account_name text COLLATE pg_catalog."C",
    subledger_account_number text COLLATE pg_catalog."C",
    subledger_account_name text COLLATE pg_catalog."C",
    document_reference text COLLATE pg_catalog."C",
    document_date date,
    description text NOT NULL COLLATE pg_catalog."C",
    debit_ten_thousandths bigint NOT NULL,
    credit_ten_thousandths bigint NOT NULL,
    amount_ten_thousandths bigint GENERATED ALWAYS AS ((debit_ten_thousandths - credit_ten_thousandths)) STORED NOT NULL,
    currency text DEFAULT 'EUR'::text NOT NULL COLLATE pg_catalog."C",
    foreign_amount_ten_thousandths bigint,
    foreign_currency text COLLATE pg_catalog."C",
    reconciliation_code text COLLATE pg_catalog."C",
    reconciled_on date,
    validated_on date,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM clock_timestamp()) * (1000000)::numeric))::bigint NOT NULL,
    updated_at bigint DEFAULT ((EXTRACT(epoch FROM clock_timestamp()) * (1000000)::numeric))::bigint NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    withdrawn_at bigint,
    recorded_by text COLLATE pg_catalog."C",
    import_id bigint,
    import_file bigint,
    import_line bigint,
    import_digest bytea,
    CONSTRAINT accounting_entries_attributes_check CHECK ((jsonb_typeof(attributes) = 'object'::text)),
    CONSTRAINT accounting_entries_created_at_check CHECK (((created_at >= '-62135596800000000'::bigint) AND (created_at <= '253402300799999999'::bigint))),
    CONSTRAINT accounting_entries_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT accounting_entries_document_date_check CHECK (((document_date >= '0001-01-01'::date) AND (document_date <= '9999-12-31'::date))),
    CONSTRAINT accounting_entries_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT accounting_entries_foreign_currency_check CHECK ((foreign_currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT accounting_entries_posting_date_check CHECK (((posting_date >= '0001-01-01'::date) AND (posting_date <= '9999-12-31'::date))),
    CONSTRAINT accounting_entries_reconciled_on_check CHECK (((reconciled_on >= '0001-01-01'::date) AND (reconciled_on <= '9999-12-31'::date))),
    CONSTRAINT accounting_entries_updated_at_check CHECK (((updated_at >= '-62135596800000000'::bigint) AND (updated_at <= '253402300799999999'::bigint))),
    CONSTRAINT accounting_entries_validated_on_check CHECK (((validated_on >= '0001-01-01'::date) AND (validated_on <= '9999-12-31'::date))),
    CONSTRAINT accounting_entries_version_check CHECK ((version >= 1)),
    CONSTRAINT accounting_entries_withdrawn_at_check CHECK (((withdrawn_at >= '-62135596800000000'::bigint) AND (withdrawn_at <= '253402300799999999'::bigint)))
);
COMMENT ON TABLE public.accounting_entries IS 'One row for each accounting entry (a line of a voucher). Rows are never deleted';
COMMENT ON COLUMN public.accounting_entries.id IS 'Given by the database when the entry is recorded';
COMMENT ON COLUMN public.accounting_entries.external_id IS 'The name of the entry in the system it comes from, 1 to 200 characters. Recording the same name again changes the entry';
COMMENT ON COLUMN public.accounting_entries.journal_code IS 'Code of the journal, such as VE';
COMMENT ON COLUMN public.accounting_entries.journal_name IS 'Name of the journal';
COMMENT ON COLUMN public.accounting_entries.entry_number IS 'Number of the voucher that the entry belongs to';
COMMENT ON COLUMN public.accounting_entries.posting_date IS 'Day on which the entry counts, as YYYY-MM-DD';
COMMENT ON COLUMN public.accounting_entries.account_number IS 'Account, such as 707000';
COMMENT ON COLUMN public.accounting_entries.account_name IS 'Name of the account';
COMMENT ON COLUMN public.accounting_entries.subledger_account_number IS 'Account of the third party';
COMMENT ON COLUMN public.accounting_entries.subledger_account_name IS 'Name of the third party';
COMMENT ON COLUMN public.accounting_entries.document_reference IS 'Reference of the document behind the entry, such as the number of an invoice';
COMMENT ON COLUMN public.accounting_entries.document_date IS 'Date of that document, as YYYY-MM-DD';
COMMENT ON COLUMN public.accounting_entries.description IS 'What the entry is about';
COMMENT ON COLUMN public.accounting_entries.debit_ten_thousandths IS 'Debit in ten-thousandths of the currency: 12.50 is 125000';
COMMENT ON COLUMN public.accounting_entries.credit_ten_thousandths IS 'Credit in ten-thousandths of the currency: 12.50 is 125000';
COMMENT ON COLUMN public.accounting_entries.amount_ten_thousandths IS 'Debit less credit in ten-thousandths of the currency. Computed by the database';
COMMENT ON COLUMN public.accounting_entries.currency IS 'ISO 4217 code of the currency of debit, credit and amount';
COMMENT ON COLUMN public.accounting_entries.foreign_amount_ten_thousandths IS 'Amount in the foreign currency, in ten-thousandths of it: 12.50 is 125000';
COMMENT ON COLUMN public.accounting_entries.foreign_currency IS 'ISO 4217 code of the foreign currency';
COMMENT ON COLUMN public.accounting_entries.reconciliation_code IS 'Entries of one account with the same code settle each other';
COMMENT ON COLUMN public.accounting_entries.reconciled_on IS 'Day of that reconciliation, as YYYY-MM-DD';
COMMENT ON COLUMN public.accounting_entries.validated_on IS 'Day on which the entry was validated, as YYYY-MM-DD';
COMMENT ON COLUMN public.accounting_entries.attributes IS 'More about the entry, as one JSON object';
COMMENT ON COLUMN public.accounting_entries.created_at IS 'When the entry was recorded, in microseconds since 1970-01-01 00:00 UTC. Leave it out: it is set';
COMMENT ON COLUMN public.accounting_entries.updated_at IS 'When the entry last changed, in microseconds since 1970-01-01 00:00 UTC. Leave it out: it is set';
COMMENT ON COLUMN public.accounting_entries.version IS 'Version of the entry: 1 when it is recorded, one more with each material change. Leave it out: it is counted';
COMMENT ON COLUMN public.accounting_entries.withdrawn_at IS 'When the source took the entry back, in microseconds since 1970-01-01 00:00 UTC. NULL while it stands';
COMMENT ON COLUMN public.accounting_entries.recorded_by IS 'Who recorded the entry. NULL when another program did, with SQL';
COMMENT ON COLUMN public.accounting_entries.import_id IS 'The import that last wrote the entry, by its id in imports. NULL when it never came from a file';
COMMENT ON COLUMN public.accounting_entries.import_file IS 'Which of the import''s files, from 0';
COMMENT ON COLUMN public.accounting_entries.import_line IS 'Which line of the file, from 1';
COMMENT ON COLUMN public.accounting_entries.import_digest IS 'What that line said, as a digest, with the updated_at for which it holds. Leave it alone';
ALTER TABLE public.accounting_entries ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.accounting_entries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.background_jobs (
    name text NOT NULL COLLATE pg_catalog."C",
    lease_number bigint NOT NULL,
    leased_until bigint NOT NULL,
    CONSTRAINT background_jobs_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64)))
);
COMMENT ON TABLE public.background_jobs IS 'One row for each job that one gateway does for all. The gateway that does it holds its lease';
COMMENT ON COLUMN public.background_jobs.name IS 'Name of the job';
COMMENT ON COLUMN public.background_jobs.lease_number IS 'Grows each time that a gateway takes the lease: who holds an older number has lost it';
COMMENT ON COLUMN public.background_jobs.leased_until IS 'When the lease ends unless it is renewed, by the clock of the database, in microseconds since 1970-01-01 00:00 UTC';
CREATE TABLE public.changed_exports (
    system_key bigint NOT NULL,
    entry_id bigint NOT NULL
);
COMMENT ON TABLE public.changed_exports IS 'One row for each system and each marked entry that may have changed since it was sent. Written by triggers: programs do not write here';
COMMENT ON COLUMN public.changed_exports.system_key IS 'The system, by its key';
COMMENT ON COLUMN public.changed_exports.entry_id IS 'The entry, by its id';
CREATE TABLE public.company_numbers (
    place bigint NOT NULL,
    siren text NOT NULL COLLATE pg_catalog."C",
    since bigint NOT NULL,
    CONSTRAINT company_numbers_place_check CHECK ((place >= 1)),
    CONSTRAINT company_numbers_siren_check CHECK ((length(siren) = 9))
);
COMMENT ON TABLE public.company_numbers IS 'The SIRENs of the one company whose books this ledger holds';
COMMENT ON COLUMN public.company_numbers.place IS '1 for the number of the first FEC, more when the company was renumbered';
COMMENT ON COLUMN public.company_numbers.siren IS 'The number: nine digits';
COMMENT ON COLUMN public.company_numbers.since IS 'When the first file with this number was imported, in microseconds since 1970-01-01 00:00 UTC';
CREATE TABLE public.event_log_head (
    only_row boolean DEFAULT true NOT NULL,
    last_position bigint DEFAULT 0 NOT NULL,
    CONSTRAINT event_log_head_only_row_check CHECK (only_row)
);
COMMENT ON TABLE public.event_log_head IS 'One row. The gateway that gives events their places locks it';
COMMENT ON COLUMN public.event_log_head.only_row IS 'Always true';
COMMENT ON COLUMN public.event_log_head.last_position IS 'The highest place that was given';
CREATE TABLE public.export_claim_entries (
    claim_key bigint NOT NULL,
    entry_id bigint NOT NULL,
    version integer NOT NULL
);
COMMENT ON TABLE public.export_claim_entries IS 'One row for each entry of a claim';
COMMENT ON COLUMN public.export_claim_entries.claim_key IS 'The claim, by its key';
COMMENT ON COLUMN public.export_claim_entries.entry_id IS 'The entry, by its id';
COMMENT ON COLUMN public.export_claim_entries.version IS 'Version of the entry when it was claimed';
CREATE TABLE public.export_claims (
    key bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    system_key bigint NOT NULL,
    worker text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL COLLATE pg_catalog."C",
    claimed_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    ended_at bigint
);
COMMENT ON TABLE public.export_claims IS 'One row for each claim: entries that one worker is sending to a system';
COMMENT ON COLUMN public.export_claims.key IS 'Number of the claim in the other tables';
COMMENT ON COLUMN public.export_claims.id IS 'Id of the claim, as clients write it';
COMMENT ON COLUMN public.export_claims.system_key IS 'The system, by its key';
COMMENT ON COLUMN public.export_claims.worker IS 'What the worker calls itself';
COMMENT ON COLUMN public.export_claims.actor IS 'Who claimed';
COMMENT ON COLUMN public.export_claims.claimed_at IS 'When, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.export_claims.expires_at IS 'End of the lease, in microseconds since 1970-01-01 00:00 UTC. On PostgreSQL by the clock of its server';
COMMENT ON COLUMN public.export_claims.ended_at IS 'When the claim was seen to hold nothing any more';
ALTER TABLE public.export_claims ALTER COLUMN key ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.export_claims_key_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.export_conflicts (
    id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    system_key bigint NOT NULL,
    entry_id bigint NOT NULL,
    found_at bigint NOT NULL,
    actor text NOT NULL COLLATE pg_catalog."C",
    first_reference_id text COLLATE pg_catalog."C",
    second_reference_id text COLLATE pg_catalog."C",
    claim_id text COLLATE pg_catalog."C",
    resolved_at bigint,
    resolved_by text COLLATE pg_catalog."C",
    note text COLLATE pg_catalog."C",
    CONSTRAINT export_conflicts_kind_check CHECK ((kind = ANY (ARRAY['POSTED_TWICE'::text, 'CLAIM_LOST'::text])))
);
COMMENT ON TABLE public.export_conflicts IS 'One row for each two facts about an export that do not fit together';
COMMENT ON COLUMN public.export_conflicts.id IS 'Given by the database';
COMMENT ON COLUMN public.export_conflicts.kind IS 'What does not fit';
COMMENT ON COLUMN public.export_conflicts.system_key IS 'The system, by its key';
COMMENT ON COLUMN public.export_conflicts.entry_id IS 'The entry, by its id';
COMMENT ON COLUMN public.export_conflicts.found_at IS 'When, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.export_conflicts.actor IS 'Who brought the second fact';
COMMENT ON COLUMN public.export_conflicts.first_reference_id IS 'The document that was named before';
COMMENT ON COLUMN public.export_conflicts.second_reference_id IS 'The document that was named now';
COMMENT ON COLUMN public.export_conflicts.claim_id IS 'The claim that was settled after others had claimed the entry';
COMMENT ON COLUMN public.export_conflicts.resolved_at IS 'When a person resolved it, in microseconds since 1970-01-01 00:00 UTC. NULL while nobody has';
COMMENT ON COLUMN public.export_conflicts.resolved_by IS 'Who';
COMMENT ON COLUMN public.export_conflicts.note IS 'What that person found';
ALTER TABLE public.export_conflicts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.export_conflicts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.export_events (
    "position" bigint NOT NULL,
    tag bigint DEFAULT (floor((random() * ('9007199254740992'::bigint)::double precision)))::bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    system_id text NOT NULL COLLATE pg_catalog."C",
    entry_id bigint,
    actor text COLLATE pg_catalog."C",
    timeline_event_id bigint,
    subject text COLLATE pg_catalog."C",
    CONSTRAINT export_events_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 64)))
);
COMMENT ON TABLE public.export_events IS 'The log of events: one row for each thing that happened to an export';
COMMENT ON COLUMN public.export_events."position" IS 'Its place in the log, given after the commit';
COMMENT ON COLUMN public.export_events.tag IS 'A number that no other event of any database has: the cursor of the event holds it';
COMMENT ON COLUMN public.export_events.kind IS 'What happened, such as EXPORTED or CHANGED';
COMMENT ON COLUMN public.export_events.at IS 'When it happened, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.export_events.system_id IS 'Name of the system';
COMMENT ON COLUMN public.export_events.entry_id IS 'The entry, by its id. NULL for a claim and for a replay, which are about many';
COMMENT ON COLUMN public.export_events.actor IS 'Who did it. NULL when another program did, with SQL';
COMMENT ON COLUMN public.export_events.timeline_event_id IS 'The same event in the timeline of the entry. NULL where there is none';
COMMENT ON COLUMN public.export_events.subject IS 'Of a claim its id, of a replay and of a conflict its number';
CREATE TABLE public.export_marks (
    entry_id bigint NOT NULL,
    system_key bigint NOT NULL,
    marked_at bigint NOT NULL,
    note text COLLATE pg_catalog."C",
    actor text COLLATE pg_catalog."C",
    times_marked bigint DEFAULT 1 NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    reference_id text COLLATE pg_catalog."C",
    reference_url text COLLATE pg_catalog."C",
    CONSTRAINT export_marks_reference_id_check CHECK (((length(reference_id) >= 1) AND (length(reference_id) <= 200))),
    CONSTRAINT export_marks_reference_url_check CHECK (((length(reference_url) >= 1) AND (length(reference_url) <= 2000))),
    CONSTRAINT export_marks_version_check CHECK ((version >= 0))
);
COMMENT ON TABLE public.export_marks IS 'One row for each entry and each system that it was sent to';
COMMENT ON COLUMN public.export_marks.entry_id IS 'The entry, by its id';
COMMENT ON COLUMN public.export_marks.system_key IS 'The system, by its key';
COMMENT ON COLUMN public.export_marks.marked_at IS 'When the entry was last marked, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.export_marks.note IS 'What the caller noted with the last mark';
COMMENT ON COLUMN public.export_marks.actor IS 'Who set the last mark';
COMMENT ON COLUMN public.export_marks.times_marked IS 'How often the entry was marked for the system since it was last unmarked';
COMMENT ON COLUMN public.export_marks.version IS 'Version of the entry that the system was sent; of several, the newest. Leave it out: it is the entry''s';
COMMENT ON COLUMN public.export_marks.reference_id IS 'Name of the system''s own document for the entry';
COMMENT ON COLUMN public.export_marks.reference_url IS 'Address of that document';
CREATE TABLE public.export_registry (
    only_row boolean DEFAULT true NOT NULL,
    times_closed bigint DEFAULT 0 NOT NULL,
    CONSTRAINT export_registry_only_row_check CHECK (only_row)
);
COMMENT ON TABLE public.export_registry IS 'One row, which transactions above READ COMMITTED hold while they insert entries, withdraw or reinstate them';
COMMENT ON COLUMN public.export_registry.only_row IS 'Always true';
COMMENT ON COLUMN public.export_registry.times_closed IS 'Counts the updates of this row: each makes transactions with an older snapshot fail when they lock the row';
CREATE TABLE public.export_replays (
    id bigint NOT NULL,
    system_key bigint NOT NULL,
    marked_since bigint NOT NULL,
    marked_until bigint NOT NULL,
    last_event_id bigint NOT NULL,
    reason text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL COLLATE pg_catalog."C",
    started_at bigint NOT NULL,
    state text DEFAULT 'RUNNING'::text NOT NULL COLLATE pg_catalog."C",
    passed_at bigint NOT NULL,
    passed_entry_id bigint NOT NULL,
    set_aside_count bigint DEFAULT 0 NOT NULL,
    ended_at bigint,
    cancelled_at bigint,
    cancelled_by text COLLATE pg_catalog."C",
    put_back_to bigint DEFAULT 0 NOT NULL,
    put_back_count bigint DEFAULT 0 NOT NULL,
    CONSTRAINT export_replays_state_check CHECK ((state = ANY (ARRAY['RUNNING'::text, 'DONE'::text, 'CANCELLING'::text, 'CANCELLED'::text])))
);
COMMENT ON TABLE public.export_replays IS 'One row for each replay';
COMMENT ON COLUMN public.export_replays.id IS 'Given by the database';
COMMENT ON COLUMN public.export_replays.system_key IS 'The system, by its key';
COMMENT ON COLUMN public.export_replays.marked_since IS 'Marks after this moment are taken back, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.export_replays.marked_until IS 'Marks up to this moment are';
COMMENT ON COLUMN public.export_replays.last_event_id IS 'Highest id of a timeline event when the replay was started: later marks are not taken back, whatever their time';
COMMENT ON COLUMN public.export_replays.reason IS 'Why';
COMMENT ON COLUMN public.export_replays.actor IS 'Who started it';
COMMENT ON COLUMN public.export_replays.started_at IS 'When, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.export_replays.state IS 'How far it is';
COMMENT ON COLUMN public.export_replays.passed_at IS 'Marks up to this moment have been looked at';
COMMENT ON COLUMN public.export_replays.passed_entry_id IS 'Of the marks of that moment, those of entries up to this id';
COMMENT ON COLUMN public.export_replays.set_aside_count IS 'How many marks were taken back';
COMMENT ON COLUMN public.export_replays.ended_at IS 'When nothing was left to be taken back, or put back';
COMMENT ON COLUMN public.export_replays.cancelled_at IS 'When somebody cancelled it';
COMMENT ON COLUMN public.export_replays.cancelled_by IS 'Who';
COMMENT ON COLUMN public.export_replays.put_back_to IS 'When it is cancelled: rows of set_aside_marks up to this id have been looked at';
COMMENT ON COLUMN public.export_replays.put_back_count IS 'How many marks were put back';
ALTER TABLE public.export_replays ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.export_replays_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.export_systems (
    key bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    known_since bigint NOT NULL,
    settled_after bigint,
    history_end bigint,
    taken_over_to bigint DEFAULT 0 NOT NULL,
    retired_at bigint,
    display_name text COLLATE pg_catalog."C",
    description text COLLATE pg_catalog."C",
    unit text DEFAULT 'VOUCHER'::text NOT NULL COLLATE pg_catalog."C",
    max_attempts integer DEFAULT 8 NOT NULL,
    first_retry_seconds integer DEFAULT 60 NOT NULL,
    longest_retry_seconds integer DEFAULT 21600 NOT NULL,
    dispatch_salt text DEFAULT (gen_random_uuid())::text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT export_systems_description_check CHECK ((length(description) <= 2000)),
    CONSTRAINT export_systems_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 200))),
    CONSTRAINT export_systems_first_retry_seconds_check CHECK (((first_retry_seconds >= 1) AND (first_retry_seconds <= 86400))),
    CONSTRAINT export_systems_longest_retry_seconds_check CHECK (((longest_retry_seconds >= 1) AND (longest_retry_seconds <= 604800))),
    CONSTRAINT export_systems_max_attempts_check CHECK (((max_attempts >= 1) AND (max_attempts <= 1000))),
    CONSTRAINT export_systems_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64))),
    CONSTRAINT export_systems_unit_check CHECK ((unit = ANY (ARRAY['VOUCHER'::text, 'ENTRY'::text])))
);
COMMENT ON TABLE public.export_systems IS 'One row for each system that somebody has marked an entry for';
COMMENT ON COLUMN public.export_systems.key IS 'Number of the system in the other tables';
COMMENT ON COLUMN public.export_systems.name IS 'Name of the system, as clients write it';
COMMENT ON COLUMN public.export_systems.known_since IS 'When it was first marked for, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.export_systems.settled_after IS 'PostgreSQL: transactions with a lower number may not know of the system; its history is settled when they have ended';
COMMENT ON COLUMN public.export_systems.history_end IS 'Id of the last entry that was there before the system was known. NULL until that is settled: then everything counts as history';
COMMENT ON COLUMN public.export_systems.taken_over_to IS 'Of the history, entries up to this id have a pending row or a mark; the rest is looked at entry by entry';
COMMENT ON COLUMN public.export_systems.retired_at IS 'When the system was retired, in microseconds since 1970-01-01 00:00 UTC: it gets no pending rows, and all of its history counts as not taken over. NULL: it is not';
COMMENT ON COLUMN public.export_systems.display_name IS 'What people call the system';
COMMENT ON COLUMN public.export_systems.description IS 'What there is to know about it';
COMMENT ON COLUMN public.export_systems.unit IS 'What is claimed, fails and is parked as one: VOUCHER or ENTRY';
COMMENT ON COLUMN public.export_systems.max_attempts IS 'After so many attempts that failed, a unit is parked';
COMMENT ON COLUMN public.export_systems.first_retry_seconds IS 'The wait after the first attempt that failed; it doubles with each further one';
COMMENT ON COLUMN public.export_systems.longest_retry_seconds IS 'The longest wait';
COMMENT ON COLUMN public.export_systems.dispatch_salt IS 'A text that no other system of any ledger has: part of the keys under which units are sent';
ALTER TABLE public.export_systems ALTER COLUMN key ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.export_systems_key_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.export_turns (
    system_key bigint NOT NULL,
    begin_after bigint DEFAULT 0 NOT NULL,
    began_at bigint DEFAULT 0 NOT NULL
);
COMMENT ON TABLE public.export_turns IS 'One row for each system that something was claimed for. Who claims locks it, so that claims take turns';
COMMENT ON COLUMN public.export_turns.system_key IS 'The system, by its key';
COMMENT ON COLUMN public.export_turns.begin_after IS 'The next claim looks for free entries after this id';
COMMENT ON COLUMN public.export_turns.began_at IS 'When a claim last looked from the lowest id on, in microseconds since 1970-01-01 00:00 UTC';
CREATE TABLE public.idempotency_keys (
    key text NOT NULL COLLATE pg_catalog."C",
    request_digest text NOT NULL COLLATE pg_catalog."C",
    answer text COLLATE pg_catalog."C",
    used_at bigint NOT NULL
);
COMMENT ON TABLE public.idempotency_keys IS 'One row for each idempotency key that was used lately. Rows are deleted when the keys have expired';
COMMENT ON COLUMN public.idempotency_keys.key IS 'Digest of the operation, of the caller and of the key that the caller gave: the same key of two callers, or for two operations, is two rows';
COMMENT ON COLUMN public.idempotency_keys.request_digest IS 'Digest of what was asked with the key';
COMMENT ON COLUMN public.idempotency_keys.answer IS 'What was answered, as JSON';
COMMENT ON COLUMN public.idempotency_keys.used_at IS 'When the key was first used, in microseconds since 1970-01-01 00:00 UTC';
CREATE UNLOGGED TABLE public.import_chunks (
    import_id bigint NOT NULL,
    sorter bigint NOT NULL,
    run bigint NOT NULL,
    number bigint NOT NULL,
    records bytea NOT NULL
);
ALTER TABLE ONLY public.import_chunks ALTER COLUMN records SET STORAGE EXTERNAL;
COMMENT ON TABLE public.import_chunks IS 'Lines of an import that runs, sorted in parts. Programs do not write here';
COMMENT ON COLUMN public.import_chunks.import_id IS 'The import, by its id';
COMMENT ON COLUMN public.import_chunks.sorter IS 'What kind of records';
COMMENT ON COLUMN public.import_chunks.run IS 'Number of the sorted part';
COMMENT ON COLUMN public.import_chunks.number IS 'Number of the chunk in it';
COMMENT ON COLUMN public.import_chunks.records IS 'The records, one after the other';
CREATE TABLE public.imports (
    id bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL COLLATE pg_catalog."C",
    files jsonb DEFAULT '[]'::jsonb NOT NULL,
    summary jsonb,
    alive_at bigint NOT NULL
);
COMMENT ON TABLE public.imports IS 'One row for each import: one command or call, whatever files it read';
COMMENT ON COLUMN public.imports.id IS 'Number of the import, given by the database';
COMMENT ON COLUMN public.imports.at IS 'When it began, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.imports.actor IS 'Who imported';
COMMENT ON COLUMN public.imports.files IS 'Its files in their order: an array of objects with name and sha256';
COMMENT ON COLUMN public.imports.summary IS 'What it came to, as one JSON object. NULL while it runs, and when it did not come to its end';
COMMENT ON COLUMN public.imports.alive_at IS 'When it last did something, in microseconds since 1970-01-01 00:00 UTC';
ALTER TABLE public.imports ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.imports_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.pending_exports (
    system_key bigint NOT NULL,
    entry_id bigint NOT NULL,
    progress integer DEFAULT 0 NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    failure_type integer DEFAULT 0 NOT NULL,
    due_at bigint DEFAULT 0 NOT NULL,
    claim_key bigint,
    CONSTRAINT pending_exports_progress_check CHECK (((progress >= 0) AND (progress <= 4)))
);
COMMENT ON TABLE public.pending_exports IS 'One row for each system and each entry that it has not been sent. Written by triggers: programs do not write here';
COMMENT ON COLUMN public.pending_exports.system_key IS 'The system, by its key';
COMMENT ON COLUMN public.pending_exports.entry_id IS 'The entry, by its id';
COMMENT ON COLUMN public.pending_exports.progress IS '0: nobody has it; 1: a worker has claimed it; 2: the system refused it; 3: parked after too many attempts; 4: parked by a person';
COMMENT ON COLUMN public.pending_exports.attempts IS 'How many attempts failed since it was last requeued';
COMMENT ON COLUMN public.pending_exports.failure_type IS 'Why the last attempt failed, as a number from 1; 0: none did. The timeline has the words';
COMMENT ON COLUMN public.pending_exports.due_at IS 'Of what the system refused: when it is tried again, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.pending_exports.claim_key IS 'The claim that has it, by its key';
CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);
CREATE TABLE public.set_aside_marks (
    id bigint NOT NULL,
    entry_id bigint NOT NULL,
    system_key bigint NOT NULL,
    marked_at bigint NOT NULL,
    note text COLLATE pg_catalog."C",
    actor text COLLATE pg_catalog."C",
    times_marked bigint NOT NULL,
    version integer NOT NULL,
    reference_id text COLLATE pg_catalog."C",
    reference_url text COLLATE pg_catalog."C",
    set_aside_at bigint NOT NULL,
    set_aside_by text COLLATE pg_catalog."C",
    reason text COLLATE pg_catalog."C",
    replay_id bigint
);
COMMENT ON TABLE public.set_aside_marks IS 'One row for each mark that was taken back. Rows are never changed; a row goes when a replay is cancelled and the mark comes back';
COMMENT ON COLUMN public.set_aside_marks.id IS 'Given by the database';
COMMENT ON COLUMN public.set_aside_marks.entry_id IS 'The entry, by its id';
COMMENT ON COLUMN public.set_aside_marks.system_key IS 'The system, by its key';
COMMENT ON COLUMN public.set_aside_marks.marked_at IS 'When the entry was last marked, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.set_aside_marks.note IS 'What the caller noted with that mark';
COMMENT ON COLUMN public.set_aside_marks.actor IS 'Who set that mark';
COMMENT ON COLUMN public.set_aside_marks.times_marked IS 'How often the entry had been marked';
COMMENT ON COLUMN public.set_aside_marks.version IS 'Version of the entry that the system had been sent';
COMMENT ON COLUMN public.set_aside_marks.reference_id IS 'Name of the system''s own document for the entry';
COMMENT ON COLUMN public.set_aside_marks.reference_url IS 'Address of that document';
COMMENT ON COLUMN public.set_aside_marks.set_aside_at IS 'When the mark was taken back, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.set_aside_marks.set_aside_by IS 'Who took it back. NULL when another program deleted the mark, with SQL';
COMMENT ON COLUMN public.set_aside_marks.reason IS 'Why. NULL when another program deleted the mark';
COMMENT ON COLUMN public.set_aside_marks.replay_id IS 'The replay that took it back, by its id; NULL when none did';
ALTER TABLE public.set_aside_marks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.set_aside_marks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.timeline_events (
    id bigint NOT NULL,
    entry_id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    system_id text COLLATE pg_catalog."C",
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    actor text COLLATE pg_catalog."C",
    CONSTRAINT timeline_events_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 64)))
);
COMMENT ON TABLE public.timeline_events IS 'One row for each thing that happened to an entry after it was recorded. Rows are never changed or deleted';
COMMENT ON COLUMN public.timeline_events.id IS 'Given by the database: of two events of an entry, the later one has the higher id';
COMMENT ON COLUMN public.timeline_events.entry_id IS 'The entry, by its id';
COMMENT ON COLUMN public.timeline_events.kind IS 'What happened, such as EXPORTED or UPDATED';
COMMENT ON COLUMN public.timeline_events.at IS 'When it happened, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.timeline_events.system_id IS 'Name of the system that the entry was sent to, when it was exported';
COMMENT ON COLUMN public.timeline_events.payload IS 'What else is known of the event, as one JSON object';
COMMENT ON COLUMN public.timeline_events.actor IS 'Who did it. NULL when another program did, with SQL';
ALTER TABLE public.timeline_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.timeline_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.unsequenced_events (
    id bigint NOT NULL,
    tag bigint DEFAULT (floor((random() * ('9007199254740992'::bigint)::double precision)))::bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    system_id text NOT NULL COLLATE pg_catalog."C",
    entry_id bigint,
    actor text COLLATE pg_catalog."C",
    timeline_event_id bigint,
    subject text COLLATE pg_catalog."C",
    CONSTRAINT unsequenced_events_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 64)))
);
COMMENT ON TABLE public.unsequenced_events IS 'Events that have no place in the log yet. Triggers write them; a gateway moves them to export_events';
COMMENT ON COLUMN public.unsequenced_events.id IS 'Of one entry''s events, a later one has a higher id';
COMMENT ON COLUMN public.unsequenced_events.tag IS 'A number that no other event of any database has: the cursor of the event holds it';
COMMENT ON COLUMN public.unsequenced_events.kind IS 'What happened, such as EXPORTED or CHANGED';
COMMENT ON COLUMN public.unsequenced_events.at IS 'When it happened, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.unsequenced_events.system_id IS 'Name of the system';
COMMENT ON COLUMN public.unsequenced_events.entry_id IS 'The entry, by its id. NULL for a claim and for a replay, which are about many';
COMMENT ON COLUMN public.unsequenced_events.actor IS 'Who did it. NULL when another program did, with SQL';
COMMENT ON COLUMN public.unsequenced_events.timeline_event_id IS 'The same event in the timeline of the entry. NULL where there is none';
COMMENT ON COLUMN public.unsequenced_events.subject IS 'Of a claim its id, of a replay and of a conflict its number';
ALTER TABLE public.unsequenced_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.unsequenced_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.webhook_deliveries (
    id bigint NOT NULL,
    webhook_id bigint NOT NULL,
    at bigint NOT NULL,
    attempt integer NOT NULL,
    signal_id text NOT NULL COLLATE pg_catalog."C",
    system_id text COLLATE pg_catalog."C",
    kinds text NOT NULL COLLATE pg_catalog."C",
    cursor text COLLATE pg_catalog."C",
    status integer,
    error text COLLATE pg_catalog."C",
    duration_ms integer NOT NULL
);
COMMENT ON TABLE public.webhook_deliveries IS 'One row for each attempt to tell a webhook something. Rows are deleted after 30 days';
COMMENT ON COLUMN public.webhook_deliveries.id IS 'Number of the attempt: a later one has a higher number';
COMMENT ON COLUMN public.webhook_deliveries.webhook_id IS 'The webhook, by its number';
COMMENT ON COLUMN public.webhook_deliveries.at IS 'When the attempt began, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.webhook_deliveries.attempt IS 'Which attempt it was since the last one that did not fail, from 1';
COMMENT ON COLUMN public.webhook_deliveries.signal_id IS 'Id of what was told: the same for each attempt to tell it';
COMMENT ON COLUMN public.webhook_deliveries.system_id IS 'Name of the system that it was about. NULL for a test of a webhook for all systems';
COMMENT ON COLUMN public.webhook_deliveries.kinds IS 'What it told of, with spaces between. Empty for a test';
COMMENT ON COLUMN public.webhook_deliveries.cursor IS 'Cursor of the event up to which it told. NULL when the log had no event';
COMMENT ON COLUMN public.webhook_deliveries.status IS 'HTTP status of the answer. NULL when none came';
COMMENT ON COLUMN public.webhook_deliveries.error IS 'Why none came. NULL when one came';
COMMENT ON COLUMN public.webhook_deliveries.duration_ms IS 'How long the attempt took, in milliseconds';
ALTER TABLE public.webhook_deliveries ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.webhook_deliveries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.webhook_levels (
    webhook_id bigint NOT NULL,
    system_id text NOT NULL COLLATE pg_catalog."C",
    entry_id bigint NOT NULL
);
COMMENT ON TABLE public.webhook_levels IS 'One row for each webhook and system of whose backlog the webhook was told';
COMMENT ON COLUMN public.webhook_levels.webhook_id IS 'The webhook, by its number';
COMMENT ON COLUMN public.webhook_levels.system_id IS 'Name of the system';
COMMENT ON COLUMN public.webhook_levels.entry_id IS 'The highest id of an unexported entry that the webhook was told of. 0 when the system had been sent everything';
CREATE TABLE public.webhooks (
    id bigint NOT NULL,
    url text NOT NULL COLLATE pg_catalog."C",
    system_id text COLLATE pg_catalog."C",
    kinds text NOT NULL COLLATE pg_catalog."C",
    description text COLLATE pg_catalog."C",
    secret text NOT NULL COLLATE pg_catalog."C",
    previous_secret text COLLATE pg_catalog."C",
    previous_secret_until bigint,
    "position" bigint NOT NULL,
    tag bigint NOT NULL,
    signal_number bigint DEFAULT 0 NOT NULL,
    lease_number bigint DEFAULT 0 NOT NULL,
    leased_until bigint DEFAULT 0 NOT NULL,
    failing_since bigint,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at bigint,
    switched_off_at bigint,
    switched_off_because text COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    created_by text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT webhooks_description_check CHECK ((length(description) <= 2000)),
    CONSTRAINT webhooks_url_check CHECK (((length(url) >= 1) AND (length(url) <= 2000)))
);
COMMENT ON TABLE public.webhooks IS 'One row for each address that is told when something happens';
COMMENT ON COLUMN public.webhooks.id IS 'Number of the webhook';
COMMENT ON COLUMN public.webhooks.url IS 'Address that is told. It holds no user name and no password';
COMMENT ON COLUMN public.webhooks.system_id IS 'Name of the system that the webhook is for. NULL means all systems';
COMMENT ON COLUMN public.webhooks.kinds IS 'What the webhook tells of: some of READY, FAILED, PARKED, CONFLICT, CHANGED, EXPORTED, UNMARKED, REQUEUED, CLAIMED and REPLAYED, with spaces between';
COMMENT ON COLUMN public.webhooks.description IS 'What there is to know about the webhook. NULL when nobody has said';
COMMENT ON COLUMN public.webhooks.secret IS 'The secret that signs. It is kept as it is, since it is needed to sign';
COMMENT ON COLUMN public.webhooks.previous_secret IS 'The secret before that. NULL when there is none';
COMMENT ON COLUMN public.webhooks.previous_secret_until IS 'Until then the previous secret signs too, in microseconds since 1970-01-01 00:00 UTC. NULL when there is none';
COMMENT ON COLUMN public.webhooks."position" IS 'Events up to this place in the log are dealt with. 0 before the first event';
COMMENT ON COLUMN public.webhooks.tag IS 'Tag of the event at this place. 0 before the first event';
COMMENT ON COLUMN public.webhooks.signal_number IS 'Grows when signals were delivered, and when old ones are to be told again. It makes the id of a signal';
COMMENT ON COLUMN public.webhooks.lease_number IS 'Grows each time that a gateway takes the webhook to deliver, or a person moves its place: who holds an older number has lost it';
COMMENT ON COLUMN public.webhooks.leased_until IS 'Until then a gateway delivers, by the clock of the database, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.webhooks.failing_since IS 'When the first attempt failed since the last one that did not, in microseconds since 1970-01-01 00:00 UTC. NULL when the last one did not fail';
COMMENT ON COLUMN public.webhooks.attempts IS 'How many attempts have failed since then';
COMMENT ON COLUMN public.webhooks.next_attempt_at IS 'Not before then is the next attempt, in microseconds since 1970-01-01 00:00 UTC. NULL: at once';
COMMENT ON COLUMN public.webhooks.switched_off_at IS 'Since when the webhook is switched off, in microseconds since 1970-01-01 00:00 UTC. NULL when it is not';
COMMENT ON COLUMN public.webhooks.switched_off_because IS 'Why: FAILED after three days of failures, GONE after an answer 410. NULL when it is not switched off';
COMMENT ON COLUMN public.webhooks.created_at IS 'When the webhook was made, in microseconds since 1970-01-01 00:00 UTC';
COMMENT ON COLUMN public.webhooks.created_by IS 'Who made it';
ALTER TABLE public.webhooks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.webhooks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
INSERT INTO public.access_tokens OVERRIDING SYSTEM VALUE VALUES
	(2, '07e214db', 'erp', '457b9d23a8d9bf3c3e2529a78e1fe2271f5a96ac4178f6087d5cfcf406795d56', 'export mark', 'erp', 1795902285034769, NULL, NULL, NULL),
	(3, '66d1e547', 'gone', 'f81d739d2572af5a91c661314974440ee2f42b013c252a6679ee0fc99ad731f1', 'export', NULL, 1795902285073628, NULL, 1795902285115518, NULL),
	(1, '5912383a', 'the operator', 'dad7769c8f9cd0609df71c899152a15fa56b422f8891519c131fa41378edeac5', 'admin', NULL, 1795902284996676, NULL, NULL, 1795902296223706);
INSERT INTO public.accounting_entries OVERRIDING SYSTEM VALUE VALUES
	(1, '01a2241e1bd1739990c156c415169120-0', 'VE', 'Ventes', 'VE001', '2026-01-01', '411000', 'Clients', 'C1', NULL, 'F-001', '2026-01-01', 'Facture 001, « Été » & fils', 1002500, 0, DEFAULT, 'EUR', NULL, NULL, 'AA', '2026-02-15', '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 2, '\x0006615d159cd0d081c15a465e02006c5c79a5f20723545c'),
	(2, '01a2241e1bd1739990c156c415169120-1', 'VE', 'Ventes', 'VE001', '2026-01-01', '707000', 'Ventes', NULL, NULL, 'F-001', '2026-01-01', 'Facture 001, « Été » & fils', 0, 1002500, DEFAULT, 'EUR', NULL, NULL, 'AA', '2026-02-15', '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 3, '\x0006615d159cd0d011713fd5c4b37d8e2d21dd39755820f0'),
	(3, '01a2241e1bd1739990c156c415169120-2', 'VE', 'Ventes', 'VE002', '2026-01-02', '411000', 'Clients', 'C2', NULL, 'F-002', '2026-01-02', 'Facture 002, « Été » & fils', 2002500, 0, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 4, '\x0006615d159cd0d02d3a56b9b4feae9cb46527521741f52f'),
	(4, '01a2241e1bd1739990c156c415169120-3', 'VE', 'Ventes', 'VE002', '2026-01-02', '707000', 'Ventes', NULL, NULL, 'F-002', '2026-01-02', 'Facture 002, « Été » & fils', 0, 2002500, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 5, '\x0006615d159cd0d0220fc6bb33aef64b86902ca6ca4b329d'),
	(5, '01a2241e1bd1739990c156c415169120-4', 'VE', 'Ventes', 'VE003', '2026-01-03', '411000', 'Clients', 'C3', NULL, 'F-003', '2026-01-03', 'Facture 003, « Été » & fils', 3602500, 0, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 6, '\x0006615d159cd0d0395a0b5a92b71041bdfd2a6e1d6c4e9a'),
	(6, '01a2241e1bd1739990c156c415169120-5', 'VE', 'Ventes', 'VE003', '2026-01-03', '445710', 'TVA collectée', NULL, NULL, 'F-003', '2026-01-03', 'Facture 003, « Été » & fils', 0, 600000, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 8, '\x0006615d159cd0d09ff3a3d4765c643af978cf1606fe2ae4'),
	(7, '01a2241e1bd1739990c156c415169120-6', 'VE', 'Ventes', 'VE003', '2026-01-03', '707000', 'Ventes', NULL, NULL, 'F-003', '2026-01-03', 'Facture 003, « Été » & fils', 0, 3002500, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 7, '\x0006615d159cd0d01386dd5636c407965c16da738077cd88'),
	(12, '01a2241e1bd1739990c156c415169120-11', 'VE', 'Ventes', 'VE006', '2026-01-06', '411000', 'Clients', 'C6', NULL, 'F-006', '2026-01-06', 'Facture 006, « Été » & fils', 7202500, 0, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 13, '\x0006615d159cd0d03d9d9c6c0695149afb4ab836358849ce'),
	(13, '01a2241e1bd1739990c156c415169120-12', 'VE', 'Ventes', 'VE006', '2026-01-06', '445710', 'TVA collectée', NULL, NULL, 'F-006', '2026-01-06', 'Facture 006, « Été » & fils', 0, 1200000, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 15, '\x0006615d159cd0d00115886fc7a36dba973bf91d664c83bc'),
	(14, '01a2241e1bd1739990c156c415169120-13', 'VE', 'Ventes', 'VE006', '2026-01-06', '707000', 'Ventes', NULL, NULL, 'F-006', '2026-01-06', 'Facture 006, « Été » & fils', 0, 6002500, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 14, '\x0006615d159cd0d0048e2e5e44790b3ea42ad7ba014552ff'),
	(15, '01a2241e1bd1739990c156c415169120-14', 'VE', 'Ventes', 'VE007', '2026-01-07', '411000', 'Clients', 'C7', NULL, 'F-007', '2026-01-07', 'Facture 007, « Été » & fils', 7002500, 0, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 16, '\x0006615d159cd0d0c281ceb9649f92f1e901bcfa491a41c1'),
	(16, '01a2241e1bd1739990c156c415169120-15', 'VE', 'Ventes', 'VE007', '2026-01-07', '707000', 'Ventes', NULL, NULL, 'F-007', '2026-01-07', 'Facture 007, « Été » & fils', 0, 7002500, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 17, '\x0006615d159cd0d09bae610d8ae82325d7cde26adcfbbfd9'),
	(17, '01a2241e1bd1739990c156c415169120-16', 'VE', 'Ventes', 'VE008', '2026-01-08', '411000', 'Clients', 'C8', NULL, 'F-008', '2026-01-08', 'Facture 008, « Été » & fils', 8002500, 0, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 18, '\x0006615d159cd0d02414aa2cb7d6d6a410e21402290767f3'),
	(18, '01a2241e1bd1739990c156c415169120-17', 'VE', 'Ventes', 'VE008', '2026-01-08', '707000', 'Ventes', NULL, NULL, 'F-008', '2026-01-08', 'Facture 008, « Été » & fils', 0, 8002500, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 19, '\x0006615d159cd0d076c8ebedab7f647e4ce415611cbd2a7d'),
	(19, '01a2241e1bd1739990c156c415169120-18', 'VE', 'Ventes', 'VE009', '2026-01-09', '411000', 'Clients', 'C9', NULL, 'F-009', '2026-01-09', 'Facture 009, « Été » & fils', 10802500, 0, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 20, '\x0006615d159cd0d0d0e141ae627cebd5d0f11f5003b5f673'),
	(20, '01a2241e1bd1739990c156c415169120-19', 'VE', 'Ventes', 'VE009', '2026-01-09', '445710', 'TVA collectée', NULL, NULL, 'F-009', '2026-01-09', 'Facture 009, « Été » & fils', 0, 1800000, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 22, '\x0006615d159cd0d07d8eb075fbfe42466b173618a88ac07b'),
	(21, '01a2241e1bd1739990c156c415169120-20', 'VE', 'Ventes', 'VE009', '2026-01-09', '707000', 'Ventes', NULL, NULL, 'F-009', '2026-01-09', 'Facture 009, « Été » & fils', 0, 9002500, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 21, '\x0006615d159cd0d078a151b786655c4d3997f4f1afc4b2f3'),
	(22, '01a2241e1bd1739990c156c415169120-21', 'VE', 'Ventes', 'VE010', '2026-01-10', '411000', 'Clients', 'C10', NULL, 'F-010', '2026-01-10', 'Facture 010, « Été » & fils', 10002500, 0, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 23, '\x0006615d159cd0d0dd7db525a35cb2f099f80e93820365fc'),
	(23, '01a2241e1bd1739990c156c415169120-22', 'VE', 'Ventes', 'VE010', '2026-01-10', '707000', 'Ventes', NULL, NULL, 'F-010', '2026-01-10', 'Facture 010, « Été » & fils', 0, 10002500, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 24, '\x0006615d159cd0d0baa295cdf5fe9085dc9802165ea9ff53'),
	(24, '01a2241e1bd1739990c156c415169120-23', 'VE', 'Ventes', 'VE011', '2026-01-11', '411000', 'Clients', 'C11', NULL, 'F-011', '2026-01-11', 'Facture 011, « Été » & fils', 11002500, 0, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 25, '\x0006615d159cd0d04120f041d62f64f97780f1b13118de1a'),
	(25, '01a2241e1bd1739990c156c415169120-24', 'VE', 'Ventes', 'VE011', '2026-01-11', '707000', 'Ventes', NULL, NULL, 'F-011', '2026-01-11', 'Facture 011, « Été » & fils', 0, 11002500, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 26, '\x0006615d159cd0d0cad77a2e2d2340cd12166e3b46d46763'),
	(26, '01a2241e1bd1739990c156c415169120-25', 'VE', 'Ventes', 'VE012', '2026-01-12', '411000', 'Clients', 'C12', NULL, 'F-012', '2026-01-12', 'Facture 012, « Été » & fils', 14402500, 0, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 27, '\x0006615d159cd0d0f6dae40cf19d1a66e5514ec0a16fd7e4'),
	(10, '01a2241e1bd1739990c156c415169120-9', 'VE', 'Ventes', 'VE005', '2026-01-05', '411000', 'Clients', 'C5', NULL, 'F-005', '2026-01-05', 'Facture 005, « Été » & fils', 5002500, 0, DEFAULT, 'EUR', 10005000, 'USD', NULL, NULL, '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282965787, 1, 1795902282965787, 'import', 1, 0, 11, '\x0006615d159cd0d0d3b0f0719efc610ccb3ecc1a0f1a2e62'),
	(11, '01a2241e1bd1739990c156c415169120-10', 'VE', 'Ventes', 'VE005', '2026-01-05', '707000', 'Ventes', NULL, NULL, 'F-005', '2026-01-05', 'Facture 005, « Été » & fils', 0, 5002500, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S1"}', 1795902282715344, 1795902282965787, 1, 1795902282965787, 'import', 1, 0, 12, '\x0006615d159cd0d0d18b62adcbb241239341ef579aa3f9c3'),
	(27, '01a2241e1bd1739990c156c415169120-26', 'VE', 'Ventes', 'VE012', '2026-01-12', '445710', 'TVA collectée', NULL, NULL, 'F-012', '2026-01-12', 'Facture 012, « Été » & fils', 0, 2400000, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 29, '\x0006615d159cd0d0f04d1ed6bd6bf4f71d9263449a2ef756'),
	(28, '01a2241e1bd1739990c156c415169120-27', 'VE', 'Ventes', 'VE012', '2026-01-12', '707000', 'Ventes', NULL, NULL, 'F-012', '2026-01-12', 'Facture 012, « Été » & fils', 0, 12002500, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282715344, 1, NULL, 'import', 1, 0, 28, '\x0006615d159cd0d005c310a6c7a5e61e65f8374c58e9fcdd'),
	(8, '01a2241e1bd1739990c156c415169120-7', 'VE', 'Ventes', 'VE004', '2026-01-04', '411000', 'Clients', 'C4', NULL, 'F-004', '2026-01-04', 'Facture 004, « Été » & fils, corrigée', 4002500, 0, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282941617, 2, NULL, 'import', 2, 0, 9, '\x0006615d15a044b125b45a89308d9cf38cd586781fd3da01'),
	(9, '01a2241e1bd1739990c156c415169120-8', 'VE', 'Ventes', 'VE004', '2026-01-04', '707000', 'Ventes', NULL, NULL, 'F-004', '2026-01-04', 'Facture 004, « Été » & fils, corrigée', 0, 4002500, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, '2026-02-28', '{"Service": "S0"}', 1795902282715344, 1795902282941617, 2, NULL, 'import', 2, 0, 10, '\x0006615d15a044b162cd4b56d76bd01cb699799539348296'),
	(29, 'late:1', 'VE', NULL, 'VE012', '2026-01-12', '707000', NULL, NULL, NULL, NULL, NULL, 'Avoir', 0, -75000, DEFAULT, 'EUR', NULL, NULL, NULL, NULL, NULL, '{"n": "1", "Service": "S9"}', 1795902283390806, 1795902283390806, 1, NULL, 'graphql', NULL, NULL, NULL, NULL);
INSERT INTO public.background_jobs VALUES
	('forget_idempotency_keys', 1, 1795902342809550),
	('forget_webhook_deliveries', 1, 1795905882830001),
	('forget_ended_claims', 1, 1795905882831261),
	('clear_dead_imports', 1, 1795902882846548),
	('import', 2, 1795902282956283);
INSERT INTO public.changed_exports VALUES
	(1, 2),
	(1, 4),
	(1, 5),
	(1, 6),
	(1, 7),
	(1, 8),
	(1, 9),
	(1, 10),
	(1, 11),
	(3, 26),
	(4, 1),
	(4, 2),
	(5, 1),
	(5, 2),
	(5, 3),
	(5, 4);
INSERT INTO public.company_numbers VALUES
	(1, '552100554', 1795902282711561);
INSERT INTO public.event_log_head VALUES
	(true, 79);
INSERT INTO public.export_claim_entries VALUES
	(1, 1, 1),
	(1, 2, 1),
	(1, 3, 1),
	(1, 4, 1),
	(2, 5, 1),
	(2, 6, 1),
	(2, 7, 1);
INSERT INTO public.export_claims OVERRIDING SYSTEM VALUE VALUES
	(1, '01a2241e-1d30-7255-aa1c-4cd2ea99c529', 2, 'one', 'graphql', 1795902283056179, 1795902293064972, 1795902283087142),
	(2, '01a2241e-1d63-7504-8cba-6b3cb258d86a', 2, 'two', 'graphql', 1795902283107242, 1795902293109408, NULL);
INSERT INTO public.export_conflicts OVERRIDING SYSTEM VALUE VALUES
	(2, 'POSTED_TWICE', 1, 3, 1795902282876130, 'graphql', 'GL-2026-003', 'GL-2026-902', NULL, NULL, NULL, NULL),
	(1, 'POSTED_TWICE', 1, 1, 1795902282860735, 'graphql', 'GL-2026-001', 'GL-2026-901', NULL, 1795902282891989, 'graphql', 'GL-2026-901 was reversed');
INSERT INTO public.export_events VALUES
	(1, 7979621269495904, 'EXPORTED', 1795902282800208, 'erp', 1, 'graphql', 1, NULL),
	(2, 541664610320998, 'EXPORTED', 1795902282800208, 'erp', 2, 'graphql', 2, NULL),
	(3, 3054113984884350, 'EXPORTED', 1795902282800208, 'erp', 3, 'graphql', 3, NULL),
	(4, 2844510762776008, 'EXPORTED', 1795902282800208, 'erp', 4, 'graphql', 4, NULL),
	(5, 1724410304291404, 'EXPORTED', 1795902282800208, 'erp', 5, 'graphql', 5, NULL),
	(6, 3134450684214414, 'EXPORTED', 1795902282800208, 'erp', 6, 'graphql', 6, NULL),
	(7, 7805960926933946, 'EXPORTED', 1795902282800208, 'erp', 7, 'graphql', 7, NULL),
	(8, 3567297575001160, 'EXPORTED', 1795902282800208, 'erp', 8, 'graphql', 8, NULL),
	(9, 4039634536617206, 'EXPORTED', 1795902282800208, 'erp', 9, 'graphql', 9, NULL),
	(10, 1414831754203906, 'EXPORTED', 1795902282800208, 'erp', 10, 'graphql', 10, NULL),
	(11, 5885417384038518, 'EXPORTED', 1795902282849595, 'erp', 11, 'graphql', 11, NULL),
	(12, 5065253561594568, 'EXPORTED', 1795902282849595, 'erp', 12, 'graphql', 12, NULL),
	(13, 7355564495846506, 'EXPORTED', 1795902282849595, 'erp', 13, 'graphql', 13, NULL),
	(14, 6727617316840534, 'EXPORTED', 1795902282849595, 'erp', 14, 'graphql', 14, NULL),
	(15, 5017852074213702, 'CONFLICT', 1795902282860735, 'erp', 1, 'graphql', NULL, '1'),
	(16, 5530232372693650, 'EXPORTED', 1795902282860735, 'erp', 1, 'graphql', 15, NULL),
	(17, 7458302208813654, 'CONFLICT', 1795902282876130, 'erp', 3, 'graphql', NULL, '2'),
	(18, 4975975373412092, 'EXPORTED', 1795902282876130, 'erp', 3, 'graphql', 16, NULL),
	(19, 2335576780027268, 'CHANGED', 1795902282948319, 'erp', 8, NULL, NULL, NULL),
	(20, 544526018643078, 'CHANGED', 1795902282949519, 'erp', 9, NULL, NULL, NULL),
	(21, 1387427554560690, 'WITHDRAWN', 1795902282970252, 'erp', 10, NULL, NULL, NULL),
	(22, 4959329072095944, 'WITHDRAWN', 1795902282971122, 'erp', 11, NULL, NULL, NULL),
	(23, 822883235616256, 'UNMARKED', 1795902282975535, 'erp', 12, 'graphql', 21, NULL),
	(24, 8413465653963804, 'UNMARKED', 1795902282975535, 'erp', 13, 'graphql', 22, NULL),
	(25, 5752914697525618, 'UNMARKED', 1795902282975535, 'erp', 14, 'graphql', 23, NULL),
	(26, 4112436008918844, 'FAILED', 1795902282988425, 'erp', 15, 'graphql', 24, NULL),
	(27, 4658801775560438, 'FAILED', 1795902282988425, 'erp', 16, 'graphql', 25, NULL),
	(28, 8381507913861854, 'FAILED', 1795902283000692, 'erp', 17, 'graphql', 26, NULL),
	(29, 884685827355762, 'FAILED', 1795902283000692, 'erp', 18, 'graphql', 27, NULL),
	(30, 5583378260454062, 'FAILED', 1795902283008075, 'erp', 17, 'graphql', 28, NULL),
	(31, 1548588214462182, 'PARKED', 1795902283008075, 'erp', 17, 'graphql', 28, NULL),
	(32, 8010031239522450, 'FAILED', 1795902283008075, 'erp', 18, 'graphql', 29, NULL),
	(33, 7199982030787746, 'PARKED', 1795902283008075, 'erp', 18, 'graphql', 29, NULL),
	(34, 8323723572592876, 'FAILED', 1795902283025015, 'erp', 19, 'graphql', 30, NULL),
	(35, 3169282554071384, 'FAILED', 1795902283025015, 'erp', 20, 'graphql', 31, NULL),
	(36, 1377798445139054, 'FAILED', 1795902283025015, 'erp', 21, 'graphql', 32, NULL),
	(37, 5128106601467430, 'REQUEUED', 1795902283033830, 'erp', 19, 'graphql', 33, NULL),
	(38, 3757226526408332, 'REQUEUED', 1795902283033830, 'erp', 20, 'graphql', 34, NULL),
	(39, 8682914482998632, 'REQUEUED', 1795902283033830, 'erp', 21, 'graphql', 35, NULL),
	(40, 3366357938740422, 'PARKED', 1795902283045830, 'erp', 22, 'graphql', 36, NULL),
	(41, 4623500616420756, 'PARKED', 1795902283045830, 'erp', 23, 'graphql', 37, NULL),
	(42, 6994851487362002, 'CLAIMED', 1795902283056179, 'crm', NULL, 'graphql', NULL, '01a2241e-1d30-7255-aa1c-4cd2ea99c529'),
	(43, 5126613454098290, 'EXPORTED', 1795902283087142, 'crm', 1, 'graphql', 42, NULL),
	(44, 4460271205360528, 'EXPORTED', 1795902283087142, 'crm', 2, 'graphql', 43, NULL),
	(45, 4538939706238508, 'FAILED', 1795902283087142, 'crm', 3, 'graphql', 44, NULL),
	(46, 66513649902624, 'FAILED', 1795902283087142, 'crm', 4, 'graphql', 45, NULL),
	(47, 8264066144899942, 'CLAIMED', 1795902283107242, 'crm', NULL, 'graphql', NULL, '01a2241e-1d63-7504-8cba-6b3cb258d86a'),
	(48, 274651094089592, 'EXPORTED', 1795902283128269, 'bi', 26, 'graphql', 49, NULL),
	(49, 1101457511293168, 'EXPORTED', 1795902283142241, 'mistyped', 1, 'graphql', 50, NULL),
	(50, 1703781052799226, 'EXPORTED', 1795902283142241, 'mistyped', 2, 'graphql', 51, NULL),
	(51, 6869758712358028, 'EXPORTED', 1795902283160104, 'warehouse', 1, 'graphql', 52, NULL),
	(52, 707937572118366, 'EXPORTED', 1795902283160104, 'warehouse', 2, 'graphql', 53, NULL),
	(53, 5182340189765392, 'EXPORTED', 1795902283160104, 'warehouse', 3, 'graphql', 54, NULL),
	(54, 8146014846379892, 'EXPORTED', 1795902283160104, 'warehouse', 4, 'graphql', 55, NULL),
	(55, 5340046618390398, 'EXPORTED', 1795902283160104, 'warehouse', 5, 'graphql', 56, NULL),
	(56, 7994346227282016, 'EXPORTED', 1795902283160104, 'warehouse', 6, 'graphql', 57, NULL),
	(57, 475870269334946, 'EXPORTED', 1795902283160104, 'warehouse', 7, 'graphql', 58, NULL),
	(58, 1060853960434552, 'EXPORTED', 1795902283160104, 'warehouse', 8, 'graphql', 59, NULL),
	(59, 8491061328198344, 'EXPORTED', 1795902283160104, 'warehouse', 9, 'graphql', 60, NULL),
	(60, 7745318442154438, 'EXPORTED', 1795902283160104, 'warehouse', 10, 'graphql', 61, NULL),
	(61, 6583670606046202, 'WITHDRAWN', 1795902283160104, 'warehouse', 10, NULL, NULL, NULL),
	(62, 3662364552054070, 'EXPORTED', 1795902283169533, 'warehouse', 11, 'graphql', 62, NULL),
	(63, 4434914579759232, 'EXPORTED', 1795902283169533, 'warehouse', 12, 'graphql', 63, NULL),
	(64, 7826609669232558, 'EXPORTED', 1795902283169533, 'warehouse', 13, 'graphql', 64, NULL),
	(65, 4822610423172518, 'EXPORTED', 1795902283169533, 'warehouse', 14, 'graphql', 65, NULL),
	(66, 317900258855208, 'EXPORTED', 1795902283169533, 'warehouse', 15, 'graphql', 66, NULL),
	(67, 4519062364422904, 'EXPORTED', 1795902283169533, 'warehouse', 16, 'graphql', 67, NULL),
	(68, 4504061710168800, 'EXPORTED', 1795902283169533, 'warehouse', 17, 'graphql', 68, NULL),
	(69, 8737239961411734, 'EXPORTED', 1795902283169533, 'warehouse', 18, 'graphql', 69, NULL),
	(70, 5340343360297402, 'WITHDRAWN', 1795902283169533, 'warehouse', 11, NULL, NULL, NULL),
	(71, 8263020500557524, 'REPLAYED', 1795902283177782, 'warehouse', NULL, 'graphql', NULL, '1'),
	(72, 715991774950546, 'EXPORTED', 1795902283244867, 'warehouse', 1, 'graphql', 88, NULL),
	(73, 3065009065946002, 'EXPORTED', 1795902283244867, 'warehouse', 2, 'graphql', 89, NULL),
	(74, 770246194799406, 'EXPORTED', 1795902283244867, 'warehouse', 3, 'graphql', 90, NULL),
	(75, 3159817431270630, 'EXPORTED', 1795902283244867, 'warehouse', 4, 'graphql', 91, NULL),
	(76, 4985990094332708, 'REPLAYED', 1795902283253544, 'warehouse', NULL, 'graphql', NULL, '2'),
	(77, 1824385727221262, 'REPLAY_CANCELLED', 1795902283327481, 'warehouse', NULL, 'graphql', NULL, '2'),
	(78, 7063822252962854, 'EXPORTED', 1795902283436982, 'erp', 24, 'graphql', 101, NULL),
	(79, 7115394330001904, 'EXPORTED', 1795902283436982, 'erp', 25, 'graphql', 102, NULL);
INSERT INTO public.export_marks VALUES
	(2, 1, 1795902282800208, 'by the nightly run', 'graphql', 1, 1, 'GL-2026-002', NULL),
	(4, 1, 1795902282800208, 'by the nightly run', 'graphql', 1, 1, 'GL-2026-004', NULL),
	(5, 1, 1795902282800208, 'by the nightly run', 'graphql', 1, 1, 'GL-2026-005', NULL),
	(6, 1, 1795902282800208, 'by the nightly run', 'graphql', 1, 1, 'GL-2026-006', NULL),
	(7, 1, 1795902282800208, 'by the nightly run', 'graphql', 1, 1, 'GL-2026-007', NULL),
	(8, 1, 1795902282800208, 'by the nightly run', 'graphql', 1, 1, 'GL-2026-008', NULL),
	(9, 1, 1795902282800208, 'by the nightly run', 'graphql', 1, 1, 'GL-2026-009', NULL),
	(10, 1, 1795902282800208, 'by the nightly run', 'graphql', 1, 1, 'GL-2026-010', NULL),
	(11, 1, 1795902282849595, 'by the nightly run', 'graphql', 1, 1, 'GL-2026-011', NULL),
	(1, 1, 1795902282860735, NULL, 'graphql', 2, 1, 'GL-2026-901', NULL),
	(3, 1, 1795902282876130, NULL, 'graphql', 2, 1, 'GL-2026-902', NULL),
	(1, 2, 1795902283087142, NULL, 'graphql', 1, 1, 'C-1', 'https://crm.example/C-1'),
	(2, 2, 1795902283087142, NULL, 'graphql', 1, 1, 'C-1', 'https://crm.example/C-1'),
	(26, 3, 1795902283128269, NULL, 'graphql', 1, 1, 'row 26', NULL),
	(1, 4, 1795902283142241, NULL, 'graphql', 1, 1, '1', NULL),
	(2, 4, 1795902283142241, NULL, 'graphql', 1, 1, '2', NULL),
	(1, 5, 1795902283244867, NULL, 'graphql', 1, 1, 'load-2/1', NULL),
	(2, 5, 1795902283244867, NULL, 'graphql', 1, 1, 'load-2/2', NULL),
	(3, 5, 1795902283244867, NULL, 'graphql', 1, 1, 'load-2/3', NULL),
	(4, 5, 1795902283244867, NULL, 'graphql', 1, 1, 'load-2/4', NULL),
	(24, 1, 1795902283436982, NULL, 'graphql', 1, 1, 'GL-2026-024', NULL),
	(25, 1, 1795902283436982, NULL, 'graphql', 1, 1, 'GL-2026-025', NULL);
INSERT INTO public.export_registry VALUES
	(true, 4);
INSERT INTO public.export_replays OVERRIDING SYSTEM VALUE VALUES
	(1, 5, 1795902283157801, 1795902283177782, 69, 'restored from a backup', 'graphql', 1795902283177782, 'DONE', 1795902283157801, 9223372036854775807, 18, 1795902283183865, NULL, NULL, 0, 0),
	(2, 5, 1795902283157801, 1795902283253544, 91, 'a mistake', 'graphql', 1795902283253544, 'CANCELLED', 1795902283157801, 9223372036854775807, 4, 1795902283331044, 1795902283327481, 'graphql', 25, 4);
INSERT INTO public.export_systems OVERRIDING SYSTEM VALUE VALUES
	(1, 'erp', 1795902282800208, 750, 28, 28, NULL, 'The ERP', 'in Lyon', 'VOUCHER', 2, 60, 21600, '145b1756-fcd1-428c-8e58-aa9926f8bce4'),
	(2, 'crm', 1795902283056179, 782, 28, 28, NULL, NULL, NULL, 'VOUCHER', 8, 60, 21600, '71a02b6d-581b-4839-a7d3-cdd823504a1e'),
	(4, 'mistyped', 1795902283142241, NULL, NULL, 0, 1795902283155235, NULL, NULL, 'VOUCHER', 8, 60, 21600, 'a2c798ad-a6dc-48ab-934a-386341e3f204'),
	(3, 'bi', 1795902283123500, 792, 28, 28, NULL, NULL, NULL, 'ENTRY', 8, 60, 21600, 'e5a6e761-0862-40f9-ab19-3bfc339f963e'),
	(5, 'warehouse', 1795902283160104, 806, 28, 28, NULL, NULL, NULL, 'VOUCHER', 8, 60, 21600, '7c04422e-e750-4e70-a2a6-b42ca886d803');
INSERT INTO public.export_turns VALUES
	(2, 7, 1795902283064972),
	(5, 0, 0);
INSERT INTO public.idempotency_keys VALUES
	('rz4owOokLdJzm2F_moH4uRElzcNyJofwutXZawvZWJw', 'dsexRIA7_8mDp76B6lUozVYhXf5wTg6TFANGIvnLc54', '{"done":[{"entry_id":1,"system_id":"erp","exported_at":"2026-11-28T21:44:42.800208Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-001"}},{"entry_id":2,"system_id":"erp","exported_at":"2026-11-28T21:44:42.800208Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-002"}},{"entry_id":3,"system_id":"erp","exported_at":"2026-11-28T21:44:42.800208Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-003"}},{"entry_id":4,"system_id":"erp","exported_at":"2026-11-28T21:44:42.800208Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-004"}},{"entry_id":5,"system_id":"erp","exported_at":"2026-11-28T21:44:42.800208Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-005"}},{"entry_id":6,"system_id":"erp","exported_at":"2026-11-28T21:44:42.800208Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-006"}},{"entry_id":7,"system_id":"erp","exported_at":"2026-11-28T21:44:42.800208Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-007"}},{"entry_id":8,"system_id":"erp","exported_at":"2026-11-28T21:44:42.800208Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-008"}},{"entry_id":9,"system_id":"erp","exported_at":"2026-11-28T21:44:42.800208Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-009"}},{"entry_id":10,"system_id":"erp","exported_at":"2026-11-28T21:44:42.800208Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-010"}}],"faults":[]}', 1795902282800208),
	('cfeTZJ9HQcTzAhu8Dj7EBmaw1qaVf23jTeN_h_tSdM0', '37m9qzDcJzc8yDLAj8WoPvGYtWY1XIAKM6IFX_QVCWo', '{"done":[{"entry_id":11,"system_id":"erp","exported_at":"2026-11-28T21:44:42.849595Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-011"}},{"entry_id":12,"system_id":"erp","exported_at":"2026-11-28T21:44:42.849595Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-012"}},{"entry_id":13,"system_id":"erp","exported_at":"2026-11-28T21:44:42.849595Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-013"}},{"entry_id":14,"system_id":"erp","exported_at":"2026-11-28T21:44:42.849595Z","note":"by the nightly run","remarked":false,"version":1,"reference":{"document_id":"GL-2026-014"}}],"faults":[]}', 1795902282849595),
	('cQKI4IviFt405DRbwg77MZuV_9wah-CcR2aeKp4ODiU', '4DxN8Txhtey066lDlYUjI_g875HWTD6bOGKRhaoaamw', '{"claim_id":"01a2241e-1d30-7255-aa1c-4cd2ea99c529","exports":[{"entry_id":1,"system_id":"crm","exported_at":"2026-11-28T21:44:43.087142Z","note":null,"remarked":false,"version":1,"reference":{"document_id":"C-1","url":"https://crm.example/C-1"}},{"entry_id":2,"system_id":"crm","exported_at":"2026-11-28T21:44:43.087142Z","note":null,"remarked":false,"version":1,"reference":{"document_id":"C-1","url":"https://crm.example/C-1"}}],"failures":[{"target":{"voucher":"2026-01-02/VE/VE002"},"system_id":"crm","state":"FAILED","attempts":1,"next_attempt_at":"2027-01-01T00:00:00.000000Z","entries":2}],"remaining":0,"faults":[]}', 1795902283087142),
	('l9ag_fherEsf3T2JkPqxAYGf17waMh5cTHpgslvqxUs', 'd3ld0mlap21O2VKdnbvtnP_uFA_-jRfaSty6g-zyOVY', '"01a2241e-1d63-7504-8cba-6b3cb258d86a"', 1795902283107242);
INSERT INTO public.imports OVERRIDING SYSTEM VALUE VALUES
	(1, 1795902282712230, 'import', '[{"name": "552100554FEC20261231.txt", "sha256": "cc9ac697a3c22e94a0ea693afb009b8d2214fac7e0e83a0b6c8c9ed9b103bcac"}]', '{"read": 28, "debit": "8403.00", "credit": "8403.00", "missing": 0, "sent_to": [], "updated": 0, "inserted": 28, "rejected": 0, "vouchers": {"new": 12, "read": 12, "changed": 0, "missing": 0, "held_back": 0, "unchanged": 0, "unbalanced": 0}, "held_back": 0, "unchanged": 0, "withdrawn": 0, "already_sent": 0, "ledger_debit": "8403.00", "ledger_credit": "8403.00"}', 1795902282712230),
	(2, 1795902282937416, 'import', '[{"name": "corrected/552100554FEC20261231.txt", "sha256": "8d1bc5f31f5fe6633e51056285f0334147e424333c0e5e15ef2a0430052cb6b7"}]', '{"read": 28, "debit": "8403.00", "credit": "8403.00", "missing": 0, "sent_to": [{"entries": 2, "system_id": "erp"}], "updated": 2, "inserted": 0, "rejected": 0, "vouchers": {"new": 0, "read": 12, "changed": 1, "missing": 0, "held_back": 0, "unchanged": 11, "unbalanced": 0}, "held_back": 0, "unchanged": 26, "withdrawn": 0, "already_sent": 2, "ledger_debit": "8403.00", "ledger_credit": "8403.00"}', 1795902282937416);
INSERT INTO public.pending_exports VALUES
	(1, 26, 0, 0, 0, 0, NULL),
	(1, 27, 0, 0, 0, 0, NULL),
	(1, 28, 0, 0, 0, 0, NULL),
	(1, 12, 0, 0, 0, 0, NULL),
	(1, 13, 0, 0, 0, 0, NULL),
	(1, 14, 0, 0, 0, 0, NULL),
	(1, 15, 2, 1, 2, 1795902283986986, NULL),
	(1, 16, 2, 1, 2, 1795902283986986, NULL),
	(1, 17, 3, 2, 1, 0, NULL),
	(1, 18, 3, 2, 1, 0, NULL),
	(1, 19, 0, 0, 0, 0, NULL),
	(1, 20, 0, 0, 0, 0, NULL),
	(1, 21, 0, 0, 0, 0, NULL),
	(1, 22, 4, 0, 0, 0, NULL),
	(1, 23, 4, 0, 0, 0, NULL),
	(2, 3, 2, 1, 8, 1798761600000000, NULL),
	(2, 4, 2, 1, 8, 1798761600000000, NULL),
	(2, 8, 0, 0, 0, 0, NULL),
	(2, 9, 0, 0, 0, 0, NULL),
	(2, 12, 0, 0, 0, 0, NULL),
	(2, 13, 0, 0, 0, 0, NULL),
	(2, 14, 0, 0, 0, 0, NULL),
	(2, 15, 0, 0, 0, 0, NULL),
	(2, 16, 0, 0, 0, 0, NULL),
	(2, 17, 0, 0, 0, 0, NULL),
	(2, 18, 0, 0, 0, 0, NULL),
	(2, 19, 0, 0, 0, 0, NULL),
	(2, 20, 0, 0, 0, 0, NULL),
	(2, 21, 0, 0, 0, 0, NULL),
	(2, 22, 0, 0, 0, 0, NULL),
	(2, 23, 0, 0, 0, 0, NULL),
	(2, 24, 0, 0, 0, 0, NULL),
	(2, 25, 0, 0, 0, 0, NULL),
	(2, 26, 0, 0, 0, 0, NULL),
	(2, 27, 0, 0, 0, 0, NULL),
	(2, 28, 0, 0, 0, 0, NULL),
	(2, 5, 1, 0, 0, 0, 2),
	(2, 6, 1, 0, 0, 0, 2),
	(2, 7, 1, 0, 0, 0, 2),
	(5, 5, 0, 0, 0, 0, NULL),
	(5, 6, 0, 0, 0, 0, NULL),
	(5, 7, 0, 0, 0, 0, NULL),
	(5, 8, 0, 0, 0, 0, NULL),
	(5, 9, 0, 0, 0, 0, NULL),
	(5, 12, 0, 0, 0, 0, NULL),
	(5, 13, 0, 0, 0, 0, NULL),
	(5, 14, 0, 0, 0, 0, NULL),
	(5, 15, 0, 0, 0, 0, NULL),
	(5, 16, 0, 0, 0, 0, NULL),
	(5, 17, 0, 0, 0, 0, NULL),
	(5, 18, 0, 0, 0, 0, NULL),
	(3, 1, 0, 0, 0, 0, NULL),
	(3, 2, 0, 0, 0, 0, NULL),
	(3, 3, 0, 0, 0, 0, NULL),
	(3, 4, 0, 0, 0, 0, NULL),
	(3, 5, 0, 0, 0, 0, NULL),
	(3, 6, 0, 0, 0, 0, NULL),
	(3, 7, 0, 0, 0, 0, NULL),
	(3, 8, 0, 0, 0, 0, NULL),
	(3, 9, 0, 0, 0, 0, NULL),
	(3, 12, 0, 0, 0, 0, NULL),
	(3, 13, 0, 0, 0, 0, NULL),
	(3, 14, 0, 0, 0, 0, NULL),
	(3, 15, 0, 0, 0, 0, NULL),
	(3, 16, 0, 0, 0, 0, NULL),
	(3, 17, 0, 0, 0, 0, NULL),
	(3, 18, 0, 0, 0, 0, NULL),
	(3, 19, 0, 0, 0, 0, NULL),
	(3, 20, 0, 0, 0, 0, NULL),
	(3, 21, 0, 0, 0, 0, NULL),
	(3, 22, 0, 0, 0, 0, NULL),
	(3, 23, 0, 0, 0, 0, NULL),
	(3, 24, 0, 0, 0, 0, NULL),
	(3, 25, 0, 0, 0, 0, NULL),
	(3, 27, 0, 0, 0, 0, NULL),
	(3, 28, 0, 0, 0, 0, NULL),
	(5, 19, 0, 0, 0, 0, NULL),
	(5, 20, 0, 0, 0, 0, NULL),
	(5, 21, 0, 0, 0, 0, NULL),
	(5, 22, 0, 0, 0, 0, NULL),
	(5, 23, 0, 0, 0, 0, NULL),
	(5, 24, 0, 0, 0, 0, NULL),
	(5, 25, 0, 0, 0, 0, NULL),
	(5, 26, 0, 0, 0, 0, NULL),
	(5, 27, 0, 0, 0, 0, NULL),
	(5, 28, 0, 0, 0, 0, NULL),
	(1, 29, 0, 0, 0, 0, NULL),
	(2, 29, 0, 0, 0, 0, NULL),
	(3, 29, 0, 0, 0, 0, NULL),
	(5, 29, 0, 0, 0, 0, NULL);
INSERT INTO public.seaql_migrations VALUES
	('m0001_ledger', 1795902282),
	('m0002_export_tracking', 1795902282),
	('m0003_idempotency_keys', 1795902282),
	('m0004_access_tokens', 1795902282),
	('m0005_background_jobs', 1795902282),
	('m0006_company', 1795902282),
	('m0007_export_events', 1795902282),
	('m0008_webhooks', 1795902282);
INSERT INTO public.set_aside_marks OVERRIDING SYSTEM VALUE VALUES
	(1, 12, 1, 1795902282849595, 'by the nightly run', 'graphql', 1, 1, 'GL-2026-012', NULL, 1795902282975535, 'graphql', 'the ERP took it back', NULL),
	(2, 13, 1, 1795902282849595, 'by the nightly run', 'graphql', 1, 1, 'GL-2026-013', NULL, 1795902282975535, 'graphql', 'the ERP took it back', NULL),
	(3, 14, 1, 1795902282849595, 'by the nightly run', 'graphql', 1, 1, 'GL-2026-014', NULL, 1795902282975535, 'graphql', 'the ERP took it back', NULL),
	(4, 1, 5, 1795902283160104, NULL, 'graphql', 1, 1, 'load-1/1', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(5, 2, 5, 1795902283160104, NULL, 'graphql', 1, 1, 'load-1/2', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(6, 3, 5, 1795902283160104, NULL, 'graphql', 1, 1, 'load-1/3', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(7, 4, 5, 1795902283160104, NULL, 'graphql', 1, 1, 'load-1/4', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(8, 5, 5, 1795902283160104, NULL, 'graphql', 1, 1, 'load-1/5', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(9, 6, 5, 1795902283160104, NULL, 'graphql', 1, 1, 'load-1/6', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(10, 7, 5, 1795902283160104, NULL, 'graphql', 1, 1, 'load-1/7', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(11, 8, 5, 1795902283160104, NULL, 'graphql', 1, 2, 'load-1/8', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(12, 9, 5, 1795902283160104, NULL, 'graphql', 1, 2, 'load-1/9', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(13, 10, 5, 1795902283160104, NULL, 'graphql', 1, 1, 'load-1/10', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(14, 11, 5, 1795902283169533, NULL, 'graphql', 1, 1, 'load-1/11', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(15, 12, 5, 1795902283169533, NULL, 'graphql', 1, 1, 'load-1/12', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(16, 13, 5, 1795902283169533, NULL, 'graphql', 1, 1, 'load-1/13', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(17, 14, 5, 1795902283169533, NULL, 'graphql', 1, 1, 'load-1/14', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(18, 15, 5, 1795902283169533, NULL, 'graphql', 1, 1, 'load-1/15', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(19, 16, 5, 1795902283169533, NULL, 'graphql', 1, 1, 'load-1/16', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(20, 17, 5, 1795902283169533, NULL, 'graphql', 1, 1, 'load-1/17', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1),
	(21, 18, 5, 1795902283169533, NULL, 'graphql', 1, 1, 'load-1/18', NULL, 1795902283183865, 'graphql', 'restored from a backup', 1);
INSERT INTO public.timeline_events OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 'EXPORTED', 1795902282800208, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-001"}}', 'graphql'),
	(2, 2, 'EXPORTED', 1795902282800208, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-002"}}', 'graphql'),
	(3, 3, 'EXPORTED', 1795902282800208, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-003"}}', 'graphql'),
	(4, 4, 'EXPORTED', 1795902282800208, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-004"}}', 'graphql'),
	(5, 5, 'EXPORTED', 1795902282800208, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-005"}}', 'graphql'),
	(6, 6, 'EXPORTED', 1795902282800208, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-006"}}', 'graphql'),
	(7, 7, 'EXPORTED', 1795902282800208, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-007"}}', 'graphql'),
	(8, 8, 'EXPORTED', 1795902282800208, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-008"}}', 'graphql'),
	(9, 9, 'EXPORTED', 1795902282800208, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-009"}}', 'graphql'),
	(10, 10, 'EXPORTED', 1795902282800208, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-010"}}', 'graphql'),
	(11, 11, 'EXPORTED', 1795902282849595, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-011"}}', 'graphql'),
	(12, 12, 'EXPORTED', 1795902282849595, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-012"}}', 'graphql'),
	(13, 13, 'EXPORTED', 1795902282849595, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-013"}}', 'graphql'),
	(14, 14, 'EXPORTED', 1795902282849595, 'erp', '{"note": "by the nightly run", "version": 1, "reference": {"document_id": "GL-2026-014"}}', 'graphql'),
	(15, 1, 'EXPORTED', 1795902282860735, 'erp', '{"version": 1, "reference": {"document_id": "GL-2026-901"}}', 'graphql'),
	(16, 3, 'EXPORTED', 1795902282876130, 'erp', '{"version": 1, "reference": {"document_id": "GL-2026-902"}}', 'graphql'),
	(17, 8, 'UPDATED', 1795902282941617, NULL, '{"replaced": {"description": "Facture 004, « Été » & fils"}}', 'import'),
	(18, 9, 'UPDATED', 1795902282941617, NULL, '{"replaced": {"description": "Facture 004, « Été » & fils"}}', 'import'),
	(19, 10, 'WITHDRAWN', 1795902282965787, NULL, '{"reason": "booked twice"}', 'graphql'),
	(20, 11, 'WITHDRAWN', 1795902282965787, NULL, '{"reason": "booked twice"}', 'graphql'),
	(21, 12, 'UNMARKED', 1795902282975535, 'erp', '{"reason": "the ERP took it back"}', 'graphql'),
	(22, 13, 'UNMARKED', 1795902282975535, 'erp', '{"reason": "the ERP took it back"}', 'graphql'),
	(23, 14, 'UNMARKED', 1795902282975535, 'erp', '{"reason": "the ERP took it back"}', 'graphql'),
	(24, 15, 'FAILED', 1795902282988425, 'erp', '{"type": "UNKNOWN_ACCOUNT", "reason": "refused, n° 7", "attempts": 1, "retry_at": "2026-11-28T21:44:43.986986Z"}', 'graphql'),
	(25, 16, 'FAILED', 1795902282988425, 'erp', '{"type": "UNKNOWN_ACCOUNT", "reason": "refused, n° 7", "attempts": 1, "retry_at": "2026-11-28T21:44:43.986986Z"}', 'graphql'),
	(26, 17, 'FAILED', 1795902283000692, 'erp', '{"type": "VALIDATION", "reason": "refused, n° 8", "attempts": 1, "retry_at": "2026-11-28T21:45:43.000692Z"}', 'graphql'),
	(27, 18, 'FAILED', 1795902283000692, 'erp', '{"type": "VALIDATION", "reason": "refused, n° 8", "attempts": 1, "retry_at": "2026-11-28T21:45:43.000692Z"}', 'graphql'),
	(28, 17, 'FAILED', 1795902283008075, 'erp', '{"type": "VALIDATION", "reason": "refused, n° 8", "attempts": 2}', 'graphql'),
	(29, 18, 'FAILED', 1795902283008075, 'erp', '{"type": "VALIDATION", "reason": "refused, n° 8", "attempts": 2}', 'graphql'),
	(30, 19, 'FAILED', 1795902283025015, 'erp', '{"type": "OTHER", "reason": "refused, n° 9", "attempts": 1, "retry_at": "2026-11-28T21:45:45.425015Z"}', 'graphql'),
	(31, 20, 'FAILED', 1795902283025015, 'erp', '{"type": "OTHER", "reason": "refused, n° 9", "attempts": 1, "retry_at": "2026-11-28T21:45:45.425015Z"}', 'graphql'),
	(32, 21, 'FAILED', 1795902283025015, 'erp', '{"type": "OTHER", "reason": "refused, n° 9", "attempts": 1, "retry_at": "2026-11-28T21:45:45.425015Z"}', 'graphql'),
	(33, 19, 'REQUEUED', 1795902283033830, 'erp', '{}', 'graphql'),
	(34, 20, 'REQUEUED', 1795902283033830, 'erp', '{}', 'graphql'),
	(35, 21, 'REQUEUED', 1795902283033830, 'erp', '{}', 'graphql'),
	(36, 22, 'PARKED', 1795902283045830, 'erp', '{"reason": "the rate is not known yet"}', 'graphql'),
	(37, 23, 'PARKED', 1795902283045830, 'erp', '{"reason": "the rate is not known yet"}', 'graphql'),
	(38, 1, 'CLAIMED', 1795902283056179, 'crm', '{"worker": "one", "claim_id": "01a2241e-1d30-7255-aa1c-4cd2ea99c529"}', 'graphql'),
	(39, 2, 'CLAIMED', 1795902283056179, 'crm', '{"worker": "one", "claim_id": "01a2241e-1d30-7255-aa1c-4cd2ea99c529"}', 'graphql'),
	(40, 3, 'CLAIMED', 1795902283056179, 'crm', '{"worker": "one", "claim_id": "01a2241e-1d30-7255-aa1c-4cd2ea99c529"}', 'graphql'),
	(41, 4, 'CLAIMED', 1795902283056179, 'crm', '{"worker": "one", "claim_id": "01a2241e-1d30-7255-aa1c-4cd2ea99c529"}', 'graphql'),
	(42, 1, 'EXPORTED', 1795902283087142, 'crm', '{"version": 1, "reference": {"url": "https://crm.example/C-1", "document_id": "C-1"}}', 'graphql'),
	(43, 2, 'EXPORTED', 1795902283087142, 'crm', '{"version": 1, "reference": {"url": "https://crm.example/C-1", "document_id": "C-1"}}', 'graphql'),
	(44, 3, 'FAILED', 1795902283087142, 'crm', '{"type": "RATE_LIMITED", "reason": "later", "attempts": 1, "retry_at": "2027-01-01T00:00:00.000000Z"}', 'graphql'),
	(45, 4, 'FAILED', 1795902283087142, 'crm', '{"type": "RATE_LIMITED", "reason": "later", "attempts": 1, "retry_at": "2027-01-01T00:00:00.000000Z"}', 'graphql'),
	(46, 5, 'CLAIMED', 1795902283107242, 'crm', '{"worker": "two", "claim_id": "01a2241e-1d63-7504-8cba-6b3cb258d86a"}', 'graphql'),
	(47, 6, 'CLAIMED', 1795902283107242, 'crm', '{"worker": "two", "claim_id": "01a2241e-1d63-7504-8cba-6b3cb258d86a"}', 'graphql'),
	(48, 7, 'CLAIMED', 1795902283107242, 'crm', '{"worker": "two", "claim_id": "01a2241e-1d63-7504-8cba-6b3cb258d86a"}', 'graphql'),
	(49, 26, 'EXPORTED', 1795902283128269, 'bi', '{"version": 1, "reference": {"document_id": "row 26"}}', 'graphql'),
	(50, 1, 'EXPORTED', 1795902283142241, 'mistyped', '{"version": 1, "reference": {"document_id": "1"}}', 'graphql'),
	(51, 2, 'EXPORTED', 1795902283142241, 'mistyped', '{"version": 1, "reference": {"document_id": "2"}}', 'graphql'),
	(52, 1, 'EXPORTED', 1795902283160104, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/1"}}', 'graphql'),
	(53, 2, 'EXPORTED', 1795902283160104, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/2"}}', 'graphql'),
	(54, 3, 'EXPORTED', 1795902283160104, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/3"}}', 'graphql'),
	(55, 4, 'EXPORTED', 1795902283160104, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/4"}}', 'graphql'),
	(56, 5, 'EXPORTED', 1795902283160104, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/5"}}', 'graphql'),
	(57, 6, 'EXPORTED', 1795902283160104, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/6"}}', 'graphql'),
	(58, 7, 'EXPORTED', 1795902283160104, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/7"}}', 'graphql'),
	(59, 8, 'EXPORTED', 1795902283160104, 'warehouse', '{"version": 2, "reference": {"document_id": "load-1/8"}}', 'graphql'),
	(60, 9, 'EXPORTED', 1795902283160104, 'warehouse', '{"version": 2, "reference": {"document_id": "load-1/9"}}', 'graphql'),
	(61, 10, 'EXPORTED', 1795902283160104, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/10"}}', 'graphql'),
	(92, 1, 'REPLAYED', 1795902283259122, 'warehouse', '{"reason": "a mistake", "replay_id": 2}', 'graphql'),
	(93, 2, 'REPLAYED', 1795902283259122, 'warehouse', '{"reason": "a mistake", "replay_id": 2}', 'graphql'),
	(94, 3, 'REPLAYED', 1795902283259122, 'warehouse', '{"reason": "a mistake", "replay_id": 2}', 'graphql'),
	(95, 4, 'REPLAYED', 1795902283259122, 'warehouse', '{"reason": "a mistake", "replay_id": 2}', 'graphql'),
	(62, 11, 'EXPORTED', 1795902283169533, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/11"}}', 'graphql'),
	(63, 12, 'EXPORTED', 1795902283169533, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/12"}}', 'graphql'),
	(64, 13, 'EXPORTED', 1795902283169533, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/13"}}', 'graphql'),
	(65, 14, 'EXPORTED', 1795902283169533, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/14"}}', 'graphql'),
	(66, 15, 'EXPORTED', 1795902283169533, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/15"}}', 'graphql'),
	(67, 16, 'EXPORTED', 1795902283169533, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/16"}}', 'graphql'),
	(68, 17, 'EXPORTED', 1795902283169533, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/17"}}', 'graphql'),
	(69, 18, 'EXPORTED', 1795902283169533, 'warehouse', '{"version": 1, "reference": {"document_id": "load-1/18"}}', 'graphql'),
	(70, 1, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(71, 2, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(72, 3, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(73, 4, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(74, 5, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(75, 6, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(76, 7, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(77, 8, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(78, 9, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(79, 10, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(80, 11, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(81, 12, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(82, 13, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(83, 14, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(84, 15, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(85, 16, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(86, 17, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(87, 18, 'REPLAYED', 1795902283183865, 'warehouse', '{"reason": "restored from a backup", "replay_id": 1}', 'graphql'),
	(100, 29, 'JOINED_SENT_VOUCHER', 1795902283390806, 'bi', '{}', 'graphql'),
	(88, 1, 'EXPORTED', 1795902283244867, 'warehouse', '{"version": 1, "reference": {"document_id": "load-2/1"}}', 'graphql'),
	(89, 2, 'EXPORTED', 1795902283244867, 'warehouse', '{"version": 1, "reference": {"document_id": "load-2/2"}}', 'graphql'),
	(90, 3, 'EXPORTED', 1795902283244867, 'warehouse', '{"version": 1, "reference": {"document_id": "load-2/3"}}', 'graphql'),
	(91, 4, 'EXPORTED', 1795902283244867, 'warehouse', '{"version": 1, "reference": {"document_id": "load-2/4"}}', 'graphql'),
	(96, 1, 'MARK_RESTORED', 1795902283331044, 'warehouse', '{"replay_id": 2}', 'graphql'),
	(97, 2, 'MARK_RESTORED', 1795902283331044, 'warehouse', '{"replay_id": 2}', 'graphql'),
	(98, 3, 'MARK_RESTORED', 1795902283331044, 'warehouse', '{"replay_id": 2}', 'graphql'),
	(99, 4, 'MARK_RESTORED', 1795902283331044, 'warehouse', '{"replay_id": 2}', 'graphql');
INSERT INTO public.timeline_events OVERRIDING SYSTEM VALUE VALUES
	(101, 24, 'EXPORTED', 1795902283436982, 'erp', '{"version": 1, "reference": {"document_id": "GL-2026-024"}}', 'graphql'),
	(102, 25, 'EXPORTED', 1795902283436982, 'erp', '{"version": 1, "reference": {"document_id": "GL-2026-025"}}', 'graphql');
INSERT INTO public.webhook_deliveries OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 1795902284443722, 1, 'msg_DjVdboCIr2_J-IDBzbZraFc7', 'erp', 'READY', 'AVSCyYGOYVm8AAAAAAAAAE8AGUdp13oB8A', 410, NULL, 0);
INSERT INTO public.webhooks OVERRIDING SYSTEM VALUE VALUES
	(1, 'http://127.0.0.1:35677/', 'erp', 'READY FAILED', 'the worker', 'whsec_jkcuKLZpIbtb1kpDX5m/ZJfXY/5S9mkM5VZ3l4SY6Sk=', NULL, NULL, 77, 1824385727221262, 0, 2, 0, 1795902284445856, 1, NULL, 1795902284445856, 'GONE', 1795902283416202, 'webhook');
SELECT pg_catalog.setval('public.access_tokens_key_seq', 3, true);
SELECT pg_catalog.setval('public.accounting_entries_id_seq', 29, true);
SELECT pg_catalog.setval('public.export_claims_key_seq', 2, true);
SELECT pg_catalog.setval('public.export_conflicts_id_seq', 2, true);
SELECT pg_catalog.setval('public.export_replays_id_seq', 2, true);
SELECT pg_catalog.setval('public.export_systems_key_seq', 5, true);
SELECT pg_catalog.setval('public.imports_id_seq', 2, true);
SELECT pg_catalog.setval('public.set_aside_marks_id_seq', 25, true);
SELECT pg_catalog.setval('public.timeline_events_id_seq', 102, true);
SELECT pg_catalog.setval('public.unsequenced_events_id_seq', 79, true);
SELECT pg_catalog.setval('public.webhook_deliveries_id_seq', 1, true);
SELECT pg_catalog.setval('public.webhooks_id_seq', 1, true);
ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_handle_key UNIQUE (handle);
ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.accounting_entries
    ADD CONSTRAINT accounting_entries_external_id_key UNIQUE (external_id);
ALTER TABLE ONLY public.accounting_entries
    ADD CONSTRAINT accounting_entries_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.background_jobs
    ADD CONSTRAINT background_jobs_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.changed_exports
    ADD CONSTRAINT changed_exports_pkey PRIMARY KEY (system_key, entry_id);
ALTER TABLE ONLY public.company_numbers
    ADD CONSTRAINT company_numbers_pkey PRIMARY KEY (place);
ALTER TABLE ONLY public.company_numbers
    ADD CONSTRAINT company_numbers_siren_key UNIQUE (siren);
ALTER TABLE ONLY public.event_log_head
    ADD CONSTRAINT event_log_head_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY public.export_claim_entries
    ADD CONSTRAINT export_claim_entries_pkey PRIMARY KEY (claim_key, entry_id);
ALTER TABLE ONLY public.export_claims
    ADD CONSTRAINT export_claims_id_key UNIQUE (id);
ALTER TABLE ONLY public.export_claims
    ADD CONSTRAINT export_claims_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.export_conflicts
    ADD CONSTRAINT export_conflicts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.export_events
    ADD CONSTRAINT export_events_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY public.export_marks
    ADD CONSTRAINT export_marks_pkey PRIMARY KEY (entry_id, system_key);
ALTER TABLE ONLY public.export_registry
    ADD CONSTRAINT export_registry_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY public.export_replays
    ADD CONSTRAINT export_replays_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.export_systems
    ADD CONSTRAINT export_systems_name_key UNIQUE (name);
ALTER TABLE ONLY public.export_systems
    ADD CONSTRAINT export_systems_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.export_turns
    ADD CONSTRAINT export_turns_pkey PRIMARY KEY (system_key);
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.import_chunks
    ADD CONSTRAINT import_chunks_pkey PRIMARY KEY (import_id, sorter, run, number);
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.pending_exports
    ADD CONSTRAINT pending_exports_pkey PRIMARY KEY (system_key, entry_id);
ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.set_aside_marks
    ADD CONSTRAINT set_aside_marks_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.timeline_events
    ADD CONSTRAINT timeline_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.unsequenced_events
    ADD CONSTRAINT unsequenced_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.webhook_levels
    ADD CONSTRAINT webhook_levels_pkey PRIMARY KEY (webhook_id, system_id);
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX access_tokens_name ON public.access_tokens USING btree (name) WHERE (revoked_at IS NULL);
CREATE INDEX accounting_entries_created_at ON public.accounting_entries USING btree (created_at, id);
CREATE INDEX accounting_entries_posting_date ON public.accounting_entries USING btree (posting_date, id);
CREATE INDEX accounting_entries_updated_at ON public.accounting_entries USING btree (updated_at, id);
CREATE INDEX accounting_entries_voucher ON public.accounting_entries USING btree (journal_code, posting_date, entry_number, id);
CREATE INDEX export_claim_entries_entry ON public.export_claim_entries USING btree (entry_id, claim_key);
CREATE INDEX export_claims_open ON public.export_claims USING btree (system_key, ended_at, key);
CREATE INDEX export_conflicts_open ON public.export_conflicts USING btree (system_key, resolved_at, id);
CREATE INDEX export_events_of_kind ON public.export_events USING btree (system_id, kind, "position");
CREATE INDEX export_events_of_system ON public.export_events USING btree (system_id, "position");
CREATE INDEX export_marks_by_block ON public.export_marks USING btree (((system_key + 0)), ((entry_id / 10000)), marked_at);
CREATE INDEX export_marks_by_time ON public.export_marks USING btree (system_key, marked_at, entry_id);
CREATE UNIQUE INDEX export_replays_open ON public.export_replays USING btree (system_key) WHERE (state = ANY (ARRAY['RUNNING'::text, 'CANCELLING'::text]));
CREATE INDEX export_replays_system ON public.export_replays USING btree (system_key, id);
CREATE INDEX idempotency_keys_used_at ON public.idempotency_keys USING btree (used_at);
CREATE INDEX pending_exports_by_progress ON public.pending_exports USING btree (((system_key + 0)), progress, entry_id);
CREATE INDEX pending_exports_due ON public.pending_exports USING btree (system_key, due_at, entry_id) WHERE (progress = 2);
CREATE INDEX set_aside_marks_entry ON public.set_aside_marks USING btree (entry_id, system_key, marked_at);
CREATE INDEX set_aside_marks_replay ON public.set_aside_marks USING btree (replay_id, id) WHERE (replay_id IS NOT NULL);
CREATE INDEX timeline_events_entry ON public.timeline_events USING btree (entry_id, id);
CREATE INDEX unsequenced_events_of_entry ON public.unsequenced_events USING btree (entry_id, id);
CREATE INDEX webhook_deliveries_by_time ON public.webhook_deliveries USING btree (at);
CREATE INDEX webhook_deliveries_of_webhook ON public.webhook_deliveries USING btree (webhook_id, id);
CREATE TRIGGER accounting_entries_become_pending AFTER INSERT ON public.accounting_entries REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION public.accounting_entries_become_pending();
CREATE TRIGGER accounting_entries_changed AFTER UPDATE ON public.accounting_entries FOR EACH ROW WHEN (((new.version > old.version) OR ((old.withdrawn_at IS NULL) AND (new.withdrawn_at IS NOT NULL)))) EXECUTE FUNCTION public.accounting_entries_changed();
CREATE TRIGGER accounting_entries_id_kept BEFORE UPDATE OF id ON public.accounting_entries FOR EACH STATEMENT EXECUTE FUNCTION public.ledgate_refuse('the id of an entry never changes');
CREATE TRIGGER accounting_entries_kept BEFORE DELETE ON public.accounting_entries FOR EACH ROW EXECUTE FUNCTION public.accounting_entries_kept();
CREATE TRIGGER accounting_entries_mended AFTER UPDATE ON public.accounting_entries FOR EACH ROW WHEN ((new.version > old.version)) EXECUTE FUNCTION public.accounting_entries_mended();
CREATE TRIGGER accounting_entries_not_truncated BEFORE TRUNCATE ON public.accounting_entries FOR EACH STATEMENT EXECUTE FUNCTION public.ledgate_refuse('this table is never truncated: entries would vanish for the systems that have not been sent them');
CREATE TRIGGER accounting_entries_updated_elsewhere AFTER UPDATE ON public.accounting_entries FOR EACH ROW WHEN ((new.updated_at = old.updated_at)) EXECUTE FUNCTION public.accounting_entries_updated_elsewhere();
CREATE TRIGGER accounting_entries_versioned BEFORE UPDATE ON public.accounting_entries FOR EACH ROW EXECUTE FUNCTION public.accounting_entries_versioned();
CREATE TRIGGER accounting_entries_withdrawn AFTER UPDATE OF withdrawn_at ON public.accounting_entries FOR EACH ROW WHEN (((old.withdrawn_at IS NULL) <> (new.withdrawn_at IS NULL))) EXECUTE FUNCTION public.accounting_entries_withdrawn();
CREATE TRIGGER export_events_of_cancelled_replays AFTER UPDATE OF state ON public.export_replays FOR EACH ROW WHEN (((new.state = 'CANCELLING'::text) AND (old.state <> 'CANCELLING'::text))) EXECUTE FUNCTION public.export_events_of_cancelled_replays();
CREATE TRIGGER export_events_of_changes AFTER UPDATE ON public.accounting_entries FOR EACH ROW WHEN (((new.version > old.version) OR ((old.withdrawn_at IS NULL) AND (new.withdrawn_at IS NOT NULL)))) EXECUTE FUNCTION public.export_events_of_changes();
CREATE TRIGGER export_events_of_claims AFTER INSERT ON public.export_claims REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION public.export_events_of_claims();
CREATE TRIGGER export_events_of_conflicts AFTER INSERT ON public.export_conflicts REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION public.export_events_of_conflicts();
CREATE TRIGGER export_events_of_replays AFTER INSERT ON public.export_replays REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION public.export_events_of_replays();
CREATE TRIGGER export_events_of_timeline AFTER INSERT ON public.timeline_events REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION public.export_events_of_timeline();
CREATE TRIGGER export_marks_key_kept BEFORE UPDATE OF entry_id, system_key ON public.export_marks FOR EACH STATEMENT EXECUTE FUNCTION public.ledgate_refuse('the entry and the system of this row never change: delete the mark, which makes the entry unexported again, or mark the other entry through ledgate');
CREATE TRIGGER export_marks_not_truncated BEFORE TRUNCATE ON public.export_marks FOR EACH STATEMENT EXECUTE FUNCTION public.ledgate_refuse('this table is never truncated: entries would vanish for the systems that have not been sent them');
CREATE TRIGGER export_marks_unmarked AFTER DELETE ON public.export_marks REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.export_marks_unmarked();
CREATE TRIGGER export_marks_versioned BEFORE INSERT ON public.export_marks FOR EACH ROW WHEN ((new.version = 0)) EXECUTE FUNCTION public.export_marks_versioned();
CREATE TRIGGER export_systems_not_truncated BEFORE TRUNCATE ON public.export_systems FOR EACH STATEMENT EXECUTE FUNCTION public.ledgate_refuse('this table is never truncated: entries would vanish for the systems that have not been sent them');
CREATE TRIGGER pending_exports_kept AFTER DELETE ON public.pending_exports REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.pending_exports_kept();
CREATE TRIGGER pending_exports_key_kept BEFORE UPDATE OF entry_id, system_key ON public.pending_exports FOR EACH STATEMENT EXECUTE FUNCTION public.ledgate_refuse('the entry and the system of this row never change: delete the mark, which makes the entry unexported again, or mark the other entry through ledgate');
CREATE TRIGGER pending_exports_not_truncated BEFORE TRUNCATE ON public.pending_exports FOR EACH STATEMENT EXECUTE FUNCTION public.ledgate_refuse('this table is never truncated: entries would vanish for the systems that have not been sent them');
CREATE TRIGGER timeline_events_kept BEFORE DELETE OR UPDATE ON public.timeline_events FOR EACH ROW EXECUTE FUNCTION public.ledgate_refuse('the timeline keeps what happened: its rows are never changed or deleted');
CREATE TRIGGER timeline_events_not_truncated BEFORE TRUNCATE ON public.timeline_events FOR EACH STATEMENT EXECUTE FUNCTION public.ledgate_refuse('this table is never truncated: entries would vanish for the systems that have not been sent them');
