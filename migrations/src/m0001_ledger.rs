//! Accounting entries, their timeline, and the imports they came from.
//!
//! Money is a whole number of ten-thousandths, a moment is microseconds of UTC since 1970: both databases
//! compare, order and add these exactly. The checks hold whoever writes, so that one bad row of another
//! program cannot make a page unreadable later.

use sea_orm_migration::prelude::*;

use crate::dialect::{run, run_own};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    "CREATE TABLE accounting_entries ( -- One row for each accounting entry (a line of a voucher). Rows are never deleted
        id {identity}, -- Given by the database when the entry is recorded
        external_id {text} NOT NULL UNIQUE CHECK (length(external_id) BETWEEN 1 AND 200), -- The name of the entry in the system it comes from, 1 to 200 characters. Recording the same name again changes the entry
        journal_code {text} NOT NULL, -- Code of the journal, such as VE
        journal_name {text}, -- Name of the journal
        entry_number {text} NOT NULL, -- Number of the voucher that the entry belongs to
        posting_date {date} NOT NULL, -- Day on which the entry counts, as YYYY-MM-DD
        account_number {text} NOT NULL, -- Account, such as 707000
        account_name {text}, -- Name of the account
        subledger_account_number {text}, -- Account of the third party
        subledger_account_name {text}, -- Name of the third party
        document_reference {text}, -- Reference of the document behind the entry, such as the number of an invoice
        document_date {date}, -- Date of that document, as YYYY-MM-DD
        description {text} NOT NULL, -- What the entry is about
        debit_ten_thousandths {integer} NOT NULL, -- Debit in ten-thousandths of the currency: 12.50 is 125000
        credit_ten_thousandths {integer} NOT NULL, -- Credit in ten-thousandths of the currency: 12.50 is 125000
        amount_ten_thousandths {integer} NOT NULL GENERATED ALWAYS AS (debit_ten_thousandths - credit_ten_thousandths) STORED, -- Debit less credit in ten-thousandths of the currency. Computed by the database
        currency {text} NOT NULL DEFAULT 'EUR', -- ISO 4217 code of the currency of debit, credit and amount
        foreign_amount_ten_thousandths {integer}, -- Amount in the foreign currency, in ten-thousandths of it: 12.50 is 125000
        foreign_currency {text}, -- ISO 4217 code of the foreign currency
        reconciliation_code {text}, -- Entries of one account with the same code settle each other
        reconciled_on {date}, -- Day of that reconciliation, as YYYY-MM-DD
        validated_on {date}, -- Day on which the entry was validated, as YYYY-MM-DD
        attributes {json} NOT NULL DEFAULT '{}', -- More about the entry, as one JSON object
        {created_at}, -- When the entry was recorded, in microseconds since 1970-01-01 00:00 UTC. Leave it out: it is set
        {updated_at}, -- When the entry last changed, in microseconds since 1970-01-01 00:00 UTC. Leave it out: it is set
        version {number} NOT NULL DEFAULT 1 CHECK (version >= 1), -- Version of the entry: 1 when it is recorded, one more with each material change. Leave it out: it is counted
        {withdrawn_at}, -- When the source took the entry back, in microseconds since 1970-01-01 00:00 UTC. NULL while it stands
        recorded_by {text}, -- Who recorded the entry. NULL when another program did, with SQL
        import_id {integer}, -- The import that last wrote the entry, by its id in imports. NULL when it never came from a file
        import_file {integer}, -- Which of the import's files, from 0
        import_line {integer}, -- Which line of the file, from 1
        import_digest {bytes}, -- What that line said, as a digest, with the updated_at for which it holds. Leave it alone
        {checks}
    ){strict}",
    "CREATE INDEX accounting_entries_created_at ON accounting_entries (created_at, id)",
    "CREATE INDEX accounting_entries_updated_at ON accounting_entries (updated_at, id)",
    "CREATE INDEX accounting_entries_posting_date ON accounting_entries (posting_date, id)",
    // The lines of a voucher stand together.
    "CREATE INDEX accounting_entries_voucher ON accounting_entries (journal_code, posting_date, entry_number, id)",
    // The recording itself is not kept here: it is the entry's created_at and recorded_by. Kinds are not listed in a check:
    // a newer gateway may write one that is not known yet, and SQLite changes a check only by making the table anew. What
    // is known of an event beside its columns depends on its kind, and is a JSON object.
    "CREATE TABLE timeline_events ( -- One row for each thing that happened to an entry after it was recorded. Rows are never changed or deleted
        id {identity}, -- Given by the database: of two events of an entry, the later one has the higher id
        entry_id {integer} NOT NULL, -- The entry, by its id
        kind {text} NOT NULL CHECK (length(kind) BETWEEN 1 AND 64), -- What happened, such as EXPORTED or UPDATED
        at {integer} NOT NULL, -- When it happened, in microseconds since 1970-01-01 00:00 UTC
        system_id {text}, -- Name of the system that the entry was sent to, when it was exported
        payload {json} NOT NULL DEFAULT '{}', -- What else is known of the event, as one JSON object
        actor {text} -- Who did it. NULL when another program did, with SQL
    ){strict}",
    "CREATE INDEX timeline_events_entry ON timeline_events (entry_id, id)",
    "CREATE TABLE imports ( -- One row for each import: one command or call, whatever files it read
        id {identity}, -- Number of the import, given by the database
        at {integer} NOT NULL, -- When it began, in microseconds since 1970-01-01 00:00 UTC
        actor {text} NOT NULL, -- Who imported
        files {json} NOT NULL DEFAULT '[]', -- Its files in their order: an array of objects with name and sha256
        summary {json}, -- What it came to, as one JSON object. NULL while it runs, and when it did not come to its end
        alive_at {integer} NOT NULL -- When it last did something, in microseconds since 1970-01-01 00:00 UTC
    ){strict}",
    // Written when there are more lines than memory may hold, and deleted when the import ends. What a program that died
    // left behind is deleted a day later.
    "CREATE TABLE import_chunks ( -- Lines of an import that runs, sorted in parts. Programs do not write here
        import_id {integer} NOT NULL, -- The import, by its id
        sorter {integer} NOT NULL, -- What kind of records
        run {integer} NOT NULL, -- Number of the sorted part
        number {integer} NOT NULL, -- Number of the chunk in it
        records {bytes} NOT NULL, -- The records, one after the other
        PRIMARY KEY (import_id, sorter, run, number)
    ){strict}",
];

/// What is staged is read once and deleted, and an import that loses it is run again. So it is not written to the WAL, and not
/// compressed either, which takes longer than all else of staging it.
const POSTGRES_STAGING: &[&str] = &[
    "ALTER TABLE import_chunks SET UNLOGGED",
    "ALTER TABLE import_chunks ALTER records SET STORAGE EXTERNAL",
];

/// What the source of an entry decides. A change of these is material: a system that was sent the entry has other contents.
const MATERIAL: [&str; 14] = [
    "external_id",
    "journal_code",
    "entry_number",
    "posting_date",
    "account_number",
    "subledger_account_number",
    "document_reference",
    "document_date",
    "description",
    "debit_ten_thousandths",
    "credit_ten_thousandths",
    "currency",
    "foreign_amount_ten_thousandths",
    "foreign_currency",
];

/// What the source decides too, and what changes without being news for a system: names, reconciliation, validation. The
/// attributes belong here as well.
const IMMATERIAL: [&str; 6] = [
    "journal_name",
    "account_name",
    "subledger_account_name",
    "reconciliation_code",
    "reconciled_on",
    "validated_on",
];

fn columns(row: &str, columns: &[&str]) -> String {
    columns.iter().map(|column| format!("{row}.{column}")).collect::<Vec<_>>().join(", ")
}

/// The database counts the versions, whoever writes. Another program's UPDATE knows neither of `updated_at` nor of the
/// timeline: the database sees to both, and keeps in the timeline what was replaced, in the form of the columns.
fn sqlite_triggers() -> Vec<String> {
    let (old, new) = (columns("OLD", &MATERIAL), columns("NEW", &MATERIAL));
    let replaced = MATERIAL.iter().chain(&IMMATERIAL).map(|column| {
        format!("SELECT '{column}' AS name, OLD.{column} AS value WHERE OLD.{column} IS NOT NEW.{column}")
    });
    let replaced = replaced.collect::<Vec<_>>().join(" UNION ALL ");
    vec![
        format!(
            "CREATE TRIGGER accounting_entries_versioned AFTER UPDATE ON accounting_entries
             WHEN ({old}) IS NOT ({new}) BEGIN
                UPDATE accounting_entries SET version = OLD.version + 1 WHERE id = NEW.id;
             END"
        ),
        format!(
            "CREATE TRIGGER accounting_entries_updated_elsewhere AFTER UPDATE ON accounting_entries
             WHEN NEW.updated_at IS OLD.updated_at AND NEW.version IS OLD.version BEGIN
                UPDATE accounting_entries SET updated_at = max(OLD.updated_at + 1, {{now}}) WHERE id = NEW.id;
                INSERT INTO timeline_events (entry_id, kind, at, payload)
                SELECT e.id, 'UPDATED', e.updated_at, json_object('replaced', json(CASE
                    WHEN OLD.attributes IS NOT NEW.attributes
                    THEN json_set(r.fields, '$.attributes', json(OLD.attributes)) ELSE r.fields END))
                FROM accounting_entries e, (SELECT json_group_object(name, value) AS fields FROM ({replaced})) r
                WHERE e.id = NEW.id AND (r.fields <> '{{}}' OR OLD.attributes IS NOT NEW.attributes
                    OR OLD.withdrawn_at IS NEW.withdrawn_at);
                INSERT INTO timeline_events (entry_id, kind, at)
                SELECT id, iif(NEW.withdrawn_at IS NULL, 'REINSTATED', 'WITHDRAWN'), updated_at FROM accounting_entries
                WHERE id = NEW.id AND (OLD.withdrawn_at IS NULL) <> (NEW.withdrawn_at IS NULL);
             END"
        ),
        format!(
            "CREATE TRIGGER accounting_entries_version_kept BEFORE UPDATE OF version ON accounting_entries
             WHEN NEW.version IS NOT OLD.version
             AND (NEW.version IS NOT OLD.version + 1 OR ({old}) IS NOT ({new})) BEGIN
                SELECT raise(ABORT, 'the version of an entry is counted by the database: leave it out');
             END"
        ),
        "CREATE TRIGGER accounting_entries_kept BEFORE DELETE ON accounting_entries BEGIN
            SELECT raise(ABORT, 'accounting entries are never deleted: withdraw them, or record a reversal');
         END"
        .to_owned(),
    ]
}

fn postgres_triggers() -> Vec<String> {
    let (old, new) = (columns("OLD", &MATERIAL), columns("NEW", &MATERIAL));
    let content = MATERIAL.iter().chain(&IMMATERIAL).chain(&["attributes"]);
    let content = content.map(|column| format!("'{column}'")).collect::<Vec<_>>().join(", ");
    vec![
        format!(
            "CREATE FUNCTION accounting_entries_versioned() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                NEW.version := OLD.version + CASE WHEN ({old}) IS DISTINCT FROM ({new}) THEN 1 ELSE 0 END;
                RETURN NEW;
             END $$"
        ),
        "CREATE TRIGGER accounting_entries_versioned BEFORE UPDATE ON accounting_entries
         FOR EACH ROW EXECUTE FUNCTION accounting_entries_versioned()"
            .to_owned(),
        format!(
            "CREATE FUNCTION accounting_entries_updated_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
             DECLARE
                moment BIGINT := greatest(OLD.updated_at + 1, {{now}});
                withdrawal BOOLEAN := (OLD.withdrawn_at IS NULL) <> (NEW.withdrawn_at IS NULL);
                replaced JSONB;
             BEGIN
                UPDATE accounting_entries SET updated_at = moment WHERE id = NEW.id;
                SELECT coalesce(jsonb_object_agg(was.key, was.value), '{{}}') INTO replaced
                FROM jsonb_each(to_jsonb(OLD)) was
                WHERE was.key IN ({content}) AND was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;
                IF replaced <> '{{}}' OR NOT withdrawal THEN
                    INSERT INTO timeline_events (entry_id, kind, at, payload)
                    VALUES (NEW.id, 'UPDATED', moment, jsonb_build_object('replaced', replaced));
                END IF;
                IF withdrawal THEN
                    INSERT INTO timeline_events (entry_id, kind, at)
                    VALUES (NEW.id, CASE WHEN NEW.withdrawn_at IS NULL THEN 'REINSTATED' ELSE 'WITHDRAWN' END, moment);
                END IF;
                RETURN NULL;
             END $$"
        ),
        "CREATE TRIGGER accounting_entries_updated_elsewhere AFTER UPDATE ON accounting_entries
         FOR EACH ROW WHEN (NEW.updated_at = OLD.updated_at)
         EXECUTE FUNCTION accounting_entries_updated_elsewhere()"
            .to_owned(),
        "CREATE FUNCTION accounting_entries_kept() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
            RAISE EXCEPTION 'accounting entries are never deleted: withdraw them, or record a reversal';
         END $$"
            .to_owned(),
        "CREATE TRIGGER accounting_entries_kept BEFORE DELETE ON accounting_entries
         FOR EACH ROW EXECUTE FUNCTION accounting_entries_kept()"
            .to_owned(),
    ]
}

/// A moment of the years 1 to 9999, which is what RFC 3339 can write; now, when nothing is said.
fn moment(column: &str) -> String {
    format!("{column} {{integer}} NOT NULL DEFAULT ({{now}}) CHECK ({column} {YEARS})")
}

const YEARS: &str = "BETWEEN -62135596800000000 AND 253402300799999999";

/// What the types leave open. SQLite keeps dates and JSON as text, so only dates that exist and objects get in;
/// PostgreSQL's types see to that, but know more years. `IS`, since `=` with a NULL would pass any check.
fn checks(sqlite: bool) -> String {
    let dates =
        ["posting_date", "document_date", "reconciled_on", "validated_on"].map(|column| match sqlite {
            true => {
                format!("CHECK ({column} IS date({column}) AND {column} >= '0001' AND length({column}) = 10)")
            }
            false => format!("CHECK ({column} BETWEEN '0001-01-01' AND '9999-12-31')"),
        });
    let currencies = ["currency", "foreign_currency"].map(|column| match sqlite {
        true => format!("CHECK ({column} GLOB '[A-Z][A-Z][A-Z]')"),
        false => format!("CHECK ({column} ~ '^[A-Z]{{3}}$')"),
    });
    let attributes = match sqlite {
        true => "CHECK (json_valid(attributes) AND json_type(attributes) = 'object')",
        false => "CHECK (jsonb_typeof(attributes) = 'object')",
    };
    dates.into_iter().chain(currencies).chain([attributes.to_owned()]).collect::<Vec<_>>().join(", ")
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == sea_orm_migration::sea_orm::DbBackend::Sqlite;
        let tables: Vec<String> = TABLES
            .iter()
            .map(|sql| {
                sql.replace("{created_at}", &moment("created_at"))
                    .replace("{updated_at}", &moment("updated_at"))
                    .replace(
                        "{withdrawn_at}",
                        &format!("withdrawn_at {{integer}} CHECK (withdrawn_at {YEARS})"),
                    )
                    .replace("{checks}", &checks(sqlite))
            })
            .collect();
        let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
        if !sqlite {
            // The program writes JSON as text, which keeps the digits of numbers, and casts it to this. SQLite takes
            // the name for text.
            run(manager, &["CREATE DOMAIN json_text AS jsonb"]).await?;
        }
        run(manager, &tables).await?;
        run_own(manager, &[], POSTGRES_STAGING).await?;
        let triggers = if sqlite { sqlite_triggers() } else { postgres_triggers() };
        run(manager, &triggers.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["import_chunks", "imports", "timeline_events", "accounting_entries"];
        let drops = tables.map(|table| format!("DROP TABLE {table}"));
        run(manager, &drops.each_ref().map(String::as_str)).await?;
        let functions = [
            "DROP FUNCTION accounting_entries_versioned",
            "DROP FUNCTION accounting_entries_updated_elsewhere",
            "DROP FUNCTION accounting_entries_kept",
        ];
        run_own(manager, &[], &functions).await?;
        run_own(manager, &[], &["DROP DOMAIN json_text"]).await
    }
}
