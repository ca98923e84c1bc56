//! Problems that are alike, told once: a file of which every line fails for the same reason would fill the screen.

use std::collections::HashMap;

use super::error::Problem;

/// How many problems of one kind are told in full.
const IN_FULL: u64 = 3;

/// Most kinds that are told apart. A hostile file could have as many as lines; further ones count as one kind.
const MAX_KINDS: usize = 1_000;

/// Counts problems by their kind: the same column, and the same reason but for values and numbers in it.
#[derive(Debug, Default)]
pub struct Alike {
    kinds: HashMap<String, Kind>,
    others: u64,
}

/// What is known of one kind.
#[derive(Debug)]
struct Kind {
    count: u64,
    /// The first one, to show the rest by.
    example: Problem,
    /// When it came, among the kinds.
    order: usize,
}

impl Alike {
    /// Takes note of a problem. Whether it is to be told in full: the first three of a kind are.
    pub fn add(&mut self, problem: &Problem) -> bool {
        let key = key(problem);
        let order = self.kinds.len();
        if order == MAX_KINDS && !self.kinds.contains_key(&key) {
            self.others += 1;
            return false;
        }
        let kind =
            self.kinds.entry(key).or_insert_with(|| Kind { count: 0, example: problem.clone(), order });
        kind.count += 1;
        kind.count <= IN_FULL
    }

    /// A sentence for each kind of which not all were told in full, in the order in which they first came.
    pub fn rest(&self) -> Vec<String> {
        let mut kinds: Vec<&Kind> = self.kinds.values().filter(|kind| kind.count > IN_FULL).collect();
        kinds.sort_by_key(|kind| kind.order);
        let told =
            |kind: &Kind| format!("and {} more lines like this: {}", kind.count - IN_FULL, kind.example);
        let mut sentences: Vec<String> = kinds.into_iter().map(told).collect();
        if self.others > 0 {
            sentences.push(format!("and {} more problems of other kinds", self.others));
        }
        sentences
    }
}

/// A problem without what differs from line to line: what stands in quotation marks, and numbers.
fn key(problem: &Problem) -> String {
    let mut key = problem.column.clone().unwrap_or_default();
    key.push(':');
    let (mut quoted, mut escaped, mut in_number) = (false, false, false);
    for c in problem.reason.chars() {
        if quoted {
            quoted = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        if c.is_ascii_digit() {
            if !in_number {
                key.push('0');
            }
            in_number = true;
            continue;
        }
        in_number = false;
        quoted = c == '"';
        key.push(c);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_three_of_a_kind_are_told_and_the_rest_counted() {
        let mut alike = Alike::default();
        let bad = |value: &str| Problem::of_column("Debit", format!("{value:?} is not a decimal number"));
        let told: Vec<bool> =
            ["x", "a \"b\" 7", "\\", "z", "7"].iter().map(|value| alike.add(&bad(value))).collect();
        assert_eq!(told, [true, true, true, false, false]);
        assert!(alike.add(&Problem::of_column("Credit", "\"x\" is not a decimal number")));
        for columns in 19..30 {
            alike.add(&Problem::of_line(format!("has {columns} columns where the header has 18")));
        }
        assert_eq!(
            alike.rest(),
            [
                "and 2 more lines like this: Debit: \"x\" is not a decimal number",
                "and 8 more lines like this: has 19 columns where the header has 18"
            ]
        );
    }

    #[test]
    fn a_file_of_nothing_but_kinds_does_not_fill_the_memory() {
        let mut alike = Alike::default();
        for n in 0..2_000 {
            let letters: String = format!("{n:04}").bytes().map(|digit| char::from(digit + 50)).collect();
            alike.add(&Problem::of_line(letters));
        }
        assert_eq!(
            (alike.kinds.len(), alike.rest()),
            (MAX_KINDS, vec!["and 1000 more problems of other kinds".to_owned()])
        );
    }
}
