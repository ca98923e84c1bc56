//! What an import came to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use super::record::Place;
use crate::domain::comparison::VoucherKey;
use crate::domain::{Money, MoneySum, SystemId};
use crate::ledger_files::Problem;

/// What an import came to, or would come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ImportSummary {
    /// Lines read; headers, blank lines and end lines apart. The sum of the next five.
    pub read: u64,
    /// Lines that are new entries.
    pub inserted: u64,
    /// Lines whose entries were changed, or stand again after they had been withdrawn.
    pub updated: u64,
    /// Lines that the ledger has already, with the same content.
    pub unchanged: u64,
    /// Lines that cannot be loaded.
    pub rejected: u64,
    /// Lines that are good themselves and were not loaded because of another line of their voucher.
    pub held_back: u64,
    /// Entries that are no longer in the file, withdrawn by this import or not.
    pub missing: u64,
    /// Of the missing ones those that this import withdrew.
    pub withdrawn: u64,
    /// Of the updated ones those that changed materially after they had been sent to some system.
    pub already_sent: u64,
    /// How many of them were sent to which system. In JSON a list, as REST shows it.
    #[serde(serialize_with = "as_list")]
    pub sent_to: BTreeMap<String, u64>,
    /// Sum of the debits of the lines that are loaded.
    pub debit: MoneySum,
    /// Sum of their credits.
    pub credit: MoneySum,
    /// Sum of the debits that the ledger now has in those vouchers.
    pub ledger_debit: MoneySum,
    /// Sum of the credits.
    pub ledger_credit: MoneySum,
    /// The same lines by their vouchers.
    pub vouchers: VoucherCounts,
}

fn as_list<S: Serializer>(sent_to: &BTreeMap<String, u64>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct SentTo<'a> {
        system_id: &'a str,
        entries: u64,
    }
    serializer.collect_seq(sent_to.iter().map(|(system_id, entries)| SentTo { system_id, entries: *entries }))
}

/// How many vouchers an import had to do with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VoucherCounts {
    /// In the files.
    pub read: u64,
    /// Of which the ledger had no line.
    pub new: u64,
    /// Of which something changed, or is missing.
    pub changed: u64,
    /// That the ledger has already, with the same lines.
    pub unchanged: u64,
    /// That were held back.
    pub held_back: u64,
    /// That are in the ledger and in no file, on days that the files span.
    pub missing: u64,
    /// Whose lines do not balance.
    pub unbalanced: u64,
}

impl ImportSummary {
    /// Whether file and ledger have the same sums in the vouchers that were loaded.
    pub fn agrees(&self) -> bool {
        (self.debit, self.credit) == (self.ledger_debit, self.ledger_credit)
    }

    /// Whether everything is in and agrees. Vouchers that do not balance are only a warning.
    pub fn is_in_order(&self) -> bool {
        self.rejected == 0 && self.held_back == 0 && self.missing == self.withdrawn && self.agrees()
    }
}

/// Something that a person should look at.
#[derive(Clone, Debug, PartialEq)]
pub enum ImportFinding {
    /// A line cannot be loaded, for this reason.
    Rejected(Place, Problem),
    /// A line is loaded, and something about it is odd.
    Warned(Place, Problem),
    /// Something about a file as a whole.
    Noted {
        /// The number of the file.
        file: u32,
        /// The end of a sentence that begins with its name.
        note: String,
        /// Whether part of the file was left out. If not, the note only tells how the file was read.
        is_notable: bool,
    },
    /// A voucher was held back.
    HeldBack {
        /// The voucher.
        voucher: VoucherKey,
        /// How many of its lines are good themselves.
        lines: u64,
        /// The first line that cannot be loaded, and why.
        because: (Place, String),
    },
    /// A voucher was loaded, and its lines do not balance.
    Unbalanced {
        /// The voucher.
        voucher: VoucherKey,
        /// The currency in which they do not.
        currency: String,
        /// Sum of the debits in this currency.
        debit: MoneySum,
        /// Sum of the credits.
        credit: MoneySum,
    },
    /// Lines of the ledger are no longer in the file.
    Missing {
        /// Their voucher.
        voucher: VoucherKey,
        /// How many.
        lines: u64,
        /// Whether the file does not name the voucher at all.
        is_gone: bool,
        /// Whether they were withdrawn.
        is_withdrawn: bool,
    },
    /// An entry changed materially after it had been sent.
    AlreadySent {
        /// Its voucher.
        voucher: VoucherKey,
        /// The systems that have it as it was.
        systems: Vec<SystemId>,
    },
}

/// The place of a line as messages name it, in a list of the names of the files.
pub(super) fn shown(place: Place, names: &[String]) -> String {
    let name = names.get(place.file as usize).map_or("", String::as_str);
    format!("{name}:{}", place.line)
}

/// What comparing some vouchers came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) inserted: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
    pub(super) missing: u64,
    pub(super) withdrawn: u64,
    pub(super) new_vouchers: u64,
    pub(super) changed_vouchers: u64,
    pub(super) unchanged_vouchers: u64,
    pub(super) missing_vouchers: u64,
    /// Ten-thousandths: debit and credit of the file, debit and credit of the ledger.
    pub(super) sums: [i128; 4],
}

impl Counts {
    /// Adds what other vouchers came to.
    pub(super) fn add(&mut self, other: &Counts) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.missing += other.missing;
        self.withdrawn += other.withdrawn;
        self.new_vouchers += other.new_vouchers;
        self.changed_vouchers += other.changed_vouchers;
        self.unchanged_vouchers += other.unchanged_vouchers;
        self.missing_vouchers += other.missing_vouchers;
        for (sum, more) in self.sums.iter_mut().zip(other.sums) {
            *sum += more;
        }
    }

    pub(super) fn of_file(&mut self, debit: Money, credit: Money) {
        self.sums[0] += i128::from(debit.ten_thousandths());
        self.sums[1] += i128::from(credit.ten_thousandths());
    }

    pub(super) fn of_ledger(&mut self, debit: Money, credit: Money) {
        self.sums[2] += i128::from(debit.ten_thousandths());
        self.sums[3] += i128::from(credit.ten_thousandths());
    }

    /// The lines do not stand in the ledger any more, or stand elsewhere.
    pub(super) fn not_of_ledger(&mut self, debit: Money, credit: Money) {
        self.sums[2] -= i128::from(debit.ten_thousandths());
        self.sums[3] -= i128::from(credit.ten_thousandths());
    }
}
