//! Keyset pages: a page begins at a position in the list and not at a count of rows, so nothing is skipped or
//! repeated while others mark and record.
//!
//! Every list is paged alike: [`PageArguments`] is what a caller asks for, [`Page`] what is read of the list, and
//! [`Paged`] what came of it.

mod cursor;
mod listing;
mod vouchers;

pub use cursor::{Binding, Position};
pub use listing::{Listing, Order, OrderKey, Scope};
pub use vouchers::{DEFAULT_VOUCHERS, MAX_VOUCHERS, VoucherListing};

use super::error::{Code, Error, Fault, Result};

/// Entries a page when nothing is said.
pub const DEFAULT_PAGE: u64 = 50;
/// Most entries a page.
pub const MAX_PAGE: u64 = 500;

/// How many items a page of some list may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageBounds {
    /// When the caller says nothing.
    pub default: u64,
    /// At most; more is refused.
    pub max: u64,
}

impl PageBounds {
    /// Of lists of entries.
    pub const ENTRIES: PageBounds = PageBounds { default: DEFAULT_PAGE, max: MAX_PAGE };
}

/// A page as callers ask for it (the Relay cursor specification), nothing checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PageArguments {
    /// How many from the beginning. 0 asks for an empty page, which still tells whether there is more.
    pub first: Option<i64>,
    /// Begin behind this cursor.
    pub after: Option<String>,
    /// How many from the end; 0 as with `first`.
    pub last: Option<i64>,
    /// End before this cursor.
    pub before: Option<String>,
}

/// Which part of a list is read. `P` is a place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page<P = Position> {
    /// How many items it has at most.
    pub size: u64,
    /// Taken from the end of the range instead of its beginning.
    pub from_end: bool,
    /// Begin behind this position.
    pub after: Option<P>,
    /// End before this position.
    pub before: Option<P>,
}

/// A part of a list, in the list's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// Whether there are items behind the last one.
    pub has_next: bool,
    /// Whether there are items before the first one.
    pub has_previous: bool,
}

impl PageArguments {
    /// The page that is asked for. `position` reads a cursor; it gives `None` for a text that was not made for this
    /// list with these arguments.
    pub fn page<P>(&self, bounds: PageBounds, position: impl Fn(&str) -> Option<P>) -> Result<Page<P>> {
        if self.first.is_some() && self.last.is_some() {
            let message =
                "give first or last, not both: one takes from the beginning, the other from the end";
            return Err(Error::refused(Code::InvalidPageSize, message));
        }
        let from_end = self.last.is_some();
        let (name, asked) = if from_end { ("last", self.last) } else { ("first", self.first) };
        let place = |name: &str, cursor: &Option<String>| {
            cursor.as_deref().map(|cursor| position(cursor).ok_or_else(|| foreign_cursor(name))).transpose()
        };
        Ok(Page {
            size: size(name, asked, bounds)?,
            from_end,
            after: place("after", &self.after)?,
            before: place("before", &self.before)?,
        })
    }
}

fn size(name: &str, asked: Option<i64>, bounds: PageBounds) -> Result<u64> {
    match asked.map(u64::try_from) {
        None => Ok(bounds.default),
        Some(Ok(size)) if size <= bounds.max => Ok(size),
        Some(_) => {
            let max = bounds.max;
            let message = format!("the size of a page is at most {max}; its cursor leads to the next one");
            Err(Fault::new(Code::InvalidPageSize, message).under(name).into())
        }
    }
}

fn foreign_cursor(name: &str) -> Fault {
    let message = "the cursor was not made for this list with these arguments: start from the first page, and keep \
                   system, time, filter and order the same from page to page";
    Fault::new(Code::InvalidCursor, message).under(name)
}

impl<P> Page<P> {
    /// How many items are read: one more than the page has tells whether there are more.
    pub fn limit(&self) -> u64 {
        self.size + 1
    }

    /// The page, made of what was read: at most [`Page::limit`] items, in the direction of reading, which is
    /// backwards for a page that is taken from the end.
    pub fn of<T>(&self, mut read: Vec<T>) -> Paged<T> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let more = read.len() > size;
        read.truncate(size);
        // On the side that was read towards, the item too many tells whether there are more. On the other side there
        // is at least the item that the cursor was made of.
        let (has_next, has_previous) = if self.from_end {
            read.reverse();
            (self.before.is_some(), more)
        } else {
            (more, self.after.is_some())
        };
        Paged { items: read, has_next, has_previous }
    }
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Paged { items: Vec::new(), has_next: false, has_previous: false }
    }
}

impl<T> Paged<T> {
    /// The cursor that the next page begins behind; `None` on the last page, and on a page of no items. `cursor` makes
    /// the cursor of an item.
    pub fn next_after(&self, cursor: impl FnOnce(&T) -> String) -> Option<String> {
        self.items.last().filter(|_| self.has_next).map(cursor)
    }

    /// The same page, with something else in the place of each item.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Paged<U> {
        Paged {
            items: self.items.into_iter().map(change).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const BOUNDS: PageBounds = PageBounds { default: 50, max: 500 };

    fn page(arguments: PageArguments) -> Result<Page<i64>> {
        arguments.page(BOUNDS, |cursor| cursor.parse().ok())
    }

    fn first(size: i64) -> PageArguments {
        PageArguments { first: Some(size), ..PageArguments::default() }
    }

    fn last(size: i64) -> PageArguments {
        PageArguments { last: Some(size), ..PageArguments::default() }
    }

    #[rstest]
    #[case::that_is_not_asked_for(PageArguments::default(), 50)]
    #[case::of_nothing(first(0), 0)]
    #[case::of_the_most_there_may_be(first(500), 500)]
    fn a_page_has_a_size(#[case] arguments: PageArguments, #[case] size: u64) {
        assert_eq!(page(arguments).unwrap().size, size);
    }

    #[rstest]
    fn a_size_out_of_bounds_is_refused(#[values(-1, 501, i64::MAX, i64::MIN)] size: i64) {
        let refused = page(first(size));
        assert!(matches!(refused, Err(Error::Refused(f)) if f[0].code == Code::InvalidPageSize));
    }

    /// One item more than asked for is read. Each case: the arguments, what is read, the items of the page, whether
    /// there is more behind it, and whether there is more before it.
    #[rstest]
    #[case::more_behind(first(2), &[1, 2, 3], &[1, 2], true, false)]
    #[case::the_end(PageArguments { after: cursor("0"), ..first(2) }, &[1, 2], &[1, 2], false, true)]
    #[case::none_of_some(first(0), &[1], &[], true, false)]
    #[case::none_of_none(first(0), &[], &[], false, false)]
    #[case::more_before(last(2), &[9, 8, 7], &[8, 9], false, true)]
    #[case::the_beginning(PageArguments { before: cursor("10"), ..last(2) }, &[9, 8], &[8, 9], true, false)]
    #[case::none_from_the_end(last(0), &[9], &[], false, true)]
    fn the_item_too_many_tells_that_there_are_more(
        #[case] arguments: PageArguments,
        #[case] read: &[i64],
        #[case] items: &[i64],
        #[case] has_next: bool,
        #[case] has_previous: bool,
    ) {
        let paged = page(arguments).unwrap().of(read.to_vec());
        assert_eq!((&paged.items[..], paged.has_next, paged.has_previous), (items, has_next, has_previous));
    }

    fn cursor(text: &str) -> Option<String> {
        Some(text.to_owned())
    }
}
