//! JSON whose numbers keep their digits: each is made a text, `7.10` becomes `"#7.10"`.

/// The same JSON with every number as a text.
pub fn as_texts(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => text_length(rest),
            '-' | '0'..='9' => {
                let is_in = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
                let length = rest.find(|c| !is_in(c)).unwrap_or(rest.len());
                out.push_str(&format!("\"#{}\"", &rest[..length]));
                rest = &rest[length..];
                continue;
            }
            other => other.len_utf8(),
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

/// The length of the text in quotation marks that this begins with.
fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (place, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return place + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A number that was made a text.
pub fn integer(value: &serde_json::Value) -> Option<i64> {
    value.as_str()?.strip_prefix('#')?.parse().ok()
}

#[test]
fn numbers_keep_their_digits() {
    let json = r#"{"a": [1, -2.50, 1e-7], "b \" 5": "x 7", "c": 12345678901234567890123}"#;
    let texts = r##"{"a": ["#1", "#-2.50", "#1e-7"], "b \" 5": "x 7", "c": "#12345678901234567890123"}"##;
    assert_eq!(as_texts(json), texts);
}
