//! Vouchers: the entries that were posted together and balance, such as the lines of an invoice. A voucher is no row of its
//! own. Its entries are those with the same journal code, posting date and entry number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::entry::Entry;
use super::entry_id::EntryId;
use super::export::{EntryExport, Reference};
use super::field::{Field, Fields};
use super::system::SystemId;
use super::time::{Day, Timestamp};

/// Most entries of a voucher that are added up, and most that one call marks.
pub const MAX_LINES: u64 = 10_000;

/// What tells a voucher from all others. As text: `2024-01-31/VE/17`, where a `/` of the journal's code is `%2F`; or
/// `entry/42`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VoucherId {
    /// The voucher of this number.
    Numbered {
        /// The day for which it counts.
        posting_date: Day,
        /// The journal it stands in.
        journal_code: String,
        /// Its number, which is not blank.
        entry_number: String,
    },
    /// An entry without a number is a voucher by itself.
    Unnumbered(EntryId),
}

/// The text is the id of no voucher that there could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no voucher such as \"2024-01-31/VE/17\" or \"entry/42\"")]
pub struct VoucherIdError;

/// Whether an entry number is none: empty, or nothing but spaces.
pub fn is_blank(entry_number: &str) -> bool {
    entry_number.trim_matches(' ').is_empty()
}

impl fmt::Display for VoucherId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VoucherId::Numbered { posting_date, journal_code, entry_number } => {
                let journal_code = journal_code.replace('%', "%25").replace('/', "%2F");
                write!(f, "{posting_date}/{journal_code}/{entry_number}")
            }
            VoucherId::Unnumbered(id) => write!(f, "entry/{id}"),
        }
    }
}

impl FromStr for VoucherId {
    type Err = VoucherIdError;

    /// Takes the very text that is shown and no other spelling of it.
    fn from_str(text: &str) -> Result<Self, VoucherIdError> {
        let (first, rest) = text.split_once('/').ok_or(VoucherIdError)?;
        let id = if first == "entry" {
            VoucherId::Unnumbered(rest.parse().map_err(|_| VoucherIdError)?)
        } else {
            let (journal_code, entry_number) = rest.split_once('/').ok_or(VoucherIdError)?;
            VoucherId::Numbered {
                posting_date: first.parse().map_err(|_| VoucherIdError)?,
                journal_code: journal_code.replace("%2F", "/").replace("%25", "%"),
                entry_number: entry_number.to_owned(),
            }
        };
        let is_numbered = !matches!(&id, VoucherId::Numbered { entry_number, .. } if is_blank(entry_number));
        // No database keeps a NUL in a text.
        let is_storable = !text.contains('\0');
        if is_numbered && is_storable && id.to_string() == text { Ok(id) } else { Err(VoucherIdError) }
    }
}

impl Serialize for VoucherId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VoucherId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A voucher, without its entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voucher {
    /// What tells it from all others.
    pub id: VoucherId,
    /// The journal it stands in.
    pub journal_code: String,
    /// The day for which it counts.
    #[serde(with = "day")]
    pub posting_date: Day,
    /// Its number; blank where its only entry has none.
    pub entry_number: String,
}

/// A day as its text.
mod day {
    use super::{Day, Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(day: &Day, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(day)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Voucher {
    /// The fields of an entry that tell its voucher.
    pub fn told_by() -> Fields {
        Fields::Only(vec![Field::JournalCode, Field::PostingDate, Field::EntryNumber])
    }

    /// The voucher that an entry belongs to.
    pub fn of(entry: &Entry) -> Self {
        let (journal_code, entry_number) = (&entry.content.journal_code, &entry.content.entry_number);
        let posting_date = entry.content.posting_date;
        let id = if is_blank(entry_number) {
            VoucherId::Unnumbered(entry.id)
        } else {
            VoucherId::Numbered {
                posting_date,
                journal_code: journal_code.clone(),
                entry_number: entry_number.clone(),
            }
        };
        Self { id, journal_code: journal_code.clone(), posting_date, entry_number: entry_number.clone() }
    }
}

/// A voucher as it was marked for a system: all of its entries, by one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherExport {
    /// The voucher.
    pub voucher: Voucher,
    /// The system it was sent to.
    pub system_id: SystemId,
    /// The time of the newest mark of its entries.
    pub exported_at: Timestamp,
    /// The note of the marks.
    pub note: Option<String>,
    /// How many entries were marked.
    pub entries: u64,
    /// Whether each of them had been marked before.
    pub remarked: bool,
    /// The system's own document for it.
    #[serde(default)]
    pub reference: Option<Reference>,
}

impl VoucherExport {
    /// Made of the marks of all entries of the voucher; `None` without any.
    pub fn of(voucher: Voucher, marks: &[EntryExport]) -> Option<Self> {
        let newest = marks.iter().max_by_key(|mark| mark.exported_at)?;
        Some(Self {
            voucher,
            system_id: newest.system_id.clone(),
            exported_at: newest.exported_at,
            note: newest.note.clone(),
            entries: marks.len() as u64,
            remarked: marks.iter().all(|mark| mark.remarked),
            reference: newest.reference.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_id_of_a_voucher_is_refused() {
        for text in [
            "",
            "17",
            "VE/17",
            "2024-01-31",
            "2024-01-31/VE",
            "2024-01-31/VE/",
            "2024-01-31/VE/  ",
            "2024-1-31/VE/17",
            "20240131/VE/17",
            "2024-01-32/VE/17",
            "entry/",
            "entry/x",
            "entry/042",
            "entry/4/2",
            "2024-01-31/V%E/17",
            "2024-01-31/VE/1\u{0}7",
        ] {
            assert_eq!(text.parse::<VoucherId>(), Err(VoucherIdError), "{text:?}");
        }
    }

    #[test]
    fn a_number_may_hold_anything() {
        for (journal, number, text) in [
            ("VE", "17", "2024-01-31/VE/17"),
            ("V/E%2F", "a/b%", "2024-01-31/V%2FE%252F/a/b%"),
            ("", "é 1", "2024-01-31//é 1"),
        ] {
            let id = VoucherId::Numbered {
                posting_date: "2024-01-31".parse().unwrap(),
                journal_code: journal.to_owned(),
                entry_number: number.to_owned(),
            };
            assert_eq!(id.to_string(), text);
            assert_eq!(text.parse(), Ok(id));
        }
    }

    proptest! {
        #[test]
        fn every_id_survives_its_text(journal in "[^\0]{0,8}", number in "[^\0]{1,8}") {
            let posting_date = "2024-01-31".parse().unwrap();
            let id = VoucherId::Numbered { posting_date, journal_code: journal, entry_number: number.clone() };
            let expected = if is_blank(&number) { Err(VoucherIdError) } else { Ok(id.clone()) };
            prop_assert_eq!(id.to_string().parse::<VoucherId>(), expected);
        }
    }
}
