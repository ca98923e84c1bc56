//! Turns rows into the domain's entries, and contents into rows. A row that does not fit the domain's types is an
//! internal error; it is never left out.

use chrono::NaiveDate;
use sea_orm::ActiveValue::Set;
use sea_orm::{DbErr, QueryResult, RuntimeErr};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use super::condition::column;
use crate::domain::field::entry_fields;
use crate::domain::{Entry, EntryContent, Error, Fields, Result};
use crate::entities::accounting_entry::{ActiveModel, Column, Model};
use crate::entities::json_object::JsonObject;

/// The columns that hold these fields, and those that are always read, in the order in which [`listed`] reads them.
pub fn columns(fields: &Fields) -> Vec<Column> {
    const ALWAYS: [Column; 6] = [
        Column::Id,
        Column::PostingDate,
        Column::Currency,
        Column::CreatedAt,
        Column::UpdatedAt,
        Column::Version,
    ];
    match fields {
        Fields::All => EVERY.to_vec(),
        Fields::Only(fields) => {
            let wanted: Vec<Column> = fields.iter().map(|field| column(*field)).chain(ALWAYS).collect();
            EVERY.iter().copied().filter(|column| wanted.contains(column)).collect()
        }
    }
}

/// The entry in a row of a list, which begins with these [`columns`], in their order. Fields not read are empty.
///
/// The driver reads the cells by position. SeaORM reads them by name, which costs a new string and a look-up for each
/// cell and the text of an error for each NULL; that was a quarter of a page's time.
pub fn listed(row: &QueryResult, columns: &[Column]) -> Result<Entry> {
    let model = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => model(row, columns),
        (_, Some(row)) => model(row, columns),
        _ => return Err(Error::internal("a row of neither database")),
    };
    Ok(model.map_err(of_driver)?.into())
}

/// The cells of a row, from left to right, as a tuple. The driver reads them, for the reason that [`listed`] has.
pub fn cells<T>(row: &QueryResult) -> Result<T>
where
    T: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow>,
{
    let cells = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => T::from_row(row),
        (_, Some(row)) => T::from_row(row),
        _ => return Err(Error::internal("a row of neither database")),
    };
    Ok(cells.map_err(of_driver)?)
}

fn of_driver(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

/// Reads the cells of a row from left to right.
struct Cells<'r, R> {
    row: &'r R,
    columns: &'r [Column],
    next: usize,
}

impl<'r, R: Row> Cells<'r, R>
where
    usize: ColumnIndex<R>,
{
    /// The value of the column, or the default when the row does not have it. To be called in the order of the columns.
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

macro_rules! conversions {
    (
        id { $(#[doc = $id_doc:literal])+ $Id:ident $id:ident: $id_type:ty { $($id_row:tt)* } }
        content { $(
            $(#[doc = $doc:literal])+ $Field:ident $name:ident: $type:ty $(= $default:literal)? { $($row:tt)* }
        )+ }
        ledger { $( $(#[doc = $own_doc:literal])+ $Own:ident $own:ident: $own_type:ty { $($own_row:tt)* } )+ }
    ) => {
        /// Every column that lists read, in the order in which they are selected and read.
        const EVERY: &[Column] = &[
            Column::$Id,
            $(Column::$Field,)+
            Column::Attributes,
            $(Column::$Own,)+
            Column::RecordedBy,
        ];

        fn model<R: Row>(row: &R, columns: &[Column]) -> sqlx::Result<Model>
        where
            usize: ColumnIndex<R>,
            for<'r> i32: Decode<'r, R::Database> + Type<R::Database>,
            for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
            for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
            for<'r> NaiveDate: Decode<'r, R::Database> + Type<R::Database>,
            for<'r> JsonObject: Decode<'r, R::Database> + Type<R::Database>,
        {
            let mut cells = Cells { row, columns, next: 0 };
            Ok(Model {
                $id: cells.read(Column::$Id)?,
                $($name: cells.read(Column::$Field)?,)+
                attributes: cells.read(Column::Attributes)?,
                $($own: cells.read(Column::$Own)?,)+
                recorded_by: cells.read(Column::RecordedBy)?,
                // The import of an entry is not part of lists: `imports::origins` reads it by the entries' ids.
                import_id: None,
                import_file: None,
                import_line: None,
                import_digest: None,
            })
        }

        impl From<Model> for Entry {
            fn from(row: Model) -> Entry {
                Entry {
                    $id: row.$id,
                    content: EntryContent { $($name: row.$name,)+ attributes: row.attributes.0 },
                    $($own: row.$own,)+
                    recorded_by: row.recorded_by,
                }
            }
        }

        /// The columns of a content, to be written. The caller sets the id, the times, who recorded it and the import.
        pub fn row(content: EntryContent) -> ActiveModel {
            ActiveModel {
                $($name: Set(content.$name),)+
                attributes: Set(JsonObject(content.attributes)),
                ..Default::default()
            }
        }
    };
}

entry_fields!(parts => conversions);
