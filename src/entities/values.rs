//! How a column holds a type of the domain: once here, so that entities have these types in their columns. The domain
//! knows nothing of SeaORM, so what `DeriveValueType` would make beside each type is made in this file.

use std::error::Error;
use std::fmt::Display;
use std::str::FromStr;

use chrono::NaiveDate;
use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable, Value};
use sqlx::{Database, Decode, Type};

use crate::domain::access::SecretDigest;
use crate::domain::conflict::ConflictKind;
use crate::domain::progress::{Progress, Unit};
use crate::domain::replay::ReplayState;
use crate::domain::webhook::{DeliveryError, SwitchedOff, WebhookKind, WebhookSecret};
use crate::domain::{CurrencyCode, Day, Money, Right, Siren, SystemId, Timestamp};

/// A type of the domain, and what a column holds of it.
pub trait Stored: Sized {
    /// What the column holds.
    type Cell: TryGetable + ValueType + Nullable + Into<Value>;

    /// The value that the column holds; `None` when the domain has no such value, because another program wrote it.
    fn from_cell(cell: Self::Cell) -> Option<Self>;

    /// What the column is to hold.
    fn into_cell(self) -> Self::Cell;
}

macro_rules! stored {
    ($($Type:ty),+) => {$(
        impl From<$Type> for Value {
            fn from(value: $Type) -> Self {
                value.into_cell().into()
            }
        }

        impl ValueType for $Type {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                <$Type>::from_cell(<<$Type as Stored>::Cell as ValueType>::try_from(value)?).ok_or(ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($Type).to_owned()
            }

            fn array_type() -> ArrayType {
                <<$Type as Stored>::Cell as ValueType>::array_type()
            }

            fn column_type() -> ColumnType {
                <<$Type as Stored>::Cell as ValueType>::column_type()
            }
        }

        impl Nullable for $Type {
            fn null() -> Value {
                <<$Type as Stored>::Cell as Nullable>::null()
            }
        }

        /// As SeaORM reads a row.
        impl TryGetable for $Type {
            fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
                let cell = <<$Type as Stored>::Cell as TryGetable>::try_get_by(row, index)?;
                let foreign = || DbErr::Type(format!("column {index:?}: {}", no_value(stringify!($Type))));
                <$Type>::from_cell(cell).ok_or_else(|| TryGetError::DbErr(foreign()))
            }
        }

        /// As the driver reads a row, which lists do.
        impl<DB: Database> Type<DB> for $Type
        where
            <$Type as Stored>::Cell: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <<$Type as Stored>::Cell as Type<DB>>::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                <<$Type as Stored>::Cell as Type<DB>>::compatible(info)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $Type
        where
            <$Type as Stored>::Cell: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, Box<dyn Error + Send + Sync>> {
                let cell = <<$Type as Stored>::Cell as Decode<'r, DB>>::decode(value)?;
                <$Type>::from_cell(cell).ok_or_else(|| no_value(stringify!($Type)).into())
            }
        }
    )+};
}

stored!(Money, Timestamp, Day, CurrencyCode, SystemId, Siren, SecretDigest, Words<Right>, Words<SystemId>);
stored!(Progress, Unit, ConflictKind, ReplayState);
stored!(DeliveryError, SwitchedOff, WebhookSecret, Words<WebhookKind>);

fn no_value(name: &str) -> String {
    format!("the value is no {name}")
}

/// A whole number of ten-thousandths.
impl Stored for Money {
    type Cell = i64;

    fn from_cell(cell: i64) -> Option<Self> {
        Some(Money::from_ten_thousandths(cell))
    }

    fn into_cell(self) -> i64 {
        self.ten_thousandths()
    }
}

/// Microseconds since 1970-01-01T00:00:00Z.
impl Stored for Timestamp {
    type Cell = i64;

    fn from_cell(cell: i64) -> Option<Self> {
        Timestamp::from_micros(cell).ok()
    }

    fn into_cell(self) -> i64 {
        self.micros()
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

impl Stored for CurrencyCode {
    type Cell = String;

    fn from_cell(cell: String) -> Option<Self> {
        CurrencyCode::from_stored(&cell).ok()
    }

    fn into_cell(self) -> String {
        self.to_string()
    }
}

impl Stored for SystemId {
    type Cell = String;

    fn from_cell(cell: String) -> Option<Self> {
        cell.try_into().ok()
    }

    fn into_cell(self) -> String {
        self.into()
    }
}

impl Stored for Siren {
    type Cell = String;

    fn from_cell(cell: String) -> Option<Self> {
        Siren::from_stored(&cell)
    }

    fn into_cell(self) -> String {
        self.to_string()
    }
}

impl Stored for SecretDigest {
    type Cell = String;

    fn from_cell(cell: String) -> Option<Self> {
        Some(SecretDigest(cell))
    }

    fn into_cell(self) -> String {
        self.0
    }
}

impl Stored for WebhookSecret {
    type Cell = String;

    fn from_cell(cell: String) -> Option<Self> {
        Some(WebhookSecret(cell))
    }

    fn into_cell(self) -> String {
        self.0
    }
}

/// The numbers never change.
impl Stored for Progress {
    type Cell = i32;

    fn from_cell(cell: i32) -> Option<Self> {
        Progress::ALL.into_iter().find(|progress| progress.into_cell() == cell)
    }

    fn into_cell(self) -> i32 {
        match self {
            Progress::Free => 0,
            Progress::Claimed => 1,
            Progress::Failed => 2,
            Progress::GivenUp => 3,
            Progress::Parked => 4,
        }
    }
}

/// Enumerations that are kept by their names.
macro_rules! named {
    ($($Type:ty),+) => {$(
        impl Stored for $Type {
            type Cell = String;

            fn from_cell(cell: String) -> Option<Self> {
                cell.parse().ok()
            }

            fn into_cell(self) -> String {
                self.as_str().to_owned()
            }
        }
    )+};
}

named!(Unit, ConflictKind, ReplayState, DeliveryError, SwitchedOff);

/// Words with spaces between them, in one text. No word holds a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words<T>(pub Vec<T>);

impl<T: FromStr + Display> Stored for Words<T> {
    type Cell = String;

    fn from_cell(cell: String) -> Option<Self> {
        cell.split_whitespace().map(|word| word.parse().ok()).collect::<Option<_>>().map(Words)
    }

    fn into_cell(self) -> String {
        self.0.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::json_object::JsonObject;
    use super::*;
    use crate::domain::Attributes;

    fn survives<T: ValueType + Into<Value> + Clone + PartialEq + std::fmt::Debug>(value: T) {
        assert_eq!(<T as ValueType>::try_from(value.clone().into()).ok(), Some(value));
    }

    fn is_refused<T: ValueType + std::fmt::Debug>(cell: impl Into<Value>) {
        assert!(<T as ValueType>::try_from(cell.into()).is_err(), "{}", T::type_name());
    }

    #[test]
    fn a_value_survives_its_column() {
        survives(Money::MIN);
        survives("9999-12-31T23:59:59.999999Z".parse::<Timestamp>().unwrap());
        survives("2024-02-29".parse::<Day>().unwrap());
        survives(CurrencyCode::from_stored("FRF").unwrap());
        survives("erp".parse::<SystemId>().unwrap());
        survives(Siren::from_stored("123456789").unwrap());
        survives(JsonObject(Attributes::from_iter([("Site".to_owned(), "Lyon".into())])));
        survives(Words(vec![Right::Read, Right::Mark]));
        Progress::ALL.into_iter().for_each(survives);
        survives(Unit::Entry);
        survives(Some(Money::ZERO));
        survives(None::<SystemId>);
    }

    #[test]
    fn what_the_domain_does_not_have_is_an_error_and_never_something_else() {
        is_refused::<Timestamp>(i64::MAX);
        is_refused::<CurrencyCode>("eur");
        is_refused::<SystemId>("two words");
        is_refused::<Siren>("1234567890");
        is_refused::<JsonObject>("[]");
        is_refused::<Words<Right>>("read fly");
        is_refused::<Option<Timestamp>>(i64::MAX);
    }
}
