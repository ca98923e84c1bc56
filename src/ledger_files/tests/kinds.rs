//! What can only be judged when all of the file was seen, what stands in a file more than once, and what is kept
//! although it does not fit.

use super::faults::{csv_lines, ndjson_line};
use super::*;

/// A line of a FEC with this debit.
fn debit(amount: &str) -> String {
    format!("VE|Ventes|7|20260131|411000|Clients|||F7|20260131|Vente|{amount}|0|||||")
}

fn debits(outcome: &Outcome) -> Vec<String> {
    outcome.entries.iter().map(|entry| entry.debit.to_string()).collect()
}

#[test]
fn an_amount_that_can_be_read_in_two_ways_is_read_as_the_others_show() {
    let ledger = |amounts: &[&str]| {
        let lines: Vec<String> = amounts.iter().map(|amount| debit(amount)).collect();
        load(fec(&lines.iter().map(String::as_str).collect::<Vec<_>>()))
    };
    let outcome = ledger(&["25,000", "12,50", ",000"]);
    assert_eq!(debits(&outcome), ["12.50", "0.00", "25.00"], "what waits comes at the end");
    assert_eq!(outcome.lines.iter().map(|line| line.line).collect::<Vec<_>>(), [3, 4, 2]);
    assert_eq!(outcome.notes, [Note::DecimalSign { sign: DecimalSign::Comma, line: 3 }]);

    let outcome = ledger(&["1,234.50", "25,000"]);
    assert_eq!(debits(&outcome), ["1234.50"]);
    assert_eq!(
        outcome.one_fault(),
        "line 3: Debit: \"25,000\" can be read in two ways, and no other amount of the file settles whether the comma \
         is its decimal sign or stands between thousands: say it with --decimal-sign"
    );
    assert_eq!(outcome.faults[0].voucher.entry_number.as_deref(), Some("7"));
    for (sign, value) in [(DecimalSign::Comma, "25.00"), (DecimalSign::Point, "25000.00")] {
        let options = Options { decimal_sign: Some(sign), ..Options::default() };
        assert_eq!(debits(&load_with(fec(&[&debit("25,000")]), &options).unwrap()), [value]);
    }
    assert!(".,".split("").filter(|sign| !sign.is_empty()).all(|sign| sign.parse::<DecimalSign>().is_ok()));
    assert_eq!(";".parse::<DecimalSign>(), Err(DecimalSignError));
}

#[test]
fn lines_that_wait_do_not_fill_the_memory() {
    let lines: Vec<String> = (100..30_100).map(|n| debit(&format!("{},500", n % 900 + 100))).collect();
    let mut lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let last = debit("1,50");
    lines.push(&last);
    let outcome = load(fec(&lines));
    assert_eq!((outcome.entries.len(), outcome.faults.len()), (30_001, 0));
    assert_eq!(debits(&outcome)[..2], ["1.50".to_owned(), "200.50".to_owned()]);
}

#[test]
fn an_empty_cell_too_many_is_a_fault_unless_every_row_has_it() {
    let more = GOOD.to_owned() + "|";
    assert_eq!(load(fec(&[&more, &more, &more])).clean().len(), 3);
    let refusal = "has 19 columns where the header has 18; it begins \"VE\"; a separator within a text moves what \
                   stands behind it";
    for (lines, bad) in [([more.as_str(), GOOD, GOOD], 2), ([GOOD, &more, GOOD], 3), ([GOOD, GOOD, &more], 4)]
    {
        let outcome = load(fec(&lines));
        assert_eq!(outcome.one_fault(), format!("line {bad}: {refusal}"));
        assert_eq!(outcome.entries.len(), 2);
    }
    let shifted = GOOD.replace("Vente|", "Vente|x|");
    let outcome = load(fec(&[&shifted, GOOD]));
    assert_eq!(outcome.one_fault(), format!("line 2: {refusal}"));
    assert_eq!(outcome.faults[0].voucher.journal_code.as_deref(), Some("VE"));
    let csv = csv_lines(&["a", "b"]).replace("0.00\n", "0.00,,\n");
    assert_eq!(load(csv.clone()).clean().len(), 2);
    assert_eq!(load(csv + "c,VE,1,2026-01-31,4,x,1,0\n").faults.len(), 2);
}

#[test]
fn empty_columns_may_be_missing_at_the_end_of_a_row() {
    let trimmed = GOOD.trim_end_matches('|');
    let outcome = load(fec(&[trimmed, GOOD]));
    assert_eq!(outcome.entries[0], outcome.entries[1]);
    assert_eq!(outcome.clean().len(), 2);
    let before_credit = trimmed.rsplit_once('|').unwrap().0;
    let outcome = load(fec(&[before_credit, GOOD]));
    assert_eq!(outcome.one_fault(), "line 2: has 12 columns where the header has 18; it begins \"VE\"");
    let cut = fec(&[GOOD, trimmed]);
    assert!(load(cut.trim_end()).one_fault().ends_with("; the file seems to be cut off here"));
}

#[test]
fn a_header_may_stand_again_in_another_order_and_shape() {
    let first = fec(&[GOOD]);
    let second = "\u{feff}Axe\tCredit\tDebit\tCompteNum\tEcritureDate\tJournalCode\tEcritureNum\nNord\t0\t5\t4\t20260131\tBQ\t6\n";
    let outcome = load(first.clone() + second + &first);
    let told = |entry: &EntryContent| format!("{} {} {}", entry.journal_code, entry.debit, entry.credit);
    assert_eq!(
        outcome.entries.iter().map(told).collect::<Vec<_>>(),
        ["VE 12.00 0.00", "BQ 5.00 0.00", "VE 12.00 0.00"]
    );
    assert!(outcome.lines[1].columns.has_attribute("Axe") && !outcome.lines[0].columns.has_attribute("Axe"));
    assert_eq!(outcome.lines[2].columns, outcome.lines[0].columns);
    assert_eq!(outcome.clean().len(), 3);

    let other_shape = "sep=;\n\"JournalCode\";\"EcritureDate\";\"CompteNum\";\"Debit\";\"Credit\"\n\"BQ\";\"20260131\";\"4\";\"5\";\"0\"\n";
    assert_eq!(load(first.clone() + other_shape).clean().len(), 2);
    let csv = csv_lines(&["a"])
        + "journal_code;entry_number;posting_date;account_number;description;credit;debit\n\
                                   VE;1;20260131;4;x;0;7,50\n";
    let outcome = load(csv);
    assert_eq!(outcome.lines[1].external_id(), None);
    assert_eq!(debits(&outcome), ["1.00", "7.50"]);

    let narrow = first.clone() + "JournalCode\tEcritureDate\nVE\t20260131\n";
    assert!(matches!(load(narrow).end, Some(FileError::LaterHeader { line: 3, .. })));
    let many: String =
        (0..200).map(|n| format!("JournalCode\tEcritureDate\tCompteNum\tDebit\tCredit\tC{n}\n")).collect();
    assert!(matches!(load(first + &many).end, Some(FileError::Headers { most: 100, .. })));
}

#[test]
fn a_spreadsheets_shapes() {
    let quoted: String = DEMO
        .lines()
        .map(|line| format!("\"{}\"\r\n", line.replace('"', "\"\"").replace('\t', "\";\"")))
        .collect();
    assert_eq!(load(quoted.clone()).clean(), load(DEMO).clean());
    assert_eq!(load(format!("sep=;\r\n{quoted}")).clean(), load(DEMO).clean());
    assert_eq!(load(format!("\u{feff}\u{feff}{DEMO}\n\t\t\t\n")).clean(), load(DEMO).clean());
    let tab = "sep=\t\n".to_owned() + DEMO;
    assert_eq!(load(tab).clean(), load(DEMO).clean());
    let xml = "<?xml version=\"1.0\"?>\n<comptabilite>\n<exercice>\n";
    assert!(matches!(refusal(xml), FileError::XmlFec));
}

#[test]
fn what_does_not_fit_a_column_that_informs_is_kept() {
    let line = "VE|Ventes|7|20260131|411000|Clients|||F7|2026|Vente|12,00|0|||x|1087,12345678|USD";
    let outcome = load(fec(&[line]));
    let attributes = serde_json::to_string(&outcome.entries[0].attributes).unwrap();
    assert_eq!(attributes, r#"{"Montantdevise":"1087,12345678","PieceDate":"2026","ValidDate":"x"}"#);
    let entry = &outcome.entries[0];
    assert_eq!((entry.foreign_amount, entry.document_date, entry.validated_on), (None, None, None));
    let warnings: Vec<String> = outcome.lines[0].warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings[1],
        "Montantdevise: \"1087,12345678\" has more than 4 digits after the point; it is kept among the attributes"
    );
    assert!(warnings[0].starts_with("PieceDate: \"2026\" is not a date"), "{warnings:?}");
    assert!(outcome.lines[0].columns.has_attribute("Montantdevise"));
    let csv = csv_lines(&["a"]).replace(",debit", ",foreign_amount,debit").replace("x,1", "x,1e5,1");
    assert_eq!(load(csv).clean()[0].attributes["foreign_amount"].text(), "\"1e5\"");
}

#[test]
fn an_empty_text_is_told_from_a_missing_one() {
    let csv = csv_lines(&["a", "b"])
        .replace(",debit", ",account_name,journal_name,debit")
        .replace("x,1", "x,\"\",,1");
    let entries = load(csv.clone()).clean();
    assert_eq!((entries[0].account_name.as_deref(), entries[0].journal_name.as_deref()), (Some(""), None));
    // Who quotes everything says nothing by it.
    let header = csv.lines().next().unwrap();
    let quoted = csv.replace(header, &format!("\"{}\"", header.replace(',', "\",\"")));
    assert_eq!(load(quoted).clean()[0].account_name, None);
}

#[test]
fn a_csv_needs_no_external_ids() {
    let csv = csv_lines(&["a"]).replace("external_id,", "").replace("a,", "");
    let line = load(csv).lines.remove(0);
    assert_eq!((line.external_id(), line.content.journal_code.as_str()), (None, "VE"));
    let own = csv_lines(&["a"]).replace(",debit", ",id,Amount,debit").replace("x,1", "x,7,8,1");
    let outcome = load(own);
    assert_eq!(outcome.notes[0], Note::NotTaken { columns: vec!["id".to_owned(), "Amount".to_owned()] });
    assert!(outcome.notes[0].to_string().contains("\"id\", \"Amount\""));
    assert!(outcome.clean()[0].attributes.is_empty());
}

#[test]
fn an_object_with_a_key_twice_tells_its_voucher() {
    let line = ndjson_line("a").replace(",\"credit\"", ",\"debit\":\"2\",\"credit\"");
    let fault = load(line).faults.remove(0);
    assert!(fault.to_string().contains("\"debit\" twice"), "{fault}");
    assert_eq!(fault.voucher.journal_code.as_deref(), Some("VE"));
    assert_eq!(fault.voucher.entry_number.as_deref(), Some("1"));
    assert_eq!(load(format!("\u{feff}\u{feff}{}", ndjson_line("a"))).clean().len(), 1);
}

#[test]
fn numbers_in_attributes_keep_their_digits() {
    let line =
        ndjson_line("a").replace('{', "{\"batch\":12345678901234567890123,\"attributes\":{\"x\":1.10},");
    let json = |entry: &EntryContent| serde_json::to_string(&entry.attributes).unwrap();
    assert_eq!(json(&load(line).clean()[0]), r#"{"batch":12345678901234567890123,"x":1.10}"#);
    let csv =
        csv_lines(&["a"]).replace(",debit", ",attributes,debit").replace("x,1", "x,\"{\"\"n\"\":1e30}\",1");
    assert_eq!(json(&load(csv).clean()[0]), format!("{{\"n\":1{}}}", "0".repeat(30)));
    let endless = ndjson_line("a").replace('{', "{\"n\":1e9999,");
    assert_eq!(load(endless).one_fault(), "line 1: is not JSON: number out of range at character 11");
}
