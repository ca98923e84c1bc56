//! Lists of vouchers: which vouchers, in which order.

use super::{Binding, Listing, Page, PageArguments, PageBounds};
use crate::domain::entry_id::EntryId;
use crate::domain::error::Result;

/// Vouchers a page when nothing is said.
pub const DEFAULT_VOUCHERS: u64 = 20;
/// Most vouchers a page.
pub const MAX_VOUCHERS: u64 = 100;

/// A list of vouchers: those with at least one entry in this list of entries, in the order in which their first one stands
/// in it. The list of entries is in the order of the ids.
#[derive(Clone, Debug, PartialEq)]
pub struct VoucherListing(pub Listing);

impl VoucherListing {
    /// Checks the filter's bounds and reads the page, whose cursors must have been made for this list.
    pub fn page(&self, arguments: &PageArguments) -> Result<Page> {
        if let Some(filter) = &self.0.filter {
            filter.check()?;
        }
        let bounds = PageBounds { default: DEFAULT_VOUCHERS, max: MAX_VOUCHERS };
        arguments.page(bounds, |cursor| self.binding().position(cursor))
    }

    /// What the cursors are bound to.
    pub fn binding(&self) -> Binding {
        Binding::new(&("vouchers", &self.0))
    }

    /// The cursor of the voucher whose first entry in the list this is.
    pub fn cursor(&self, first_entry: EntryId) -> String {
        self.binding().id_cursor(first_entry)
    }
}
