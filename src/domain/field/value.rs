//! What the fields hold: kinds, values, and the Rust types that the table may name.

use serde::Serialize;
use serde_json::Value as Json;

use crate::domain::currency::CurrencyCode;
use crate::domain::entry_id::EntryId;
use crate::domain::money::Money;
use crate::domain::text::{quoted, text_fault};
use crate::domain::time::{Day, Timestamp};

/// Longest text to compare with, in characters.
pub const MAX_TEXT: usize = 256;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An entry id.
    Id,
    /// A whole number.
    Integer,
    /// Text, compared by code point; only contains, starts and ends ignore case.
    Text,
    /// The code of a currency: three letters, compared and searched as text is.
    Currency,
    /// A decimal.
    Money,
    /// A day.
    Date,
    /// A moment.
    Timestamp,
}

/// A value of its own, to compare with or to make an entry of. The code of a currency is a text.
/// Values of one kind are ordered as the field is.
#[derive(Clone, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "one variant a kind")]
pub enum Value {
    Id(EntryId),
    Integer(i32),
    Text(String),
    Money(Money),
    Date(Day),
    Timestamp(Timestamp),
}

/// The value of a field as it stands in an entry. Written as JSON it is what REST shows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "one variant a kind")]
pub enum ValueRef<'a> {
    Id(EntryId),
    Integer(i32),
    Text(&'a str),
    Money(Money),
    Date(Day),
    Timestamp(Timestamp),
}

impl Kind {
    /// Reads a value in the one spelling that the ledger writes it in. The error says why it is none, as the end of
    /// a sentence that begins with the text.
    pub fn parse(self, text: &str) -> Result<Value, String> {
        fn read<T: std::str::FromStr<Err: ToString>>(text: &str) -> Result<T, String> {
            text.parse().map_err(|error: T::Err| error.to_string())
        }
        match self {
            Kind::Id => text.parse().map(Value::Id).map_err(|_| "is not a 64-bit integer".to_owned()),
            Kind::Integer => text
                .parse()
                .map(Value::Integer)
                .map_err(|_| "is not a whole number up to 2147483647".to_owned()),
            Kind::Text => Ok(Value::Text(text.to_owned())),
            Kind::Currency => read::<CurrencyCode>(text).map(|code| Value::Text(code.to_string())),
            Kind::Money => read(text).map(Value::Money),
            Kind::Date => read(text).map(Value::Date),
            Kind::Timestamp => read(text).map(Value::Timestamp),
        }
    }

    /// Reads a JSON value, which is a string whatever the kind. The error says what is wrong with it and how to write
    /// it, as the end of a sentence that begins with the name of the field.
    pub fn from_json(self, json: Json) -> Result<Value, String> {
        match json {
            Json::String(text) if self == Kind::Text => Ok(Value::Text(text)),
            Json::String(text) => self.parse(&text).map_err(|reason| format!("{} {reason}", quoted(&text))),
            Json::Number(number) => Err(self.number_fault(&number)),
            Json::Null => Err("is null".to_owned()),
            Json::Bool(value) => Err(format!("{value} is not a string: write it in quotes")),
            Json::Array(_) => Err("is a list: write one value, in quotes".to_owned()),
            Json::Object(_) => Err("is an object: write one value, in quotes".to_owned()),
        }
    }

    /// Why a JSON number is refused, and how to write it. The number is not repeated where it may have lost digits already.
    pub fn number_fault(self, number: &serde_json::Number) -> String {
        let written = number.to_string();
        let is_rounded = number.is_f64() && (self != Kind::Money || !has_its_decimals(number));
        match self {
            Kind::Money | Kind::Text | Kind::Id | Kind::Integer if is_rounded => {
                "is a number, and JSON numbers lose digits: write all of them in quotes".to_owned()
            }
            Kind::Money => {
                let amount = written.parse::<Money>().map_or(written, |amount| amount.to_string());
                format!(
                    "{number} is a number: write it in quotes: \"{amount}\", since JSON numbers lose digits"
                )
            }
            Kind::Text | Kind::Id | Kind::Integer => {
                format!("{number} is a number: write it in quotes: \"{written}\"")
            }
            Kind::Currency => format!("{number} is a number: write a currency in quotes, such as \"EUR\""),
            Kind::Date => format!("{number} is a number: write a date in quotes, such as \"2026-01-31\""),
            Kind::Timestamp => {
                format!("{number} is a number: write a moment in quotes, such as \"2026-01-31T12:00:00Z\"")
            }
        }
    }

    /// Whether a text can be searched for in it.
    pub fn is_text(self) -> bool {
        matches!(self, Kind::Text | Kind::Currency)
    }
}

/// Whether a binary float tells amounts apart at the size of this one: below 100 billion, an amount with four decimals has 15
/// digits at most, which a float keeps.
fn has_its_decimals(number: &serde_json::Number) -> bool {
    number.as_f64().is_some_and(|value| value.abs() < 1e11)
}

impl Value {
    /// What is wrong with it as a value to compare with, if anything.
    pub(in crate::domain) fn fault(&self) -> Option<String> {
        match self {
            Value::Text(text) => text_fault("the text", text, 0, MAX_TEXT),
            Value::Date(date) if !date.is_storable() => {
                Some("the date is out of range: the years 1 to 9999".to_owned())
            }
            _ => None,
        }
    }
}

impl ValueRef<'_> {
    /// The same as a value of its own.
    pub fn to_value(self) -> Value {
        match self {
            ValueRef::Id(id) => Value::Id(id),
            ValueRef::Integer(number) => Value::Integer(number),
            ValueRef::Text(text) => Value::Text(text.to_owned()),
            ValueRef::Money(amount) => Value::Money(amount),
            ValueRef::Date(day) => Value::Date(day),
            ValueRef::Timestamp(moment) => Value::Timestamp(moment),
        }
    }
}

/// A Rust type that a row of the table may name.
pub trait FieldType: Sized {
    /// What the field holds.
    const KIND: Kind;
    /// Whether an entry may lack it.
    const IS_NULLABLE: bool = false;

    /// Its value; `None` when it is missing.
    fn value(&self) -> Option<ValueRef<'_>>;

    /// The field with that value; `None` for a value of another kind.
    fn from_value(value: Value) -> Option<Self>;
}

impl FieldType for EntryId {
    const KIND: Kind = Kind::Id;

    fn value(&self) -> Option<ValueRef<'_>> {
        Some(ValueRef::Id(*self))
    }

    fn from_value(value: Value) -> Option<Self> {
        if let Value::Id(id) = value { Some(id) } else { None }
    }
}

impl FieldType for i32 {
    const KIND: Kind = Kind::Integer;

    fn value(&self) -> Option<ValueRef<'_>> {
        Some(ValueRef::Integer(*self))
    }

    fn from_value(value: Value) -> Option<Self> {
        if let Value::Integer(number) = value { Some(number) } else { None }
    }
}

impl FieldType for String {
    const KIND: Kind = Kind::Text;

    fn value(&self) -> Option<ValueRef<'_>> {
        Some(ValueRef::Text(self))
    }

    fn from_value(value: Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text) } else { None }
    }
}

impl FieldType for CurrencyCode {
    const KIND: Kind = Kind::Currency;

    fn value(&self) -> Option<ValueRef<'_>> {
        Some(ValueRef::Text(self.as_str()))
    }

    fn from_value(value: Value) -> Option<Self> {
        if let Value::Text(code) = value { CurrencyCode::from_stored(&code).ok() } else { None }
    }
}

impl FieldType for Money {
    const KIND: Kind = Kind::Money;

    fn value(&self) -> Option<ValueRef<'_>> {
        Some(ValueRef::Money(*self))
    }

    fn from_value(value: Value) -> Option<Self> {
        if let Value::Money(amount) = value { Some(amount) } else { None }
    }
}

impl FieldType for Day {
    const KIND: Kind = Kind::Date;

    fn value(&self) -> Option<ValueRef<'_>> {
        Some(ValueRef::Date(*self))
    }

    fn from_value(value: Value) -> Option<Self> {
        if let Value::Date(day) = value { Some(day) } else { None }
    }
}

impl FieldType for Timestamp {
    const KIND: Kind = Kind::Timestamp;

    fn value(&self) -> Option<ValueRef<'_>> {
        Some(ValueRef::Timestamp(*self))
    }

    fn from_value(value: Value) -> Option<Self> {
        if let Value::Timestamp(moment) = value { Some(moment) } else { None }
    }
}

impl<T: FieldType> FieldType for Option<T> {
    const KIND: Kind = T::KIND;
    const IS_NULLABLE: bool = true;

    fn value(&self) -> Option<ValueRef<'_>> {
        self.as_ref().and_then(T::value)
    }

    fn from_value(value: Value) -> Option<Self> {
        T::from_value(value).map(Some)
    }
}
