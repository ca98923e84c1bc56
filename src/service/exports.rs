//! What a system was sent: its marks, by their time.

use super::Ledger;
use super::reading::COUNT;
use crate::domain::export::{EntryExport, ExportListing};
use crate::domain::page::{Binding, PageArguments, PageBounds, Paged, Position};
use crate::domain::{Result, Right};
use crate::store;

/// What the cursors of lists of marks begin with.
const EXPORTS: &str = "exports";

/// A page of the marks of a system.
#[derive(Clone, Debug, Default)]
pub struct ExportPage {
    /// In the order of the list.
    pub exports: Paged<EntryExport>,
    /// The cursor to read backwards from: that of the first mark or, on a page that is taken from the end, of the mark
    /// at which it stopped looking.
    pub start: Option<String>,
    /// The cursor to read on from: that of the last mark, or of the mark at which the page stopped looking.
    pub end: Option<String>,
}

impl Ledger {
    /// A page of the marks of a system. When the filter asks for more than a range of time it looks at no more than
    /// [`MAX_LOOKED_AT`](crate::domain::export::MAX_LOOKED_AT) marks: so it may have fewer than were asked for, or
    /// none, and be followed by others.
    pub async fn list_exports(
        &self,
        listing: &ExportListing,
        arguments: &PageArguments,
    ) -> Result<ExportPage> {
        self.caller.require_for(Right::Export, &listing.system_id)?;
        listing.filter.check()?;
        let binding = binding(listing);
        let page = arguments.page(PageBounds::ENTRIES, |cursor| binding.position(cursor))?;
        let reader = self.database.reader();
        self.costs(1);
        let Some(system) = store::systems::find(reader, &listing.system_id).await? else {
            return Ok(ExportPage::default());
        };
        let read = store::exports::page(reader, system.key, listing, &page).await?;
        let mut exports = page.of(read.exports);
        self.costs(exports.items.len());
        if read.is_search {
            self.costs(COUNT);
        }
        let mut start = exports.items.first().map(|export| binding.cursor(position(export)));
        let mut end = exports.items.last().map(|export| binding.cursor(position(export)));
        let is_full = if page.from_end { exports.has_previous } else { exports.has_next };
        if let Some(stopped_at) = read.stopped_at.filter(|_| !is_full) {
            let cursor = Some(binding.cursor(stopped_at));
            if page.from_end {
                (start, exports.has_previous) = (cursor, true);
            } else {
                (end, exports.has_next) = (cursor, true);
            }
        }
        Ok(ExportPage { exports, start, end })
    }
}

fn binding(listing: &ExportListing) -> Binding {
    Binding::new(&(EXPORTS, listing))
}

fn position(export: &EntryExport) -> Position {
    Position { key: export.exported_at.micros(), id: export.entry_id }
}

/// The cursor of a mark in this list.
pub fn export_cursor(listing: &ExportListing, export: &EntryExport) -> String {
    binding(listing).cursor(position(export))
}
