//! What a worker has done.

use serde::Serialize;

/// Most vouchers that are told one by one.
const MAX_UNSETTLED: usize = 1_000;

/// What a worker has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Claims that were taken.
    pub claims: u64,
    /// Vouchers in them.
    pub vouchers: u64,
    /// Vouchers that the system has, and that are marked.
    pub exported: u64,
    /// Vouchers that the system refused, and that are to be tried again or are parked.
    pub failed: u64,
    /// Vouchers that were given back without an attempt.
    pub released: u64,
    /// Vouchers that were not finished, or refused, when their lease had ended: another worker is given them.
    pub lost: u64,
    /// Entries whose mark does not fit together with another one. A person has to look: `exportConflicts`.
    pub conflicts: u64,
    /// Vouchers of which the server could not be told what became of them. At most 1,000.
    pub unsettled: Vec<Unsettled>,
}

/// A voucher of which the server could not be told what became of it. It comes again, with the same dispatch key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unsettled {
    /// The id of the voucher.
    pub voucher_id: String,
    /// The key that it was sent under.
    pub dispatch_key: String,
    /// Whether the system has it.
    pub exported: bool,
    /// The system's own document.
    pub document_id: Option<String>,
    /// Why the server could not be told.
    pub reason: String,
}

impl Summary {
    /// Adds what another worker has done.
    pub fn add(&mut self, other: Self) {
        let Self { claims, vouchers, exported, failed, released, lost, conflicts, unsettled } = other;
        self.claims += claims;
        self.vouchers += vouchers;
        self.exported += exported;
        self.failed += failed;
        self.released += released;
        self.lost += lost;
        self.conflicts += conflicts;
        for one in unsettled {
            self.add_unsettled(one);
        }
    }

    pub(crate) fn add_unsettled(&mut self, one: Unsettled) {
        if self.unsettled.len() < MAX_UNSETTLED {
            self.unsettled.push(one);
        }
    }
}
