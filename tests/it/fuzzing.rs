//! A short run of what scripts/fuzz does at length: the seeds, and some thousand changes of them. It is not guided by
//! coverage, so it finds again what was found, and little that is new.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;

#[path = "../../fuzz/src/lib.rs"]
mod targets;

/// Changed inputs for each target.
const CHANGED: u32 = 2_000;

/// What means something to one reader or another.
const WORDS: [&str; 40] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "[]",
    ":",
    ",",
    "!",
    "$",
    "@",
    "...",
    "|",
    "&",
    "=",
    "%",
    "\"",
    "\"\"\"",
    "'",
    "\\",
    "#",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "null",
    "not",
    "and",
    "on",
    "fragment",
    "true",
    "-0",
    "1e9",
    "9223372036854775808",
    "\u{e9}",
    "\u{feff}",
    "filter_groups",
    "first: 500",
    "---",
];

/// One change of a text.
#[derive(Clone, Debug)]
enum Change {
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    Insert(Index, &'static str),
    Put(Index, u8),
    Take(Index, Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<Index>(), 1..40_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        (any::<Index>(), 1..40_usize, 1..200_usize)
            .prop_map(|(at, length, times)| Change::Repeat(at, length, times)),
        (any::<Index>(), prop::sample::select(&WORDS[..])).prop_map(|(at, word)| Change::Insert(at, word)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Put(at, byte)),
        (any::<Index>(), any::<Index>(), 1..200_usize)
            .prop_map(|(at, from, length)| Change::Take(at, from, length)),
    ]
}

impl Change {
    fn make(&self, text: &mut Vec<u8>, other: &[u8]) {
        let place = |at: &Index, text: &[u8]| at.index(text.len() + 1);
        let part = |at: usize, length: usize, text: &[u8]| at..text.len().min(at + length);
        match self {
            Change::Remove(at, length) => {
                text.drain(part(place(at, text), *length, text));
            }
            Change::Repeat(at, length, times) => {
                let at = place(at, text);
                let repeated = text[part(at, *length, text)].repeat(*times);
                text.splice(at..at, repeated);
            }
            Change::Insert(at, word) => {
                let at = place(at, text);
                text.splice(at..at, word.bytes());
            }
            Change::Put(at, byte) => {
                let at = place(at, text);
                text.splice(part(at, 1, text), [*byte]);
            }
            Change::Take(at, from, length) => {
                let (at, from) = (place(at, text), place(from, other));
                text.splice(at..at, other[part(from, *length, other)].iter().copied());
            }
        }
    }
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

fn fuzz(name: &str, target: fn(&[u8])) {
    let seeds = seeds(name);
    assert!(seeds.len() >= 5, "only {} seeds of {name}", seeds.len());
    seeds.iter().for_each(|seed| target(seed));
    let inputs = (any::<Index>(), any::<Index>(), prop::collection::vec(change(), 1..8));
    let config = ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() };
    let run = TestRunner::new(config).run(&inputs, |(one, other, changes)| {
        let mut bytes = one.get(&seeds).clone();
        let other: &Vec<u8> = other.get(&seeds);
        changes.iter().for_each(|change| change.make(&mut bytes, other));
        target(&bytes);
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{name}: {error}"));
}

#[test]
fn a_graphql_document_is_refused_with_a_reason_or_bounded() {
    fuzz("guard", targets::guard);
}

#[test]
fn a_filter_is_refused_with_every_fault_or_within_its_bounds() {
    fuzz("filter_groups", targets::filter_groups);
}

#[test]
fn a_cursor_is_refused_or_one_that_was_made_for_the_list() {
    fuzz("cursors", targets::cursors);
}

#[test]
fn a_ledger_file_is_read_to_its_end_whatever_is_in_it() {
    fuzz("ledger_files", targets::ledger_files);
}

#[test]
fn a_message_over_websocket_is_refused_with_a_reason_or_one_of_the_protocol() {
    fuzz("socket_messages", targets::socket_messages);
}

#[test]
fn a_form_of_files_is_refused_with_a_reason_or_the_same_however_it_is_cut() {
    fuzz("import_forms", targets::import_forms);
}

#[test]
fn a_system_s_list_is_read_to_its_end_whatever_is_in_it() {
    fuzz("system_lists", targets::system_lists);
}
