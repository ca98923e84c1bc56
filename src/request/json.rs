//! JSON bodies, read strictly: a key that an object has twice is refused. Most readers would silently take the last
//! value, so that `{"entry_id":4,"entry_id":5}` would mark entry 5 while its sender may have meant 4.

use serde_json::Value;

use crate::domain::{Code, Fault, json};

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
    json::strict(body).map_err(|refused| {
        let doubled = refused.is_doubled_key();
        let error = refused.error;
        let message = if doubled { error.to_string() } else { format!("the body is not JSON: {error}") };
        refused.path.into_iter().rev().fold(fault(message), Fault::under)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Step;

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
        assert_eq!(path, [Step::Field("k".repeat(40))]);
    }
}
