//! How many tokens a document has, without taking it apart: what the parser makes of each costs a hundred times
//! its length.

/// The words, numbers, texts and signs of a document. Of one that is no GraphQL the count is near enough.
pub fn count(document: &str) -> u64 {
    let (mut rest, mut count) = (document.as_bytes(), 0);
    while let Some(&first) = rest.first() {
        let length = match first {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = &rest[1..];
                continue;
            }
            b'#' => {
                rest = &rest[while_is(rest, |b| b != b'\n' && b != b'\r')..];
                continue;
            }
            b'"' => text(rest),
            b'.' => while_is(rest, |b| b == b'.'),
            b'-' => 1 + while_is(&rest[1..], is_word),
            _ => while_is(rest, is_word),
        };
        rest = &rest[length.clamp(1, rest.len())..];
        count += 1;
    }
    count
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.') || !byte.is_ascii()
}

fn while_is(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&b| !is(b)).unwrap_or(bytes.len())
}

/// The length of the text that begins here, with its quotes.
fn text(bytes: &[u8]) -> usize {
    let end: &[u8] = if bytes.starts_with(b"\"\"\"") { b"\"\"\"" } else { b"\"" };
    let mut at = end.len();
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            _ if bytes[at..].starts_with(end) => return at + end.len(),
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn tokens_are_counted_as_the_specification_has_them() {
        for (document, expected) in [
            ("", 0),
            (" ,\n\t# a { comment }\r\n", 0),
            ("{ a }", 3),
            ("{a,b}", 4),
            ("query Q($x: Int! = -1) { a(b: $x) @skip(if: true) { ...F } }", 31),
            (r#"{ a(b: "one \" text { } ") }"#, 8),
            (r#"{ a(b: """one "text" \""" of # many""" c: "" d: 1.5e3) }"#, 14),
            ("\"open", 1),
            ("é", 1),
        ] {
            assert_eq!(count(document), expected, "{document}");
        }
    }
}
