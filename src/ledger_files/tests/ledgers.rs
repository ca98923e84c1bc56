//! Whole ledgers: the demo, the real one, a large one.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use super::*;

/// Debit − credit, in ten-thousandths, by voucher.
fn balances(entries: &[EntryContent]) -> BTreeMap<(String, String), i64> {
    let mut balances = BTreeMap::new();
    for entry in entries {
        let voucher = (entry.journal_code.clone(), entry.entry_number.clone());
        *balances.entry(voucher).or_default() += entry.amount().unwrap().ten_thousandths();
    }
    balances
}

#[test]
fn the_demo_ledger_balances() {
    let entries = load(DEMO).clean();
    let balances = balances(&entries);
    assert_eq!((entries.len(), balances.len()), (57, 20));
    assert!(balances.values().all(|balance| *balance == 0), "{balances:?}");
    let journals: std::collections::BTreeSet<&str> =
        entries.iter().map(|e| e.journal_code.as_str()).collect();
    assert_eq!(journals.into_iter().collect::<Vec<_>>(), ["AC", "AN", "BQ", "OD", "PA", "VE"]);
    assert!(entries.iter().any(|e| e.foreign_currency.is_some_and(|c| c.as_str() == "USD")));
    assert!(entries.iter().any(|e| e.debit < crate::domain::Money::ZERO));
    let mut settled: BTreeMap<&str, i64> = BTreeMap::new();
    for entry in &entries {
        if let Some(code) = &entry.reconciliation_code {
            *settled.entry(code).or_default() += entry.amount().unwrap().ten_thousandths();
        }
    }
    assert_eq!(
        settled.into_iter().collect::<Vec<_>>(),
        ["AAA", "AAB", "AAC", "AAD", "AAE"].map(|code| (code, 0))
    );
}

/// A year of a real company where it is at hand; else one of the same size made here.
#[test]
fn a_real_year_loads_to_the_cent() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/ledger-2022.fec.txt");
    let (entries, total) = if path.exists() {
        let file = std::fs::File::open(path).unwrap();
        (drain(read(file, &Options::default()).unwrap()).clean(), "10186219.81")
    } else {
        let header = Cursor::new(fec(&[]));
        (drain(read(header.chain(Vouchers::new(2_711)), &Options::default()).unwrap()).clean(), "33453.74")
    };
    assert_eq!(entries.len(), 5_422);
    assert_eq!(sums(&entries), (total.to_owned(), total.to_owned()));
    assert!(balances(&entries).values().all(|balance| *balance == 0));
}

/// Makes vouchers of two lines as they are read.
struct Vouchers {
    next: u64,
    count: u64,
    bytes: Cursor<Vec<u8>>,
}

impl Vouchers {
    fn new(count: u64) -> Self {
        Vouchers { next: 0, count, bytes: Cursor::default() }
    }
}

impl Read for Vouchers {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        if count > 0 || self.next == self.count || buffer.is_empty() {
            return Ok(count);
        }
        self.next += 1;
        let number = self.next;
        let side = |account: &str, amounts: &str| {
            format!(
                "VE\tVentes\t{number}\t20260131\t{account}\tn\u{b0}\t\t\t\t\tVente {number}\t{amounts}\t\t\t\t\t\r\n"
            )
        };
        let text = side("411000", "12,34\t0,00") + &side("707000", "0,00\t12,34");
        self.bytes = Cursor::new(text.into_bytes());
        self.read(buffer)
    }
}

#[test]
fn a_large_ledger_is_read_as_a_stream() {
    let header = Cursor::new(fec(&[]));
    let mut reader = read(header.chain(Vouchers::new(100_000)), &Options::default()).unwrap();
    let (mut count, mut debit, mut credit) = (0, MoneySum::default(), MoneySum::default());
    for item in reader.by_ref() {
        let FileItem::Line(line) = item.unwrap() else { continue };
        count += 1;
        debit += line.content.debit;
        credit += line.content.credit;
    }
    assert_eq!((count, debit.to_string().as_str()), (200_000, "1234000.00"));
    assert_eq!(debit, credit);
    assert!(reader.next().is_none());
}

#[test]
fn a_reader_can_move_to_another_thread() {
    let reader = read(DEMO.as_bytes(), &Options::default()).unwrap();
    let outcome = std::thread::spawn(move || drain(reader)).join().unwrap();
    assert_eq!(outcome.clean().len(), 57);
}
