//! Keyset pages: a page begins where the last one ended, at a position and not at a count, so nothing is
//! skipped or repeated while others mark and record.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::entry::Entry;
use super::error::{Code, Error, Result};
use super::filter::Filter;
use super::system::SystemId;
use super::time::Timestamp;

/// Entries a page when nothing is said.
pub const DEFAULT_PAGE: u64 = 50;
/// Most entries a page.
pub const MAX_PAGE: u64 = 500;

/// Which entries are meant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Scope {
    /// The whole ledger.
    Ledger,
    /// What a system has not been sent: now, or as of a moment.
    Unexported {
        /// The system.
        system_id: SystemId,
        /// Also what was marked later than this. `None`, like any moment to come, means now.
        not_exported_since: Option<Timestamp>,
    },
}

/// What entries are ordered by; the id breaks ties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the entry's fields")]
pub enum OrderKey {
    #[default]
    Id,
    CreatedAt,
    UpdatedAt,
    PostingDate,
}

/// An order: by a key, upwards or downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Order {
    /// What counts first.
    pub key: OrderKey,
    /// Largest first.
    pub descending: bool,
}

/// A list of entries without its page: what a cursor is bound to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listing {
    /// Which entries.
    pub scope: Scope,
    /// Only those that pass.
    pub filter: Option<Filter>,
    /// In this order.
    pub order: Order,
}

/// Which part of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many.
    pub size: u64,
    /// Taken from the end of the range instead of its beginning.
    pub from_end: bool,
    /// Begin behind this position.
    pub after: Option<Position>,
    /// End before this position.
    pub before: Option<Position>,
}

/// A place in an order: the key's value as an integer (id, microseconds or day), then the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The value of the order's key.
    pub key: i64,
    /// The entry's id.
    pub id: i64,
}

/// A page as callers ask for it (the Relay cursor specification), nothing checked yet.
#[derive(Clone, Debug, Default)]
pub struct PageArguments {
    /// How many from the beginning.
    pub first: Option<i64>,
    /// Begin behind this cursor.
    pub after: Option<String>,
    /// How many from the end.
    pub last: Option<i64>,
    /// End before this cursor.
    pub before: Option<String>,
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

/// The size a caller asked for, within 1 to `max`. `name` is the argument's name.
pub fn page_size(name: &str, asked: Option<i64>, default: u64, max: u64) -> Result<u64> {
    match asked.map(u64::try_from) {
        None => Ok(default),
        Some(Ok(size)) if (1..=max).contains(&size) => Ok(size),
        Some(_) => {
            let message =
                format!("the size of a page is a number from 1 to {max}; its cursor leads to the next one");
            Err(super::error::Fault::new(Code::InvalidPageSize, message).under(name).into())
        }
    }
}

impl Listing {
    /// Checks the filter's bounds and reads the page, whose cursors must have been made for this listing.
    pub fn page(&self, arguments: &PageArguments) -> Result<Page> {
        if let Some(filter) = &self.filter {
            filter.check()?;
        }
        let PageArguments { first, after, last, before } = arguments;
        if first.is_some() && last.is_some() {
            let message =
                "give first or last, not both: one takes from the beginning, the other from the end";
            return Err(Error::refused(Code::InvalidPageSize, message));
        }
        let from_end = last.is_some();
        let (name, asked) = if from_end { ("last", *last) } else { ("first", *first) };
        Ok(Page {
            size: page_size(name, asked, DEFAULT_PAGE, MAX_PAGE)?,
            from_end,
            after: after.as_deref().map(|cursor| self.position("after", cursor)).transpose()?,
            before: before.as_deref().map(|cursor| self.position("before", cursor)).transpose()?,
        })
    }

    /// The cursor of an entry in this listing: opaque, versioned, and bound to everything but the page.
    pub fn cursor(&self, entry: &Entry) -> String {
        Binding::new(self).cursor(self.order.position(entry))
    }

    /// Something that makes cursors for many entries.
    pub fn binding(&self) -> Binding {
        Binding::new(self)
    }

    fn position(&self, name: &str, cursor: &str) -> Result<Position> {
        Binding::new(self).position(cursor).ok_or_else(|| {
            let message = "the cursor was not made for these arguments: start from the first page, and keep \
                           system, time, filter and order the same from page to page";
            super::error::Fault::new(Code::InvalidCursor, message).under(name).into()
        })
    }
}

/// What a cursor is bound to, digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding([u8; 8]);

/// Raise it when the meaning of the bytes changes; older cursors are then refused.
const CURSOR_VERSION: u8 = 1;

impl Binding {
    /// Of anything that can be told apart by its JSON.
    pub fn new(bound_to: &impl Serialize) -> Self {
        // A listing is plain data, which always has a JSON form; should that change, cursors stay unbound
        // rather than unusable.
        let json = serde_json::to_vec(bound_to).unwrap_or_default();
        let digest = Sha256::digest(json);
        let mut binding = [0; 8];
        binding.copy_from_slice(&digest[..8]);
        Binding(binding)
    }

    /// The cursor of a position.
    pub fn cursor(&self, position: Position) -> String {
        self.seal(&[position.key.to_be_bytes(), position.id.to_be_bytes()].concat())
    }

    /// The position of a cursor made with this binding; `None` for any other text.
    pub fn position(&self, cursor: &str) -> Option<Position> {
        let bytes = self.open(cursor)?;
        let (key, id) = bytes.split_at_checked(8)?;
        Some(Position {
            key: i64::from_be_bytes(key.try_into().ok()?),
            id: i64::from_be_bytes(id.try_into().ok()?),
        })
    }

    /// The cursor of a place that a name stands for.
    pub fn name_cursor(&self, name: &str) -> String {
        self.seal(name.as_bytes())
    }

    /// The name in a cursor made with this binding; `None` for any other text.
    pub fn name(&self, cursor: &str) -> Option<String> {
        String::from_utf8(self.open(cursor)?).ok()
    }

    fn seal(&self, place: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode([&[CURSOR_VERSION], &self.0[..], place].concat())
    }

    fn open(&self, cursor: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        Some(bytes.strip_prefix(&[CURSOR_VERSION])?.strip_prefix(&self.0)?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(order: Order) -> Listing {
        Listing { scope: Scope::Ledger, filter: None, order }
    }

    #[test]
    fn a_cursor_belongs_to_its_listing() {
        let here = listing(Order::default()).binding();
        let there = listing(Order { descending: true, ..Order::default() }).binding();
        let position = Position { key: -3, id: i64::MAX };
        let cursor = here.cursor(position);
        assert_eq!(here.position(&cursor), Some(position));
        assert_eq!(there.position(&cursor), None);
        for broken in ["", "AQ", "not a cursor", &cursor[1..], &format!("{cursor}AA")] {
            assert_eq!(here.position(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn a_page_is_bounded() {
        let listing = listing(Order::default());
        let size = |first| listing.page(&PageArguments { first, ..Default::default() }).map(|page| page.size);
        assert_eq!(size(None).unwrap(), 50);
        assert_eq!(size(Some(500)).unwrap(), 500);
        for refused in [0, -1, 501, i64::MAX] {
            assert!(
                matches!(size(Some(refused)), Err(Error::Refused(f)) if f[0].code == Code::InvalidPageSize)
            );
        }
    }
}
