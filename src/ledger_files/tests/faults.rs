//! What is wrong is told by line, column and reason, and everything else loads.

use std::io::{self, Read};

use super::*;

#[test]
fn a_bad_line_is_told_with_everything_wrong_in_it() {
    let bad = "VE|Ventes|7|20261301|411000|Clients|||F7|x|Vente|12,3,4|0,00|||||";
    let outcome = load(fec(&[GOOD, bad, GOOD]));
    assert_eq!(
        outcome.one_fault(),
        "line 3: EcritureDate: \"20261301\" is not a date such as \"20260131\"; PieceDate: \"x\" is not a date such \
         as \"20260131\"; Debit: \"12,3,4\" is not a decimal number such as \"1234.50\""
    );
    assert_eq!(outcome.entries.len(), 2);
    let blank = load(format!("\n \r\n{}", fec(&["VE|x"])));
    assert_eq!(blank.one_fault(), "line 4: has 2 columns where the header has 18; it begins \"VE\"");
}

#[test]
fn the_rules_of_an_entry_are_told_by_the_column_of_the_file() {
    let long = "x".repeat(501);
    for (line, fault) in [
        ("|Ventes|7|20260131|411|||||||1|0|||||".to_owned(), "line 2: JournalCode: journal_code is empty"),
        ("VE|Ventes|7|20260131| |||||||1|0|||||".to_owned(), "line 2: CompteNum: account_number is empty"),
        (
            format!("VE|{long}|7|20260131|411|||||||1|0|||||"),
            "line 2: JournalLib: journal_name has 501 characters; at most 500",
        ),
        (
            "VE||7|02240131|411|||||||1|0|||||".to_owned(),
            "line 2: EcritureDate: \"02240131\" is a day of a year before 1900",
        ),
        (
            "VE||7|20260131|411|||||||+-5|0|||||".to_owned(),
            "line 2: Debit: \"+-5\" is not a decimal number such as \"1234.50\"",
        ),
        (
            "VE||7||411|||||||1|0|||||".to_owned(),
            "line 2: EcritureDate: \"\" is not a date such as \"20260131\"",
        ),
        (
            "VE||7|00000000|411|||||||1|0|||||".to_owned(),
            "line 2: EcritureDate: \"00000000\" is not a date such as \"20260131\"",
        ),
        (
            "VE||7|20260131|411|||||||922337203685477|-1|||||".to_owned(),
            "line 2: Debit: debit − credit is out of range: at most 922337203685477.5807 either way",
        ),
        (
            "VE||7|20260131|411|||||||1\0|0|||||".to_owned(),
            "line 2: holds a NUL byte, so it is damaged or no text",
        ),
    ] {
        assert_eq!(load(fec(&[&line])).one_fault(), fault);
    }
}

#[test]
fn a_bad_line_tells_what_could_be_read_of_its_voucher() {
    let bad = GOOD.replace("12,00", "12 euros");
    let short = "VE|Ventes|7|20260131|411000";
    let undated = GOOD.replace("20260131|411000", "20261331|411000");
    let faults = load(fec(&[&bad, short, &undated])).faults;
    let told = |fault: &LineFault| {
        let voucher = &fault.voucher;
        assert_eq!(voucher.journal_code.as_deref(), Some("VE"));
        assert_eq!(voucher.entry_number.as_deref(), Some("7"));
        (voucher.posting_date.map(|day| day.to_string()), voucher.document_reference.clone())
    };
    assert_eq!(
        faults.iter().map(told).collect::<Vec<_>>(),
        [
            (Some("2026-01-31".to_owned()), Some("F7".to_owned())),
            (Some("2026-01-31".to_owned()), None),
            (None, Some("F7".to_owned())),
        ]
    );
    let line = ndjson_line("a").replace("\"debit\":\"1\"", "\"debit\":\"x\"");
    let voucher = &load(line).faults[0].voucher;
    assert_eq!((voucher.journal_code.as_deref(), voucher.entry_number.as_deref()), (Some("VE"), Some("1")));
    assert_eq!(voucher.posting_date.map(|day| day.to_string()).as_deref(), Some("2026-01-31"));
}

#[test]
fn a_file_that_is_cut_off_says_so() {
    let whole = fec(&[GOOD, GOOD]);
    let cut = whole.len() - 12;
    let outcome = load(&whole.as_bytes()[..cut]);
    assert_eq!(
        outcome.one_fault(),
        "line 3: has 12 columns where the header has 18; it begins \"VE\"; the file seems to be cut off here"
    );
    assert_eq!(outcome.entries.len(), 1);
    let short = load(fec(&["VE|Ventes|7|20260131", GOOD]));
    assert_eq!(short.one_fault(), "line 2: has 4 columns where the header has 18; it begins \"VE\"");
    assert_eq!(short.entries.len(), 1);
}

#[test]
fn files_that_are_no_ledger_say_what_they_are() {
    for (bytes, words) in [
        (&b""[..], "the file is empty"),
        (b"\n \r\n\t\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xed\xbd", "a gzip archive"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "a program (ELF)"),
        (b"PK\x03\x04\x14\0\x06\0", "an Excel workbook"),
        (b"J\0o\0u\0r\0n\0a\0l\0", "UTF-16 text without a byte order mark"),
        (b"JournalCode\0\t", "binary data (there is a NUL byte"),
        (b"Journal\x07Code\t", "control character 0x07"),
        (b"<?xml version=\"1.0\"?>\n", "XML or HTML"),
        (b"[{\"external_id\": \"1\"}]", "a JSON array"),
        (b"date,amount\n", "it begins \"date,amount\""),
        (
            b"JournalCode\tEcritureDate\tDebit\n",
            "not that of a fec ledger: CompteNum, Credit (or Montant and Sens) are missing; it has \"JournalCode\",",
        ),
        (
            b"external_id,debit\n",
            "journal_code, entry_number, posting_date, account_number, description, credit are",
        ),
        (b"JournalCode\tDebit\tdebit\n", "has the column debit twice"),
    ] {
        let message = refusal(bytes).to_string();
        assert!(message.contains(words), "{message}\n lacks {words}");
    }
    let endless = vec![b'x'; MAX_LINE * 2];
    assert!(matches!(refusal(endless), FileError::Header { line: 1, .. }));
}

#[test]
fn a_format_that_is_given_is_taken_at_its_word() {
    let options = Options { format: Some(Format::Csv), ..Options::default() };
    let message = load_with(DEMO, &options).err().unwrap().to_string();
    assert!(message.starts_with("the header is not that of a csv ledger: journal_code,"), "{message}");
    assert!(message.contains("it has \"JournalCode\", \"JournalLib\""), "{message}");
    assert_eq!(read(DEMO.as_bytes(), &Options::default()).unwrap().format(), Format::Fec);
    for format in [Format::Fec, Format::Csv, Format::Ndjson] {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    assert_eq!("xlsx".parse::<Format>(), Err(FormatError));
}

/// Gives its bytes and then fails, with interruptions on the way.
struct Failing {
    bytes: Cursor<Vec<u8>>,
    calls: usize,
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(2) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let length = buffer.len().min(7);
        match self.bytes.read(&mut buffer[..length])? {
            0 => Err(io::Error::other("the disk is gone")),
            count => Ok(count),
        }
    }
}

#[test]
fn when_the_input_fails_in_mid_file_that_is_the_last_word() {
    let csv = "external_id,journal_code,entry_number,posting_date,account_number,description,debit,credit\n\
               a,VE,1,2026-01-31,4,\"x\ny\",1,0\n";
    let ndjson = "{\"external_id\":\"a\"}\n";
    for (text, entries, line) in
        [(fec(&[GOOD, GOOD]) + "VE\t", 2, 4), (csv.to_owned(), 1, 4), (ndjson.to_owned(), 0, 2)]
    {
        let failing = Failing { bytes: Cursor::new(text.into_bytes()), calls: 0 };
        let outcome = drain(read(failing, &Options::default()).unwrap());
        assert_eq!(outcome.entries.len(), entries);
        let message = outcome.end.unwrap().to_string();
        assert_eq!(message, format!("reading failed at line {line}: the disk is gone"));
    }
    let failing = Failing { bytes: Cursor::new(Vec::new()), calls: 0 };
    assert!(matches!(read(failing, &Options::default()), Err(FileError::Read { line: 1, .. })));
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let long = (200 << 20) as u64;
    for text in [fec(&[GOOD]), ndjson_line("a"), csv_lines(&["a"])] {
        let (head, tail) = (text.clone().into_bytes(), text.lines().last().unwrap().to_owned());
        let input =
            Cursor::new(head).chain(io::repeat(b'x').take(long)).chain(Cursor::new(format!("\n{tail}\n")));
        let outcome = drain(read(input, &Options::default()).unwrap());
        assert_eq!(outcome.entries.len(), 2);
        assert!(outcome.one_fault().ends_with("is longer than 1048576 bytes"), "{}", outcome.one_fault());
    }
    let mut lines = lines::Lines::new(Box::new(io::repeat(b'x').take(long)));
    let mut bytes = Vec::new();
    assert!(lines.append_to(&mut bytes).unwrap().unwrap().too_long);
    assert!(bytes.capacity() < MAX_LINE * 4);
    assert!(lines.append_to(&mut bytes).unwrap().is_none());
}

/// One entry as NDJSON.
pub(super) fn ndjson_line(id: &str) -> String {
    format!(
        "{{\"external_id\":\"{id}\",\"journal_code\":\"VE\",\"entry_number\":\"1\",\"posting_date\":\"2026-01-31\",\
         \"account_number\":\"4\",\"description\":\"x\",\"debit\":\"1\",\"credit\":\"0.00\"}}\n"
    )
}

/// Entries as CSV.
pub(super) fn csv_lines(ids: &[&str]) -> String {
    let header =
        "external_id,journal_code,entry_number,posting_date,account_number,description,debit,credit\n";
    header.to_owned() + &ids.iter().map(|id| format!("{id},VE,1,2026-01-31,4,x,1,0.00\n")).collect::<String>()
}
