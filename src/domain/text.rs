//! Texts of strangers: what is wrong with one, and how a message shows it.

/// Longest part of a text that a message repeats, in characters.
const LONGEST: usize = 40;

/// A text as a message shows it: in quotes, and never long.
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// What is wrong with a text, if anything: its length in characters, or a NUL, which PostgreSQL cannot keep.
pub fn text_fault(name: &str, text: &str, min: usize, max: usize) -> Option<String> {
    let length = text.chars().count();
    if length < min {
        Some(format!("{name} is empty"))
    } else if length > max {
        Some(format!("{name} has {length} characters; at most {max}"))
    } else if text.contains('\0') {
        Some(format!("{name} holds a NUL character, which no database keeps"))
    } else {
        None
    }
}
