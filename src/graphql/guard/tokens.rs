//! The tokens of a document, without taking it apart: what the parser makes of each costs a hundred times its length,
//! and does not say when a field stands twice in an input object.

use std::collections::HashSet;

use async_graphql::Pos;

/// The words, numbers, texts and signs of a document, each with the offset of its first byte. Of a text that is no
/// GraphQL they are near enough.
struct Tokens<'a> {
    document: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = &self.document[self.at..];
            let length = match *rest.first()? {
                b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                    self.at += 1;
                    continue;
                }
                b'#' => {
                    self.at += while_is(rest, |b| b != b'\n' && b != b'\r');
                    continue;
                }
                b'"' => text(rest),
                b'.' => while_is(rest, |b| b == b'.'),
                b'-' => 1 + while_is(&rest[1..], is_word),
                _ => while_is(rest, is_word),
            };
            let (at, length) = (self.at, length.clamp(1, rest.len()));
            self.at += length;
            return Some((at, &rest[..length]));
        }
    }
}

/// How many tokens a document has.
pub fn count(document: &str) -> u64 {
    Tokens { document: document.as_bytes(), at: 0 }.count() as u64
}

/// How deep braces, brackets and parentheses stand inside of each other. Of those that do not pair up it is near enough.
pub fn nesting(document: &str) -> usize {
    let (mut level, mut deepest) = (0usize, 0usize);
    for (_, token) in (Tokens { document: document.as_bytes(), at: 0 }) {
        match token {
            b"{" | b"[" | b"(" => level += 1,
            b"}" | b"]" | b")" => level = level.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(level);
    }
    deepest
}

/// The first field that stands twice in one input object, and where: the parser would take the last of them without a
/// word. Input objects are the braces inside of parentheses.
pub fn doubled_field(document: &str) -> Option<(&str, Pos)> {
    let mut tokens = Tokens { document: document.as_bytes(), at: 0 }.peekable();
    let mut parentheses = 0u32;
    let mut objects: Vec<HashSet<&[u8]>> = Vec::new();
    while let Some((at, token)) = tokens.next() {
        match token {
            b"(" => parentheses += 1,
            b")" => parentheses = parentheses.saturating_sub(1),
            b"{" if parentheses > 0 => objects.push(HashSet::new()),
            b"}" if parentheses > 0 => drop(objects.pop()),
            name if tokens.peek().is_some_and(|(_, next)| *next == b":") => {
                let is_doubled = objects.last_mut().is_some_and(|fields| !fields.insert(name));
                if is_doubled {
                    return Some((document.get(at..at + name.len())?, position(document, at)));
                }
            }
            _ => {}
        }
    }
    None
}

fn position(document: &str, at: usize) -> Pos {
    let before = document.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    Pos { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 }
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
    use async_graphql::Pos;

    use super::{count, doubled_field, nesting};

    #[test]
    fn nesting_is_that_of_signs_and_not_of_texts() {
        for (document, expected) in
            [("", 0), ("{ a b }", 1), ("{ a(b: [[1]]) { c } }", 4), ("{ a(b: \"{[(\") }", 2), ("}}{", 1)]
        {
            assert_eq!(nesting(document), expected, "{document}");
        }
    }

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

    #[test]
    fn a_field_that_stands_twice_in_one_input_object_is_found() {
        for (document, expected) in [
            ("{ a(b: {c: 1, d: {c: 1}}) e: f(b: {c: 1}) }", None),
            ("{ a(b: [{c: 1}, {c: 2}]) { b: c b: c } }", None),
            ("query($a: A = {b: 1, c: b}) { a(b: $a, c: {b: \"b: 1, b: 2\"}) }", None),
            ("{ a(b: {c: 1,\n  c: 2}) }", Some(("c", Pos { line: 2, column: 3 }))),
            ("{ a(b: [{c: {d: 1} # c: 2\n c: 2}]) }", Some(("c", Pos { line: 2, column: 2 }))),
            ("query($a: A = {b: 1 b: 1}) { a }", Some(("b", Pos { line: 1, column: 21 }))),
            ("{ a(b: {", None),
            ("} ) : a: a:", None),
        ] {
            assert_eq!(doubled_field(document), expected, "{document}");
        }
    }
}
