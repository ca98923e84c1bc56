//! What every connection tells about its page.

use async_graphql::SimpleObject;

/// Where a page begins and ends, and whether there is more.
#[derive(Clone, Debug, SimpleObject)]
pub struct PageInfo {
    /// Whether more follow. Paging backwards: whether there is anything behind `before`.
    pub has_next_page: bool,
    /// Whether there are some before. Paging forwards: whether the page began behind a cursor.
    pub has_previous_page: bool,
    /// The cursor of the first one; null on an empty page.
    pub start_cursor: Option<String>,
    /// The cursor of the last one: give it as `after` for the next page; null on an empty page.
    pub end_cursor: Option<String>,
}
