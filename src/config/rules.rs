//! What concerns several settings together.

use super::definition::{OutOfRange, within};
use super::{DatabaseSettings, DatabaseUrl, Settings};

impl Settings {
    /// Every number that is out of range, in the order of the file.
    pub(super) fn out_of_range(&self) -> Vec<OutOfRange> {
        let mut faults = self.out_of_bounds();
        // What costs more than a full budget holds could never be answered.
        let least = u64::try_from(self.graphql.max_cost).unwrap_or(u64::MAX);
        if !faults.iter().any(|fault| fault.setting == "budget.size") {
            faults.extend(within("budget.size", self.budget.size, least..=1_000_000_000));
        }
        // One ledger has to be open while another one is looked at.
        let least = 2 * u64::from(self.ledgers.max_connections_each);
        if !faults.iter().any(|fault| fault.setting == "ledgers.max_connections") {
            faults.extend(within("ledgers.max_connections", self.ledgers.max_connections, least..=100_000));
        }
        faults
    }
}

impl DatabaseSettings {
    /// These settings for the database of another ledger than `main`, at this address. `listen_url` is left out: it leads to
    /// the database of `main`.
    pub fn beside_main(&self, url: DatabaseUrl) -> Self {
        Self { url, listen_url: None, ..self.clone() }
    }
}
