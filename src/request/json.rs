//! JSON bodies, read strictly: a key that an object has twice is refused. Most readers would silently take the last
//! value, so that `{"entry_id":4,"entry_id":5}` would mark entry 5 while its sender may have meant 4.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::domain::{Code, Fault, Step};

/// Longest key that a message repeats, in characters.
const MAX_KEY: usize = 40;

/// Reads a body as one JSON value. The fault ([`Code::InvalidBody`]) has the path of the value that is wrong, and its
/// message names the line and the column.
pub fn read(body: &[u8]) -> Result<Value, Fault> {
    let fault = |message: String| Fault::new(Code::InvalidBody, message);
    if body.starts_with(b"\xef\xbb\xbf") {
        let message = "the body begins with a byte order mark (EF BB BF): send the JSON without it";
        return Err(fault(message.to_owned()));
    }
    if matches!(body, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return Err(fault("the body is in UTF-16, by its byte order mark: send UTF-8".to_owned()));
    }
    let mut way_up = Vec::new();
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Strict { way_up: &mut way_up }.deserialize(&mut reader);
    let value = value.and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| {
        // serde_json counts only the doubled key as an error of the data; everything else is no JSON.
        let fault =
            fault(if error.is_data() { error.to_string() } else { format!("the body is not JSON: {error}") });
        way_up.into_iter().fold(fault, Fault::under)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(body: &[u8]) -> (String, Vec<Step>) {
        let fault = read(body).expect_err("it is refused");
        assert_eq!(fault.code, Code::InvalidBody);
        (fault.message, fault.path)
    }

    #[test]
    fn what_is_well_formed_is_read_as_serde_json_reads_it() {
        for text in [
            r#"{"a":[1,-2,3.5,1e3,null,true,"x\u00e9",{"a":{}}],"b":18446744073709551615}"#,
            "[]",
            " 7 ",
            r#""text""#,
            r#"[{"a":1},{"a":2}]"#,
        ] {
            assert_eq!(
                read(text.as_bytes()).unwrap(),
                serde_json::from_str::<Value>(text).unwrap(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_key_that_stands_twice_is_named_with_its_path() {
        let (message, path) = fault(br#"{"items":[{"id":1},{"id":4,"id":5}]}"#);
        assert!(message.contains(r#"the key "id" twice"#) && message.contains("line 1 column"), "{message}");
        assert_eq!(path, [Step::Field("items".into()), Step::Index(1), Step::Field("id".into())]);
        let escaped = br#"{"id":4,"\u0069d":5}"#;
        assert_eq!(fault(escaped).1, [Step::Field("id".into())], "however it is spelled");
    }

    #[test]
    fn what_is_not_json_is_named_with_line_and_column() {
        let (message, path) = fault(b"{\"items\":\n [1, x]}");
        assert!(message.contains("line 2 column"), "{message}");
        assert_eq!(path, [Step::Field("items".into()), Step::Index(1)]);
        for text in ["", "{} {}", "{\"a\":1", "[1,]", "NaN"] {
            assert!(fault(text.as_bytes()).0.contains("line 1 column"), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert!(fault(deep.as_bytes()).0.contains("recursion limit"));
    }

    #[test]
    fn byte_order_marks_are_named() {
        assert!(fault(b"\xef\xbb\xbf{}").0.contains("byte order mark"));
        assert!(fault(b"\xff\xfe{\0}\0").0.contains("UTF-16"));
    }

    #[test]
    fn a_long_key_is_cut_in_what_is_answered() {
        let key = "k".repeat(10_000);
        let (message, path) = fault(format!("{{\"{key}\":1,\"{key}\":2}}").as_bytes());
        assert!(message.len() < 200, "{message}");
        assert_eq!(path, [Step::Field("k".repeat(MAX_KEY))]);
    }
}
