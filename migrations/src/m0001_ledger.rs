//! Accounting entries and their timeline.
//!
//! Money is a whole number of ten-thousandths, a moment is microseconds of UTC since 1970: both databases
//! compare, order and add these exactly. The checks hold whoever writes, so that one bad row of another
//! program cannot make a page unreadable later.

use sea_orm_migration::prelude::*;

use crate::dialect::{run, run_own};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    "CREATE TABLE accounting_entries (
        id {identity},
        external_id {text} NOT NULL UNIQUE CHECK (length(external_id) BETWEEN 1 AND 200),
        journal_code {text} NOT NULL,
        journal_name {text},
        entry_number {text} NOT NULL,
        posting_date {date} NOT NULL,
        account_number {text} NOT NULL,
        account_name {text},
        subledger_account_number {text},
        subledger_account_name {text},
        document_reference {text},
        document_date {date},
        description {text} NOT NULL,
        debit {integer} NOT NULL,
        credit {integer} NOT NULL,
        amount {integer} NOT NULL GENERATED ALWAYS AS (debit - credit) STORED,
        currency {text} NOT NULL DEFAULT 'EUR',
        foreign_amount {integer},
        foreign_currency {text},
        reconciliation_code {text},
        reconciled_on {date},
        validated_on {date},
        attributes {json} NOT NULL DEFAULT '{}',
        {created_at},
        {updated_at},
        recorded_by {text},
        {checks}
    ){strict}",
    "CREATE INDEX accounting_entries_created_at ON accounting_entries (created_at, id)",
    "CREATE INDEX accounting_entries_updated_at ON accounting_entries (updated_at, id)",
    "CREATE INDEX accounting_entries_posting_date ON accounting_entries (posting_date, id)",
    // The recording itself is not kept here: it is the entry's created_at and recorded_by. Kinds are not listed in a check:
    // a newer gateway may write one that is not known yet, and SQLite changes a check only by making the table anew. What
    // is known of an event beside its columns depends on its kind, and is a JSON object.
    "CREATE TABLE timeline_events (
        id {identity},
        entry_id {integer} NOT NULL,
        kind {text} NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
        at {integer} NOT NULL,
        system_id {text},
        payload {json} NOT NULL DEFAULT '{}',
        actor {text}
    ){strict}",
    "CREATE INDEX timeline_events_entry ON timeline_events (entry_id, id)",
];

/// Another program's UPDATE does not know of `updated_at` and of the timeline: it is made to.
const SQLITE_TRIGGERS: &[&str] = &[
    "CREATE TRIGGER accounting_entries_updated_elsewhere AFTER UPDATE ON accounting_entries
     WHEN NEW.updated_at IS OLD.updated_at BEGIN
        UPDATE accounting_entries SET updated_at = max(OLD.updated_at + 1, {now}) WHERE id = NEW.id;
        INSERT INTO timeline_events (entry_id, kind, at)
        SELECT id, 'UPDATED', updated_at FROM accounting_entries WHERE id = NEW.id;
     END",
    "CREATE TRIGGER accounting_entries_kept BEFORE DELETE ON accounting_entries BEGIN
        SELECT raise(ABORT, 'accounting entries are never deleted: record a reversal');
     END",
];

const POSTGRES_TRIGGERS: &[&str] = &[
    "CREATE FUNCTION accounting_entries_updated_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
     DECLARE moment BIGINT := greatest(OLD.updated_at + 1, {now});
     BEGIN
        UPDATE accounting_entries SET updated_at = moment WHERE id = NEW.id;
        INSERT INTO timeline_events (entry_id, kind, at) VALUES (NEW.id, 'UPDATED', moment);
        RETURN NULL;
     END $$",
    "CREATE TRIGGER accounting_entries_updated_elsewhere AFTER UPDATE ON accounting_entries
     FOR EACH ROW WHEN (NEW.updated_at = OLD.updated_at)
     EXECUTE FUNCTION accounting_entries_updated_elsewhere()",
    "CREATE FUNCTION accounting_entries_kept() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
        RAISE EXCEPTION 'accounting entries are never deleted: record a reversal';
     END $$",
    "CREATE TRIGGER accounting_entries_kept BEFORE DELETE ON accounting_entries
     FOR EACH ROW EXECUTE FUNCTION accounting_entries_kept()",
];

/// A moment of the years 1 to 9999, which is what RFC 3339 can write; now, when nothing is said.
fn moment(column: &str) -> String {
    let years = "BETWEEN -62135596800000000 AND 253402300799999999";
    format!("{column} {{integer}} NOT NULL DEFAULT ({{now}}) CHECK ({column} {years})")
}

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
                    .replace("{checks}", &checks(sqlite))
            })
            .collect();
        let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
        run(manager, &tables).await?;
        run_own(manager, SQLITE_TRIGGERS, POSTGRES_TRIGGERS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE timeline_events", "DROP TABLE accounting_entries"]).await?;
        let functions =
            ["DROP FUNCTION accounting_entries_updated_elsewhere", "DROP FUNCTION accounting_entries_kept"];
        run_own(manager, &[], &functions).await
    }
}
