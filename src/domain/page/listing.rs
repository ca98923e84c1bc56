//! Lists of entries: which entries, in which order.

use serde::Serialize;

use super::{Binding, Page, PageArguments, PageBounds, Position};
use crate::domain::entry::Entry;
use crate::domain::error::Result;
use crate::domain::filter::Filter;
use crate::domain::progress::ExportState;
use crate::domain::system::SystemId;
use crate::domain::time::Timestamp;
use crate::domain::voucher::VoucherId;

/// Which entries are meant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Scope {
    /// The whole ledger.
    #[serde(rename = "ledger")]
    Ledger,
    /// The entries of one voucher.
    #[serde(rename = "voucher")]
    Voucher(VoucherId),
    /// What a system has not been sent: now, or as of a moment.
    #[serde(rename = "unexported")]
    Unexported {
        /// The system.
        #[serde(rename = "system_id")]
        system_id: SystemId,
        /// Also what was marked later than this. `None`, like any moment to come, means now.
        #[serde(rename = "not_exported_since")]
        not_exported_since: Option<Timestamp>,
        /// Only those in one of these states now. What was marked later than the moment is in none of them.
        #[serde(rename = "states", skip_serializing_if = "Option::is_none")]
        states: Option<Vec<ExportState>>,
    },
    /// What a system was sent, and what has changed or was withdrawn since.
    #[serde(rename = "changed")]
    Changed {
        /// The system.
        #[serde(rename = "system_id")]
        system_id: SystemId,
    },
}

/// What entries are ordered by; the id breaks ties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the entry's fields")]
pub enum OrderKey {
    #[default]
    #[serde(rename = "id")]
    Id,
    #[serde(rename = "created_at")]
    CreatedAt,
    #[serde(rename = "updated_at")]
    UpdatedAt,
    #[serde(rename = "posting_date")]
    PostingDate,
}

/// An order: by a key, upwards or downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Order {
    /// What counts first.
    #[serde(rename = "key")]
    pub key: OrderKey,
    /// Largest first.
    #[serde(rename = "descending")]
    pub descending: bool,
}

/// A list of entries without its page. Its cursors are bound to its JSON, see [`Binding::new`]: the names in it are
/// written out, so that renaming a variant or a field leaves the cursors that clients keep as they are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listing {
    /// Which entries.
    #[serde(rename = "scope")]
    pub scope: Scope,
    /// Only those that pass.
    #[serde(rename = "filter")]
    pub filter: Option<Filter>,
    /// In this order.
    #[serde(rename = "order")]
    pub order: Order,
}

impl Order {
    /// Where this entry stands.
    pub fn position(self, entry: &Entry) -> Position {
        use chrono::Datelike;
        let key = match self.key {
            OrderKey::Id => entry.id,
            OrderKey::CreatedAt => entry.created_at.micros(),
            OrderKey::UpdatedAt => entry.updated_at.micros(),
            OrderKey::PostingDate => i64::from(entry.content.posting_date.date().num_days_from_ce()),
        };
        Position { key, id: entry.id }
    }
}

impl Scope {
    /// What this system has not been sent by now.
    pub fn unexported(system_id: SystemId) -> Self {
        Scope::Unexported { system_id, not_exported_since: None, states: None }
    }
}

impl Listing {
    /// Checks the filter's bounds and reads the page, whose cursors must have been made for this listing.
    pub fn page(&self, arguments: &PageArguments) -> Result<Page> {
        if let Some(filter) = &self.filter {
            filter.check()?;
        }
        arguments.page(PageBounds::ENTRIES, |cursor| self.binding().position(cursor))
    }

    /// The cursor of an entry in this listing: opaque, versioned, and bound to everything but the page.
    pub fn cursor(&self, entry: &Entry) -> String {
        self.binding().cursor(self.order.position(entry))
    }

    /// Something that makes cursors for many entries.
    pub fn binding(&self) -> Binding {
        Binding::new(self)
    }
}
