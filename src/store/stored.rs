//! How a row holds the types of the entry's fields: money in ten-thousandths, moments in microseconds since 1970.

use chrono::NaiveDate;

use crate::domain::{CurrencyCode, Day, EntryId, Money, Timestamp};

/// A type of a field, and what its column holds.
pub trait Stored: Sized {
    /// What the column holds.
    type Cell;

    /// The value that the column holds; `None` when it cannot be one of the ledger's.
    fn from_cell(cell: Self::Cell) -> Option<Self>;

    /// What the column is to hold.
    fn into_cell(self) -> Self::Cell;
}

impl Stored for EntryId {
    type Cell = i64;

    fn from_cell(cell: i64) -> Option<Self> {
        Some(cell)
    }

    fn into_cell(self) -> i64 {
        self
    }
}

impl Stored for i32 {
    type Cell = i32;

    fn from_cell(cell: i32) -> Option<Self> {
        Some(cell)
    }

    fn into_cell(self) -> i32 {
        self
    }
}

impl Stored for String {
    type Cell = String;

    fn from_cell(cell: String) -> Option<Self> {
        Some(cell)
    }

    fn into_cell(self) -> String {
        self
    }
}

impl Stored for Day {
    type Cell = NaiveDate;

    fn from_cell(cell: NaiveDate) -> Option<Self> {
        Some(cell.into())
    }

    fn into_cell(self) -> NaiveDate {
        self.date()
    }
}

impl Stored for Money {
    type Cell = i64;

    fn from_cell(cell: i64) -> Option<Self> {
        Some(Money::from_ten_thousandths(cell))
    }

    fn into_cell(self) -> i64 {
        self.ten_thousandths()
    }
}

impl Stored for CurrencyCode {
    type Cell = String;

    fn from_cell(cell: String) -> Option<Self> {
        CurrencyCode::from_stored(&cell).ok()
    }

    fn into_cell(self) -> String {
        self.to_string()
    }
}

impl Stored for Timestamp {
    type Cell = i64;

    fn from_cell(cell: i64) -> Option<Self> {
        Timestamp::from_micros(cell).ok()
    }

    fn into_cell(self) -> i64 {
        self.micros()
    }
}

impl<T: Stored> Stored for Option<T> {
    type Cell = Option<T::Cell>;

    fn from_cell(cell: Self::Cell) -> Option<Self> {
        match cell {
            None => Some(None),
            Some(cell) => T::from_cell(cell).map(Some),
        }
    }

    fn into_cell(self) -> Self::Cell {
        self.map(T::into_cell)
    }
}
