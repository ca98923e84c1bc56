//! Rows to the domain's entries and back. A row that the domain cannot hold is an internal error, never a
//! missing entry.

use chrono::NaiveDate;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{DbErr, Iterable, JsonValue, QueryResult, RuntimeErr};
use sqlx::types::Json;
use sqlx::{ColumnIndex, Decode, Row, Type};

use super::condition::column;
use crate::domain::{
    Attributes, CurrencyCode, Day, Entry, EntryContent, Error, Fields, Money, Result, Timestamp,
};
use crate::entities::accounting_entry::{ActiveModel, Column, Model};

/// The columns that hold these fields, and those that are always read.
pub fn columns(fields: &Fields) -> Vec<Column> {
    const ALWAYS: [Column; 5] =
        [Column::Id, Column::PostingDate, Column::Currency, Column::CreatedAt, Column::UpdatedAt];
    match fields {
        Fields::All => Column::iter().collect(),
        Fields::Only(fields) => {
            let wanted: Vec<Column> = fields.iter().map(|field| column(*field)).chain(ALWAYS).collect();
            Column::iter().filter(|column| wanted.contains(column)).collect()
        }
    }
}

/// A row of a list, which holds these [`columns`] in their order. By position and by the driver: by name, as
/// SeaORM reads a row, each cell costs a new string and a look-up, and each NULL the text of an error, which was a
/// quarter of a page.
pub fn listed(row: &QueryResult, columns: &[Column]) -> Result<Entry> {
    let model = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => model(row, columns),
        (_, Some(row)) => model(row, columns),
        _ => return Err(Error::internal("a row of neither database")),
    };
    entry(model.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?)
}

fn model<R: Row>(row: &R, columns: &[Column]) -> sqlx::Result<Model>
where
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> NaiveDate: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Json<Attributes>: Decode<'r, R::Database> + Type<R::Database>,
{
    let mut cells = Cells { row, columns, next: 0 };
    Ok(Model {
        id: cells.read(Column::Id)?,
        external_id: cells.read(Column::ExternalId)?,
        journal_code: cells.read(Column::JournalCode)?,
        journal_name: cells.read(Column::JournalName)?,
        entry_number: cells.read(Column::EntryNumber)?,
        posting_date: cells.read(Column::PostingDate)?,
        account_number: cells.read(Column::AccountNumber)?,
        account_name: cells.read(Column::AccountName)?,
        subledger_account_number: cells.read(Column::SubledgerAccountNumber)?,
        subledger_account_name: cells.read(Column::SubledgerAccountName)?,
        document_reference: cells.read(Column::DocumentReference)?,
        document_date: cells.read(Column::DocumentDate)?,
        description: cells.read(Column::Description)?,
        debit: cells.read(Column::Debit)?,
        credit: cells.read(Column::Credit)?,
        amount: cells.read(Column::Amount)?,
        currency: cells.read(Column::Currency)?,
        foreign_amount: cells.read(Column::ForeignAmount)?,
        foreign_currency: cells.read(Column::ForeignCurrency)?,
        reconciliation_code: cells.read(Column::ReconciliationCode)?,
        reconciled_on: cells.read(Column::ReconciledOn)?,
        validated_on: cells.read(Column::ValidatedOn)?,
        attributes: JsonValue::Object(cells.read::<Json<Attributes>>(Column::Attributes)?.0),
        created_at: cells.read(Column::CreatedAt)?,
        updated_at: cells.read(Column::UpdatedAt)?,
        recorded_by: cells.read(Column::RecordedBy)?,
    })
}

/// The cells of a row from left to right.
struct Cells<'r, R> {
    row: &'r R,
    columns: &'r [Column],
    next: usize,
}

impl<'r, R: Row> Cells<'r, R>
where
    usize: ColumnIndex<R>,
{
    /// The value of the column if the row has it.
    fn read<T: Default + Decode<'r, R::Database> + Type<R::Database>>(
        &mut self,
        column: Column,
    ) -> sqlx::Result<T> {
        if self.columns.get(self.next) != Some(&column) {
            return Ok(T::default());
        }
        let cell = self.row.try_get(self.next)?;
        self.next += 1;
        Ok(cell)
    }
}

/// A row as an entry.
pub fn entry(row: Model) -> Result<Entry> {
    let id = row.id;
    let unreadable = |what: &str| Error::internal(format!("accounting entry {id}: {what} cannot be read"));
    let attributes: Attributes = match row.attributes {
        JsonValue::Object(attributes) => attributes,
        _ => return Err(unreadable("attributes")),
    };
    let currency = |code: &str| CurrencyCode::from_stored(code).map_err(|_| unreadable("currency"));
    Ok(Entry {
        id,
        content: EntryContent {
            external_id: row.external_id,
            journal_code: row.journal_code,
            journal_name: row.journal_name,
            entry_number: row.entry_number,
            posting_date: row.posting_date.into(),
            account_number: row.account_number,
            account_name: row.account_name,
            subledger_account_number: row.subledger_account_number,
            subledger_account_name: row.subledger_account_name,
            document_reference: row.document_reference,
            document_date: row.document_date.map(Day::from),
            description: row.description,
            debit: Money::from_ten_thousandths(row.debit),
            credit: Money::from_ten_thousandths(row.credit),
            currency: currency(&row.currency)?,
            foreign_amount: row.foreign_amount.map(Money::from_ten_thousandths),
            foreign_currency: row.foreign_currency.as_deref().map(currency).transpose()?,
            reconciliation_code: row.reconciliation_code,
            reconciled_on: row.reconciled_on.map(Day::from),
            validated_on: row.validated_on.map(Day::from),
            attributes,
        },
        amount: Money::from_ten_thousandths(row.amount),
        created_at: moment(row.created_at)?,
        updated_at: moment(row.updated_at)?,
        recorded_by: row.recorded_by,
    })
}

/// A content as the columns to write; the row's id, times and origin are the caller's to set.
pub fn row(content: EntryContent) -> ActiveModel {
    ActiveModel {
        id: NotSet,
        external_id: Set(content.external_id),
        journal_code: Set(content.journal_code),
        journal_name: Set(content.journal_name),
        entry_number: Set(content.entry_number),
        posting_date: Set(content.posting_date.date()),
        account_number: Set(content.account_number),
        account_name: Set(content.account_name),
        subledger_account_number: Set(content.subledger_account_number),
        subledger_account_name: Set(content.subledger_account_name),
        document_reference: Set(content.document_reference),
        document_date: Set(content.document_date.map(Day::date)),
        description: Set(content.description),
        debit: Set(content.debit.ten_thousandths()),
        credit: Set(content.credit.ten_thousandths()),
        amount: NotSet,
        currency: Set(content.currency.to_string()),
        foreign_amount: Set(content.foreign_amount.map(Money::ten_thousandths)),
        foreign_currency: Set(content.foreign_currency.map(|currency| currency.to_string())),
        reconciliation_code: Set(content.reconciliation_code),
        reconciled_on: Set(content.reconciled_on.map(Day::date)),
        validated_on: Set(content.validated_on.map(Day::date)),
        attributes: Set(JsonValue::Object(content.attributes)),
        created_at: NotSet,
        updated_at: NotSet,
        recorded_by: NotSet,
    }
}

/// Microseconds of a row as a moment.
pub fn moment(micros: i64) -> Result<Timestamp> {
    Timestamp::from_micros(micros).map_err(|_| Error::internal(format!("{micros} µs is no moment")))
}
