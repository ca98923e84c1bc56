//! Whatever the bytes are.

use proptest::prelude::*;

use super::faults::{csv_lines, ndjson_line};
use super::*;

/// Bytes that a line may be made of: rather the ones that mean something.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => proptest::sample::select(&b"\t|;,\"{}:' -+0123456789.\0\xe9\x80VE"[..]),
        1 => any::<u8>().prop_filter("no line end", |b| !matches!(b, b'\n' | b'\r')),
    ];
    proptest::collection::vec(byte, 0..80)
}

fn around(good: &str, bad: &[u8]) -> Vec<u8> {
    [good.as_bytes(), bad, b"\n", good.lines().last().unwrap().as_bytes(), b"\n"].concat()
}

/// Whether an entry is within its bounds. Where the file has no external ids, the ledger gives one.
fn entry_is_good(entry: &EntryContent) -> bool {
    let mut entry = entry.clone();
    if entry.external_id.is_empty() {
        entry.external_id = "given".to_owned();
    }
    entry.faults().is_empty()
}

/// How many of the entries are the good line's.
fn good_ones(outcome: &Outcome, description: &str) -> usize {
    outcome.entries.iter().filter(|entry| entry.description == description).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..400), format in 0..4_usize) {
        let format = [None, Some(Format::Fec), Some(Format::Csv), Some(Format::Ndjson)][format];
        if let Ok(reader) = read(Cursor::new(bytes), &Options { format, ..Options::default() }) {
            prop_assert!(reader.count() <= 405);
        }
    }

    #[test]
    fn no_bytes_after_a_header_are_too_strange(lines in proptest::collection::vec(line(), 0..12), end in 0..4_usize) {
        let end = ["\n", "\r\n", "\r\r\n", "\r"][end];
        for header in [fec(&[]), csv_lines(&[]), ndjson_line("a")] {
            let mut bytes = header.replace('\n', end).into_bytes();
            for line in &lines {
                bytes.extend_from_slice(line);
                bytes.extend_from_slice(end.as_bytes());
            }
            let outcome = load(bytes);
            prop_assert!(outcome.entries.len() + outcome.faults.len() <= lines.len() + 1);
            prop_assert!(outcome.faults.iter().all(|fault| fault.line >= 1 && !fault.problems.is_empty()));
            prop_assert!(outcome.entries.iter().all(entry_is_good));
        }
    }

    #[test]
    fn good_lines_around_a_bad_one_load(bad in line()) {
        prop_assert_eq!(good_ones(&load(around(&fec(&[GOOD]), &bad)), "Vente"), 2);
        prop_assert_eq!(good_ones(&load(around(&ndjson_line("a"), &bad)), "x"), 2);
        // Here a lone quotation mark may open a field that the next line would have to close.
        prop_assert_eq!(good_ones(&load(around(&csv_lines(&["a"]), &bad)), "x"), 2);
    }

    #[test]
    fn lines_are_split_alike_however_the_bytes_arrive(
        pieces in proptest::collection::vec(proptest::sample::select(vec!["a", "\r", "\n", "\r\n", "\r\r\n"]), 0..30),
        chunk in 1..4_usize,
    ) {
        let text = pieces.concat();
        let split = |input: Box<dyn std::io::Read + Send>| {
            let mut lines = lines::Lines::new(input);
            let mut all = Vec::new();
            let mut bytes = Vec::new();
            while let Some(line) = lines.append_to(&mut bytes).unwrap() {
                all.push((line.number, String::from_utf8(std::mem::take(&mut bytes)).unwrap(), line.end));
            }
            all
        };
        let whole = split(Box::new(Cursor::new(text.clone().into_bytes())));
        prop_assert_eq!(&whole, &split(Box::new(Chunks(Cursor::new(text.clone().into_bytes()), chunk))));
        let again: String = whole.iter().map(|(_, line, end)| line.clone() + std::str::from_utf8(end).unwrap()).collect();
        prop_assert_eq!(again, text);
    }
}

struct Chunks(Cursor<Vec<u8>>, usize);

impl std::io::Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(self.1);
        self.0.read(&mut buffer[..length])
    }
}
