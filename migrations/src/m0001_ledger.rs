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
        recorded_by {text}, -- Who recorded the entry. NULL when another program did, with SQL
        {checks}
    ){strict}",
    "CREATE INDEX accounting_entries_created_at ON accounting_entries (created_at, id)",
    "CREATE INDEX accounting_entries_updated_at ON accounting_entries (updated_at, id)",
    "CREATE INDEX accounting_entries_posting_date ON accounting_entries (posting_date, id)",
    // The recording itself is not kept here: it is the entry's created_at and recorded_by. Kinds are not listed in a check:
    // a newer gateway may write one that is not known yet, and SQLite changes a check only by making the table anew. What
    // is known of an event beside its columns depends on its kind, and is a JSON object.
    "CREATE TABLE timeline_events ( -- One row for each thing that happened to an entry after it was recorded. Rows are never changed or deleted
        id {identity},
        entry_id {integer} NOT NULL, -- The entry, by its id
        kind {text} NOT NULL CHECK (length(kind) BETWEEN 1 AND 64), -- What happened, such as EXPORTED or UPDATED
        at {integer} NOT NULL, -- When it happened, in microseconds since 1970-01-01 00:00 UTC
        system_id {text}, -- Name of the system that the entry was sent to, when it was exported
        payload {json} NOT NULL DEFAULT '{}', -- What else is known of the event, as one JSON object
        actor {text} -- Who did it. NULL when another program did, with SQL
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
