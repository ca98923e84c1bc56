//! One form, all digits, and what is refused.

use super::*;

fn canonical(text: &str) -> String {
    ExactJson::read(text).unwrap().text().to_owned()
}

#[test]
fn a_value_has_one_form_and_keeps_its_digits() {
    for (text, form) in [
        ("12345678901234567890123", "12345678901234567890123"),
        ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ("-0", "0"),
        ("-0.0", "0.0"),
        ("1.50", "1.50"),
        ("1e2", "100"),
        ("1.5E+3", "1500"),
        ("1.50e1", "15.0"),
        ("-1.5e-2", "-0.015"),
        ("0e5", "0"),
        ("0.05e1", "0.5"),
        ("[ 1, null , true,{\"b\":\"\\u00e9\", \"a\": [] }]", "[1,null,true,{\"a\":[],\"b\":\"é\"}]"),
        (" \"x\" ", "\"x\""),
    ] {
        assert_eq!(canonical(text), form, "{text}");
        assert_eq!(canonical(form), form);
    }
}

#[test]
fn what_is_no_value_is_refused() {
    for (text, reason) in [
        ("", "is not JSON"),
        ("nul", "is not JSON"),
        ("01", "is not JSON"),
        ("[1,]", "is not JSON"),
        ("{\"a\":1,\"a\":2}", "the key \"a\" twice"),
        ("[{\"a\":1,\"\\u0061\":2}]", "the key \"a\" twice"),
        ("1e1001", "too many digits"),
        ("1e99999999999999999999", "too many digits"),
    ] {
        let error = ExactJson::read(text).unwrap_err().to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
    assert!(ExactJson::read(&format!("0.{}", "1".repeat(20_000))).is_err());
    assert!(ExactJson::read(&"[".repeat(100_000)).is_err());
    let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert!(ExactJson::read(&deep(100)).is_ok() && ExactJson::read(&deep(140)).is_err());
}

#[test]
fn an_object_is_written_as_it_was_read() {
    let object = read_object("{\"b\": 18446744073709551617, \"a\": \"\\u0000\"}").unwrap();
    let text = serde_json::to_string(&object).unwrap();
    assert_eq!(text, "{\"a\":\"\\u0000\",\"b\":18446744073709551617}");
    assert_eq!(length(&object), text.len());
    assert_eq!(length(&ExactObject::new()), 2);
    assert!(object["a"].holds_nul() && !object["b"].holds_nul());
    assert!(!ExactJson::from("\\u0000").holds_nul());
    let again: ExactObject = serde_json::from_str(&text).unwrap();
    assert_eq!(again, object);
    assert_eq!(read_object("[]").unwrap_err().to_string(), "is not a JSON object");
}
