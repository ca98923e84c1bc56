//! Scalars of our own: the stock ones take JSON numbers for money and lose digits, and print times in another
//! form than they read.

use async_graphql::{InputType, InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::domain::{Attributes, CurrencyCode, Day, Money, SystemId, Timestamp};

/// A text that `parse` understands, or the reason why not.
fn parse_text<T: InputType, E: std::fmt::Display>(
    value: Value,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> InputValueResult<T> {
    match value {
        Value::String(text) => {
            parse(&text).map_err(|error| InputValueError::custom(format_args!("{text:?} {error}")))
        }
        other => Err(InputValueError::custom(format_args!("{other} is not a string"))),
    }
}

/// How to write a value of that scalar. The engine, which asks `is_valid` before anything runs, only knows that
/// a value is not.
pub fn how_to_write(scalar: &str) -> Option<&'static str> {
    Some(match scalar {
        "Decimal" => {
            "write it in quotes, such as \"1234.50\", since JSON numbers lose digits: up to 19 digits, 4 of them \
             after the point"
        }
        "DateTime" => "write it such as \"2026-01-31T12:00:00Z\", with at most six digits after the second",
        "Date" => "write it such as \"2026-01-31\"",
        "CurrencyCode" => "write it such as \"EUR\"",
        "SystemId" => "write it such as \"erp\"",
        "JSONObject" => "write it such as {\"CostCentre\": \"410\"}",
        "Int" => "write it without quotes, such as 50",
        "ID" => "write it such as \"42\"",
        _ => return None,
    })
}

/// An exact decimal number in a string, such as "1234.50": up to 19 digits, 4 of them after the point, within
/// ±922337203685477.5807. At least two decimals are always written. A number without quotes is refused, since
/// JSON numbers lose digits on the way.
#[Scalar(name = "Decimal", specified_by_url = "https://www.w3.org/TR/xmlschema11-2/#decimal")]
impl ScalarType for Money {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse_text(value, str::parse)
    }

    fn is_valid(value: &Value) -> bool {
        <Self as ScalarType>::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// A moment in UTC (RFC 3339), such as "2026-01-31T12:00:00.000000Z": written with Z and microseconds, read
/// with any offset and at most six digits after the second.
#[Scalar(name = "DateTime", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse_text(value, str::parse)
    }

    fn is_valid(value: &Value) -> bool {
        <Self as ScalarType>::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// A day (RFC 3339 full-date) of the years 1 to 9999, such as "2026-01-31".
#[Scalar(name = "Date", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse_text(value, str::parse)
    }

    fn is_valid(value: &Value) -> bool {
        <Self as ScalarType>::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// A currency by its ISO 4217 code, such as "EUR".
#[Scalar(name = "CurrencyCode", specified_by_url = "https://www.iso.org/iso-4217-currency-codes.html")]
impl ScalarType for CurrencyCode {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse_text(value, str::parse)
    }

    fn is_valid(value: &Value) -> bool {
        <Self as ScalarType>::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// A system id as it came in; the use case checks it, so that every fault of a call is told at once.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemIdText(pub String);

impl From<&SystemId> for SystemIdText {
    fn from(id: &SystemId) -> Self {
        SystemIdText(id.to_string())
    }
}

/// The name of an external system: 1 to 64 characters of `A–Z a–z 0–9 . _ : -`, case-sensitive, such as "erp".
#[Scalar(name = "SystemId", specified_by_url = "https://www.w3.org/TR/xmlschema11-2/#NMTOKEN")]
impl ScalarType for SystemIdText {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse_text(value, |text| Ok::<_, std::convert::Infallible>(SystemIdText(text.to_owned())))
    }

    fn is_valid(value: &Value) -> bool {
        <Self as ScalarType>::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// Named values, as JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JsonObject(pub Attributes);

/// A JSON object, such as {"CostCentre": "410"}; at most 65,536 bytes.
#[Scalar(name = "JSONObject", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-4")]
impl ScalarType for JsonObject {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value.into_json()? {
            serde_json::Value::Object(map) => {
                Ok(JsonObject(map.into_iter().map(|(name, value)| (name, value.into())).collect()))
            }
            _ => Err(InputValueError::custom("is not an object such as {\"CostCentre\": \"410\"}")),
        }
    }

    fn is_valid(value: &Value) -> bool {
        <Self as ScalarType>::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        let values = self.0.iter().map(|(name, value)| (name.clone(), value.to_value()));
        Value::from_json(serde_json::Value::Object(values.collect())).unwrap_or_default()
    }
}
