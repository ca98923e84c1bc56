//! JSON, read strictly: a key that an object has twice is refused. Most readers would silently take the last value, so
//! that `{"entry_id":4,"entry_id":5}` would mark entry 5 while its sender may have meant 4.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::error::Step;

/// Longest key that a message repeats, in characters.
const MAX_KEY: usize = 40;

/// Why a text is not taken.
#[derive(Debug)]
pub struct StrictError {
    /// What the reader says.
    pub error: serde_json::Error,
    /// The path of the value that is wrong.
    pub path: Vec<Step>,
}

impl StrictError {
    /// Whether it is JSON, and a key stands in an object twice.
    pub fn is_doubled_key(&self) -> bool {
        // serde_json counts only that as an error of the data.
        self.error.is_data()
    }
}

/// Reads a text as one JSON value.
pub fn strict(text: &[u8]) -> Result<Value, StrictError> {
    let mut way_up = Vec::new();
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Strict { way_up: &mut way_up }.deserialize(&mut reader);
    let value = value.and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| {
        way_up.reverse();
        StrictError { error, path: way_up }
    })
}

/// Reads one value. When it fails, `way_up` holds the steps from the fault up to the whole.
struct Strict<'a> {
    way_up: &'a mut Vec<Step>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            match list.next_element_seed(Strict { way_up: &mut *self.way_up }) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => return Ok(Value::Array(items)),
                Err(error) => {
                    self.way_up.push(Step::Index(items.len()));
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            if object.contains_key(&key) {
                let key = clip(&key);
                let error = A::Error::custom(format!("an object has the key {key:?} twice"));
                self.way_up.push(Step::Field(key));
                return Err(error);
            }
            match fields.next_value_seed(Strict { way_up: &mut *self.way_up }) {
                Ok(value) => object.insert(key, value),
                Err(error) => {
                    self.way_up.push(Step::Field(clip(&key)));
                    return Err(error);
                }
            };
        }
        Ok(Value::Object(object))
    }
}

fn clip(key: &str) -> String {
    key.chars().take(MAX_KEY).collect()
}
