//! CSV and NDJSON under the names of the REST fields.

use super::faults::{csv_lines, ndjson_line};
use super::*;
use crate::domain::Field;

/// The demo ledger as CSV, written by the csv crate.
fn demo_csv(delimiter: u8, terminator: csv::Terminator, style: csv::QuoteStyle) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(terminator)
        .quote_style(style)
        .from_writer(Vec::new());
    let names: Vec<&str> = Field::ALL.into_iter().map(Field::name).chain(["attributes"]).collect();
    writer.write_record(&names).unwrap();
    for entry in demo_with_ids() {
        let value = exported(&entry);
        writer
            .write_record(names.iter().map(|name| match &value[*name] {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            }))
            .unwrap();
    }
    writer.into_inner().unwrap()
}

/// The entries of the demo ledger with the external ids that the ledger would give them.
fn demo_with_ids() -> Vec<EntryContent> {
    let with_id =
        |(index, entry): (usize, EntryContent)| EntryContent { external_id: index.to_string(), ..entry };
    load(DEMO).clean().into_iter().enumerate().map(with_id).collect()
}

/// An entry as `ledgate export` writes it.
fn exported(entry: &EntryContent) -> serde_json::Value {
    let mut value = serde_json::to_value(entry).unwrap();
    value["id"] = 7.into();
    value["amount"] = entry.amount().unwrap().to_string().into();
    value["created_at"] = "2026-01-31T12:00:00.000000Z".into();
    value["updated_at"] = "2026-01-31T12:00:00.000000Z".into();
    value
}

#[test]
fn an_export_can_be_imported_again() {
    let demo = demo_with_ids();
    let ndjson: String = demo.iter().map(|entry| exported(entry).to_string() + "\n").collect();
    assert_eq!(load(ndjson.replace('\n', "\r\n\r\n")).clean(), demo);
    assert_eq!(load(ndjson).clean(), demo);
    for delimiter in [b',', b';', b'\t'] {
        for terminator in [csv::Terminator::CRLF, csv::Terminator::Any(b'\n'), csv::Terminator::Any(b'\r')] {
            for style in [csv::QuoteStyle::Necessary, csv::QuoteStyle::Always] {
                assert_eq!(
                    load(demo_csv(delimiter, terminator, style)).clean(),
                    demo,
                    "{delimiter} {style:?}"
                );
            }
        }
    }
}

#[test]
fn csv_values_may_have_line_breaks_and_lines_are_counted_as_an_editor_does() {
    let text = csv_lines(&["a"])
        + "b,VE,1,2026-01-31,4,\"two\r\n\nlines, \"\"quoted\"\"\",1,0\n\nc,VE,1,31/13/2026,4,\"x\ny\",1,0\nd,VE,1,2026-01-31,4,x,1,0\n";
    let outcome = load(text);
    assert_eq!(
        outcome.one_fault(),
        "line 7: posting_date: \"31/13/2026\" is not a date such as \"2026-01-31\""
    );
    let ids: Vec<&str> = outcome.entries.iter().map(|e| e.external_id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "d"]);
    assert_eq!(outcome.entries[1].description, "two\r\n\nlines, \"quoted\"");
}

#[test]
fn csv_texts_are_taken_to_the_letter_and_empty_amounts_are_zero() {
    let text = csv_lines(&[]).replace(",debit", ",Currency,Project,attributes,debit")
        + " a ,VE,,2026-01-31,4, x ,USD,A7,\"{\"\"n\"\":[1,null]}\",,5.50\n"
        + "b,VE,,2026-01-31,4,,,,,-5.50,\n";
    let options = Options { currency: "CHF".parse().unwrap(), ..Options::default() };
    let entries = load_with(text, &options).unwrap().clean();
    assert_eq!((entries[0].external_id.as_str(), entries[0].description.as_str()), (" a ", " x "));
    assert_eq!((entries[0].currency.as_str(), entries[1].currency.as_str()), ("USD", "CHF"));
    assert_eq!(sums(&entries), ("-5.50".to_owned(), "5.50".to_owned()));
    assert_eq!(serde_json::to_string(&entries[0].attributes).unwrap(), r#"{"Project":"A7","n":[1,null]}"#);
}

#[test]
fn csv_faults() {
    for (line, fault) in [
        (
            "a,VE,1,2026-01-31,4,x,\"1,5x\",0",
            "line 2: debit: \"1,5x\" is not a decimal number such as \"1234.50\"",
        ),
        (
            "a,VE,1,2026-01-31,4,x, y,1,0",
            "line 2: has 9 columns where the header has 8; it begins \"a\"; a value with a separator in it wants quotes",
        ),
        ("a,VE,1,2026-01-31,4", "line 2: has 5 columns where the header has 8; it begins \"a\""),
        (",VE,1,2026-01-31,4,x,1,0", "line 2: external_id: external_id is empty"),
        ("a,VE,1,,4,x,1,0", "line 2: posting_date: \"\" is not a date such as \"2026-01-31\""),
        (
            "a,VE,1,2026-01-31,4,\"x\" y,1,0",
            "line 2: has a quotation mark inside a quoted field; write it twice there",
        ),
    ] {
        let outcome = load(format!("{}{line}\nz,VE,1,2026-01-31,4,x,1,0.00\n", csv_lines(&[])));
        assert_eq!(outcome.one_fault(), fault);
        assert_eq!(outcome.entries.len(), 1, "{line}");
    }
}

/// The csv crate alone makes one entry of such two, and nobody would know.
#[test]
fn an_open_quotation_mark_takes_its_own_line_only() {
    let open = "b,VE,1,2026-01-31,4,\"x,1,0\n";
    let quoted = "c,VE,1,2026-01-31,4,\"x\",1,0\n";
    for end in ["\n", "\r\n", "\r\r\n", "\r"] {
        let outcome = load(
            (csv_lines(&["a"]) + open + "\n" + quoted + "d,VE,1,2026-01-31,4,x,1,0\n").replace('\n', end),
        );
        assert_eq!(outcome.entries.len(), 3, "{end:?}");
        assert_eq!(
            outcome.one_fault(),
            "line 3: has a quotation mark inside a quoted field; write it twice there (the field goes on to line 5)"
        );
        let outcome = load((csv_lines(&["a"]) + open + "d,VE,1,2026-01-31,4,x,1,0\n").replace('\n', end));
        assert_eq!(outcome.entries.len(), 2, "{end:?}");
        assert_eq!(
            outcome.one_fault(),
            "line 3: opens a quotation mark that is never closed: the file seems to be cut off"
        );
    }
    let line = |id: &str| format!("{id},VE,1,2026-01-31,4,x,1,0\n");
    let open = "x\",\"y\n";
    let lines = [open, &line("b"), open, open, "\"z\" z\n", &line("c"), open, &line("d"), open].concat();
    for end in ["\n", "\r\n", "\r"] {
        let outcome = load((csv_lines(&["a"]) + &lines).replace('\n', end));
        let ids: Vec<&str> = outcome.entries.iter().map(|e| e.external_id.as_str()).collect();
        let bad: Vec<u64> = outcome.faults.iter().map(|fault| fault.line).collect();
        assert_eq!((ids, bad), (vec!["a", "b", "c", "d"], vec![3, 5, 6, 7, 9, 11]), "{end:?}");
    }
    let open = "b,VE,1,2026-01-31,4,\"x,1,0\n";
    let good: Vec<String> = (0..100_000).map(|n| n.to_string()).collect();
    let good = csv_lines(&good.iter().map(String::as_str).collect::<Vec<_>>());
    let outcome = load(csv_lines(&["a"]) + open + open + &good[csv_lines(&[]).len()..]);
    assert_eq!(outcome.entries.len(), 100_001);
    assert_eq!(outcome.faults.len(), 2);
    assert_eq!(
        outcome.faults[1].to_string(),
        "line 4: opens a quotation mark that is not closed within 1048576 bytes"
    );
}

#[test]
fn quotation_marks_that_never_pair_up_end_the_reading_in_time() {
    let outcome = load(csv_lines(&["a"]) + &"x\",\"y\n".repeat(400_000));
    assert_eq!(outcome.entries.len(), 1);
    assert!(outcome.faults.len() > 100, "{}", outcome.faults.len());
    assert!(matches!(outcome.end, Some(FileError::Quotes { .. })));
}

#[test]
fn ndjson_keeps_what_it_does_not_know() {
    let line = "{\"external_id\":\"a\",\"journal_code\":\"VE\",\"entry_number\":\"1\",\"posting_date\":\"2026-01-31\",\
                \"account_number\":\"4\",\"description\":\"x\",\"debit\":\"1\",\"credit\":\"0\",\"currency\":null,\
                \"project\":{\"n\":1},\"id\":5,\"amount\":\"1\",\"attributes\":{\"a\":\"b\"}}";
    let options = Options { currency: "CHF".parse().unwrap(), ..Options::default() };
    let entry = load_with(line, &options).unwrap().clean().remove(0);
    assert_eq!(entry.currency.as_str(), "CHF");
    assert_eq!(serde_json::to_string(&entry.attributes).unwrap(), r#"{"a":"b","project":{"n":1}}"#);
    let twice = load(line.replace("\"project\"", "\"a\""));
    assert_eq!(twice.one_fault(), "line 1: a: is in the attributes too");
}

#[test]
fn ndjson_faults() {
    let good = ndjson_line("z");
    let with = |from: &str, to: &str| ndjson_line("a").trim_end().replace(from, to);
    for (line, fault) in [
        (
            with("\"debit\":\"1\"", "\"debit\":1.5"),
            "line 2: debit: 1.5 is a number: write it in quotes: \"1.50\", since JSON numbers lose digits",
        ),
        (
            with("\"debit\":\"1\"", "\"debit\":99999999999.9999"),
            "line 2: debit: 99999999999.9999 is a number: write it in quotes: \"99999999999.9999\", since JSON \
             numbers lose digits",
        ),
        // As a float 123456789012345.6789 is 123456789012345.67, and 1.10 is 1.1: neither is proposed.
        (
            with("\"debit\":\"1\"", "\"debit\":123456789012345.6789"),
            "line 2: debit: is a number, and JSON numbers lose digits: write all of them in quotes",
        ),
        (
            with("\"entry_number\":\"1\"", "\"entry_number\":1.10"),
            "line 2: entry_number: is a number, and JSON numbers lose digits: write all of them in quotes",
        ),
        (with(",\"description\":\"x\"", ""), "line 2: description: is missing"),
        (
            with("\"2026-01-31\"", "\"20260131\""),
            "line 2: posting_date: \"20260131\" is not a date such as \"2026-01-31\"",
        ),
        (with("\"VE\"", "\"\""), "line 2: journal_code: journal_code is empty"),
        (
            with(",\"credit\"", ",\"debit\":\"2\",\"credit\""),
            "line 2: an object has the key \"debit\" twice at character 144",
        ),
        (
            with("2026-01-31", "0224-01-31"),
            "line 2: posting_date: posting_date is out of range: the years 1900 to 9999",
        ),
        ("{\"a\" 1}".to_owned(), "line 2: is not JSON: expected `:` at character 6"),
        ("[]".to_owned(), "line 2: is not a JSON object: every line is {…} with the fields of an entry"),
        ("{\"a\":".to_owned(), "line 2: is not JSON: EOF while parsing a value at character 5"),
    ] {
        let outcome = load(format!("{good}{line}\n{good}"));
        assert_eq!(outcome.one_fault(), fault);
        assert_eq!(outcome.entries.len(), 2);
    }
    let cut = load(format!("{good}{}", &good[..40]));
    assert_eq!(cut.one_fault(), "line 2: is not complete; the file seems to be cut off here");
    let mut latin = good.clone().into_bytes();
    latin.extend_from_slice(b"{\"a\":\"\xe9\"}\n");
    assert_eq!(load(latin).one_fault(), "line 2: is not UTF-8, as JSON is");
}
