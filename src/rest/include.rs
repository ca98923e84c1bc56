//! What answers show of entries beside their fields, where `include` asks for it.

use super::dto::AccountingEntries;
use super::entry::AccountingEntry;
use super::parameters::Parameters;
use crate::domain::page::Listing;
use crate::domain::text::quoted;
use crate::domain::{Code, Entry, EntryId, Error, Fault, Result};
use crate::service::{EntryPage, Ledger};

/// The name of the parameter.
pub const INCLUDE: &str = "include";
/// The marks of each entry.
const EXPORTS: &str = "exports";

/// What is shown beside the fields of entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Include {
    /// The marks of each entry.
    pub exports: bool,
}

impl Include {
    /// What the parameter names, separated by commas. Anything else is refused.
    pub fn read(parameters: &Parameters) -> Result<Self, Fault> {
        let mut include = Self::default();
        for name in parameters.get(INCLUDE).into_iter().flat_map(|text| text.split(',')) {
            if name.trim() != EXPORTS {
                let message = format!("{} cannot be included; what can be is: {EXPORTS}", quoted(name));
                return Err(Fault::new(Code::BadUserInput, message).under(INCLUDE));
            }
            include.exports = true;
        }
        Ok(include)
    }

    /// The entries as they are shown. The marks of all of them are read by one query.
    pub async fn shown(self, ledger: &Ledger, entries: Vec<Entry>) -> Result<Vec<AccountingEntry>> {
        if !self.exports {
            return Ok(entries.into_iter().map(AccountingEntry::from).collect());
        }
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
        let mut exports = ledger.exports_of(&ids).await?;
        let shown = |entry: Entry| {
            let of_entry = exports.remove(&entry.id).unwrap_or_default();
            AccountingEntry::with_exports(entry, of_entry)
        };
        Ok(entries.into_iter().map(shown).collect())
    }

    /// An entry as it is shown.
    pub async fn shown_alone(self, ledger: &Ledger, entry: Entry) -> Result<AccountingEntry> {
        let shown = self.shown(ledger, vec![entry]).await?.pop();
        shown.ok_or_else(|| Error::internal("an entry that was to be shown is not there"))
    }

    /// A page of the list as it is shown.
    pub async fn page(
        self,
        ledger: &Ledger,
        page: EntryPage,
        listing: &Listing,
    ) -> Result<AccountingEntries> {
        let page = page.entries;
        let last = page.items.last().filter(|_| page.has_next);
        let next_after = last.map(|entry| listing.cursor(entry));
        Ok(AccountingEntries { accounting_entries: self.shown(ledger, page.items).await?, next_after })
    }
}
