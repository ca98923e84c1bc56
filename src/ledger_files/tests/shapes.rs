//! The shapes that real FEC files come in. All of them load without a word of complaint.

use super::*;

/// The demo ledger in another shape gives the same entries.
fn assert_same(shape: &str, bytes: impl Into<Vec<u8>>) {
    assert_eq!(load(bytes).clean(), load(DEMO).clean(), "{shape}");
}

#[test]
fn any_separator_and_any_line_end() {
    for separator in ["\t", "|", ";"] {
        for end in ["\n", "\r\n", "\r\r\n", "\r", "\n\n", "\r\n \t \r\n"] {
            let text = render(&demo_rows(), separator, end);
            assert_same(&format!("{separator:?} {end:?}"), text.clone());
            let mut unended = text.trim_end_matches(['\r', '\n', ' ', '\t']).to_owned();
            // The last columns of the last line are empty: trimming may have taken their tabs.
            let last = unended.rsplit(['\r', '\n']).next().unwrap_or_default().matches(separator).count();
            unended.push_str(&separator.repeat(17 - last));
            assert_same(&format!("{separator:?} {end:?}, no end of the last line"), unended);
        }
    }
}

#[test]
fn any_encoding() {
    assert_same("UTF-8 with BOM", format!("\u{feff}{DEMO}"));
    let (latin, _, _) = encoding_rs::ISO_8859_15.encode(DEMO);
    assert_same("ISO-8859-15", latin.to_vec());
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(DEMO);
    assert_same("Windows-1252", windows.to_vec());
    let units = |order: fn(u16) -> [u8; 2]| {
        format!("\u{feff}{DEMO}").encode_utf16().flat_map(order).collect::<Vec<u8>>()
    };
    assert_same("UTF-16LE", units(u16::to_le_bytes));
    assert_same("UTF-16BE", units(u16::to_be_bytes));
    assert_same("a DOS end of file", format!("{DEMO}\u{1a}"));
}

#[test]
fn the_euro_sign_and_quotation_marks_of_both_western_encodings() {
    let line = |description: &[u8]| {
        let mut bytes = fec(&[GOOD]).into_bytes();
        let at = bytes.windows(5).position(|w| w == b"Vente").unwrap();
        let at = at + bytes[at + 5..].windows(5).position(|w| w == b"Vente").unwrap() + 5;
        bytes.splice(at..at + 5, description.iter().copied());
        load(bytes).clean()[0].description.clone()
    };
    assert_eq!(line(b"10 \xa4 \xbd\xe9"), "10 € œé");
    assert_eq!(line(b"10 \x80 l\x92\xe9t\xe9"), "10 € l’été");
}

#[test]
fn the_first_accent_may_come_late() {
    let mut bytes = fec(&[]).into_bytes();
    for _ in 0..20_000 {
        bytes.extend_from_slice(GOOD.replace('|', "\t").as_bytes());
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(&GOOD.replace('|', "\t").replace("Clients", "Clients ").into_bytes());
    bytes.extend_from_slice(b"\nVE\t\t8\t20260131\t411\tSoci\xe9t\xe9\t\t\t\t\tx\t1\t0\t\t\t\t\t\n");
    let entries = load(bytes).clean();
    assert_eq!(entries.len(), 20_002);
    assert_eq!(entries[20_001].account_name.as_deref(), Some("Société"));
}

#[test]
fn columns_in_another_order_under_names_in_another_case() {
    let rows: Vec<Vec<String>> = demo_rows()
        .into_iter()
        .enumerate()
        .map(|(line, row)| {
            let reversed = row.into_iter().rev();
            if line == 0 {
                reversed.map(|name| format!(" {} ", name.to_uppercase())).collect()
            } else {
                reversed.collect()
            }
        })
        .collect();
    assert_same("reversed", render(&rows, "|", "\r\n"));
}

#[test]
fn a_trailing_separator_on_the_header_the_lines_or_both() {
    let rows = demo_rows();
    let header = render(&rows[..1], "|", "");
    let lines = render(&rows[1..], "|", "\n");
    let ended = render(&rows[1..], "|", "|\n");
    assert_same("header", format!("{header}|\n{lines}"));
    assert_same("lines", format!("{header}\n{ended}"));
    assert_same("both", format!("{header}|\n{ended}"));
}

#[test]
fn padding_with_spaces_and_zeros() {
    let rows: Vec<Vec<String>> = demo_rows()
        .into_iter()
        .enumerate()
        .map(|(line, row)| {
            let pad = |(column, cell): (usize, String)| match column {
                11 | 12 if line > 0 && !cell.starts_with('-') => format!("{cell:0>16}"),
                11 | 12 => format!("{cell:>16}"),
                _ => format!("{cell:<30}"),
            };
            row.into_iter().enumerate().map(pad).collect()
        })
        .collect();
    assert_same("padded", render(&rows, "\t", "\r\n"));
}

#[test]
fn montant_and_sens() {
    for (debit, credit) in [("D", "C"), ("d", "c"), ("+1", "-1"), ("1", "-1")] {
        let rows: Vec<Vec<String>> = demo_rows()
            .into_iter()
            .enumerate()
            .map(|(line, mut row)| {
                if line == 0 {
                    row[11] = "Montant".to_owned();
                    row[12] = "Sens".to_owned();
                } else if row[12] == "0,00" {
                    row[12] = debit.to_owned();
                } else {
                    row[11] = std::mem::replace(&mut row[12], credit.to_owned());
                }
                row
            })
            .collect();
        assert_same(debit, render(&rows, "\t", "\n"));
    }
    let both = "JournalCode\tEcritureDate\tCompteNum\tDebit\tCredit\tMontant\tSens\nVE\t20260131\t4\t5,00\t0\t9\tC\n";
    let entry = load(both).clean().remove(0);
    assert_eq!((entry.debit.to_string().as_str(), entry.credit.to_string().as_str()), ("5.00", "0.00"));
    assert_eq!(serde_json::to_string(&entry.attributes).unwrap(), r#"{"Montant":"9","Sens":"C"}"#);
}

#[test]
fn further_columns_become_attributes() {
    let text = "JournalCode|EcritureDate|CompteNum|Debit|Credit|MontantDevise|Idevise|DateRglt|ModeRglt||NatOp|NatOp|\n\
                BQ|31/01/2026|512000|1,00||6,55957|FRF|20260131|CB||||\n\
                BQ|2026-01-31|512000|1,00||2.5|usd||  |x|a|b|\n"
        .replace("6,55957", "6,5595");
    let entries = load(text).clean();
    let json = |entry: &EntryContent| serde_json::to_string(&entry.attributes).unwrap();
    assert_eq!(json(&entries[0]), r#"{"DateRglt":"20260131","Idevise":"FRF","ModeRglt":"CB"}"#);
    assert_eq!(json(&entries[1]), r#"{"NatOp":"a","NatOp (column 12)":"b","column 10":"x"}"#);
    assert_eq!(entries[0].foreign_currency, None);
    assert_eq!(entries[0].foreign_amount.map(|m| m.to_string()).as_deref(), Some("6.5595"));
    assert_eq!(entries[1].foreign_currency.map(|c| c.to_string()).as_deref(), Some("USD"));
    assert_eq!(entries[0].posting_date, entries[1].posting_date);
}

#[test]
fn quotation_marks_are_plain_characters() {
    let entries = load(fec(&[
        "VE||1|20260131|411|\"Le Zinc|||||\"Chez Paul\", bar|1|0|||||",
        "VE||1|20260131|707||||||5\" pipe|0|1|||||",
    ]))
    .clean();
    assert_eq!(entries[0].account_name.as_deref(), Some("\"Le Zinc"));
    assert_eq!(entries[0].description, "\"Chez Paul\", bar");
    assert_eq!(entries[1].description, "5\" pipe");
}

#[test]
fn empty_values_are_none_and_zero() {
    let entry = load(fec(&["VE|||20260131|411||||||| | |||00000000||EURO"])).clean().remove(0);
    assert_eq!(entry.debit.to_string(), "0.00");
    assert_eq!(entry.credit.to_string(), "0.00");
    assert_eq!((entry.entry_number.as_str(), entry.description.as_str()), ("", ""));
    assert_eq!((entry.journal_name, entry.document_date, entry.validated_on), (None, None, None));
    assert_eq!((entry.foreign_amount, entry.foreign_currency), (None, None));
}

#[test]
fn a_line_tells_which_columns_its_file_has() {
    let text = "JournalCode|EcritureDate|CompteNum|Montant|Sens|Idevise|Axe\nVE|20260131|4|1|D||Nord\n";
    let line = load(text).lines.remove(0);
    assert_eq!(line.external_id(), None);
    assert_eq!(line.line, 2);
    use crate::domain::Field::*;
    let fields: Vec<_> = line.columns.fields().collect();
    assert_eq!(fields, [JournalCode, PostingDate, AccountNumber, Debit, Credit, ForeignCurrency]);
    assert!(line.columns.has_attribute("Axe") && line.columns.has_attribute("Idevise"));
    assert!(!line.columns.has_attribute("Nord"));

    let text = super::faults::csv_lines(&["a"]).replace("x,1", "x,7,1").replace("debit", "Project,debit");
    let line = load(text).lines.remove(0);
    assert_eq!(line.external_id(), Some("a"));
    assert!(line.columns.has_attribute("Project") && !line.columns.has_attribute("Axe"));

    let ndjson = super::faults::ndjson_line("a").replace("{", "{\"project\":7,\"account_name\":null,");
    let lines = load(ndjson.clone() + &ndjson + &super::faults::ndjson_line("b")).lines;
    assert!(std::sync::Arc::ptr_eq(&lines[0].columns, &lines[1].columns));
    assert!(lines[0].columns.has(AccountName) && !lines[2].columns.has(AccountName));
    assert!(lines[0].columns.has_attribute("project") && !lines[2].columns.has_attribute("project"));
}
