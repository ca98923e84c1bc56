//! JSON whose numbers keep all their digits. A binary float, which is what most readers make of a number, would turn
//! 12345678901234567890123 into 12345678901234567000000.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// How deep lists and objects may stand in each other.
const MAX_DEPTH: usize = 128;
/// Largest exponent of a number, either way. With it written out, a number still has fewer digits than a database keeps.
const MAX_EXPONENT: i64 = 1_000;
/// Most digits behind a number's decimal point: what PostgreSQL keeps.
const MAX_DECIMALS: usize = 16_000;

/// A JSON value, as text in one form: without blanks, the keys of objects in order, numbers without an exponent. So two
/// values are equal when their texts are, and both databases give back what they were given.
#[derive(Clone)]
pub struct ExactJson(Box<RawValue>);

/// Named values.
pub type ExactObject = BTreeMap<String, ExactJson>;

/// Why a text is not taken, as the end of a sentence that begins with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ExactError(String);

impl ExactJson {
    /// Reads a value. A key that an object has twice is refused, see [`super::json`].
    pub fn read(text: &str) -> Result<Self, ExactError> {
        let mut canonical = String::with_capacity(text.len());
        write(text.trim(), &mut canonical, 0)?;
        RawValue::from_string(canonical).map(ExactJson).map_err(not_json)
    }

    /// The same for what is known to be JSON. A text without an escape is not read once more: it is in its one form, and
    /// most large values are such texts.
    fn of(raw: &RawValue) -> Result<Self, ExactError> {
        if is_plain_text(raw.get()) { Ok(ExactJson(raw.to_owned())) } else { ExactJson::read(raw.get()) }
    }

    /// The value in its one form.
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// The value as other code has JSON. Numbers may lose digits.
    pub fn to_value(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_default()
    }

    /// Whether a text in it holds a NUL.
    pub fn holds_nul(&self) -> bool {
        let mut escaped = false;
        self.text().contains("u0000")
            && self.text().char_indices().any(|(place, c)| {
                let is_nul = escaped && self.text()[place..].starts_with("u0000");
                escaped = c == '\\' && !escaped;
                is_nul
            })
    }
}

/// Reads an object.
pub fn read_object(text: &str) -> Result<ExactObject, ExactError> {
    if !text.trim_start().starts_with('{') {
        return Err(ExactError("is not a JSON object".to_owned()));
    }
    let fields: Fields<'_> = serde_json::from_str(text).map_err(not_json)?;
    let read = |(name, value): (Cow<'_, str>, &RawValue)| Ok((name.into_owned(), ExactJson::of(value)?));
    fields.0.into_iter().map(read).collect()
}

/// The length of an object as JSON, in bytes.
pub fn length(object: &ExactObject) -> usize {
    let name = |name: &str| serde_json::to_string(name).map_or(0, |text| text.len());
    // A colon and a comma for each, but the last comma, and two braces.
    let fields: usize = object.iter().map(|(key, value)| name(key) + value.text().len() + 2).sum();
    if object.is_empty() { 2 } else { fields + 1 }
}

fn not_json(error: serde_json::Error) -> ExactError {
    ExactError(if error.is_data() { error.to_string() } else { format!("is not JSON: {error}") })
}

/// Whether it is a JSON text without an escape: there is one way to write it.
fn is_plain_text(json: &str) -> bool {
    json.starts_with('"') && !json.contains('\\')
}

/// Writes the value of a text in its one form.
fn write(text: &str, out: &mut String, depth: usize) -> Result<(), ExactError> {
    if depth > MAX_DEPTH {
        return Err(ExactError(format!("has lists and objects in each other, more than {MAX_DEPTH} deep")));
    }
    match text.bytes().next() {
        Some(b'{') => {
            let fields: Fields<'_> = serde_json::from_str(text).map_err(not_json)?;
            out.push('{');
            for (index, (name, value)) in fields.0.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::to_string(&name).map_err(not_json)?);
                out.push(':');
                write(value.get(), out, depth + 1)?;
            }
            out.push('}');
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(not_json)?;
            out.push('[');
            for (index, item) in items.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item.get(), out, depth + 1)?;
            }
            out.push(']');
        }
        Some(b'"') if is_plain_text(text) => out.push_str(text),
        Some(b'"') => {
            let content: String = serde_json::from_str(text).map_err(not_json)?;
            out.push_str(&serde_json::to_string(&content).map_err(not_json)?);
        }
        Some(b'-' | b'0'..=b'9') => {
            // Only to see that it is a number: one beyond the range of a float is one too.
            let number: &RawValue = serde_json::from_str(text).map_err(not_json)?;
            write_number(number.get(), out)?;
        }
        _ => {
            let literal: Option<bool> = serde_json::from_str(text).map_err(not_json)?;
            out.push_str(literal.map_or("null", |literal| if literal { "true" } else { "false" }));
        }
    }
    Ok(())
}

/// Writes a number without an exponent, as PostgreSQL does: `1.50e1` is `15.0`, `-0` is `0`.
fn write_number(text: &str, out: &mut String) -> Result<(), ExactError> {
    let out_of_range = || ExactError("holds a number with too many digits".to_owned());
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let exponent: i64 = exponent.parse().map_err(|_| out_of_range())?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if exponent.abs() > MAX_EXPONENT || fraction.len() > MAX_DECIMALS - MAX_EXPONENT as usize {
        return Err(out_of_range());
    }
    let all = format!("{whole}{fraction}");
    // Where the decimal point stands among the digits.
    let point = whole.len() as i64 + exponent;
    let (whole, fraction) = if point <= 0 {
        ("0".to_owned(), "0".repeat(point.unsigned_abs() as usize) + &all)
    } else if point as usize >= all.len() {
        (all.clone() + &"0".repeat(point as usize - all.len()), String::new())
    } else {
        (all[..point as usize].to_owned(), all[point as usize..].to_owned())
    };
    if negative && all.bytes().any(|digit| digit != b'0') {
        out.push('-');
    }
    let significant = whole.trim_start_matches('0');
    out.push_str(if significant.is_empty() { "0" } else { significant });
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(&fraction);
    }
    Ok(())
}

/// The fields of an object, each once, in the order of their names.
struct Fields<'a>(BTreeMap<Cow<'a, str>, &'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if fields.insert(Cow::Owned(name.clone()), value).is_some() {
                        let name: String = name.chars().take(40).collect();
                        return Err(A::Error::custom(format!("an object has the key {name:?} twice")));
                    }
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl PartialEq for ExactJson {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl fmt::Debug for ExactJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// What is no value in its one form, such as a number that is too long, becomes null.
impl From<Value> for ExactJson {
    fn from(value: Value) -> Self {
        if let Value::String(text) = &value
            && let Ok(raw) = serde_json::value::to_raw_value(text)
        {
            return ExactJson(raw);
        }
        ExactJson::read(&value.to_string()).unwrap_or_else(|_| ExactJson(RawValue::NULL.to_owned()))
    }
}

impl From<&str> for ExactJson {
    fn from(text: &str) -> Self {
        Value::from(text).into()
    }
}

impl Serialize for ExactJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ExactJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        ExactJson::of(&raw).map_err(D::Error::custom)
    }
}
