//! What every connection tells about its page.

use async_graphql::SimpleObject;

/// Where a page of a list begins and ends, and whether the list goes on before and after it.
#[derive(Clone, Debug, SimpleObject)]
pub struct PageInfo {
    /// Whether there are items after this page. When you page backwards (`last`), it says whether `before` was given.
    pub has_next_page: bool,
    /// Whether there are items before this page. When you page forwards (`first`), it says whether `after` was given.
    pub has_previous_page: bool,
    /// The cursor of the first item on this page: give it as `before` to read the page before. Null on an empty page.
    pub start_cursor: Option<String>,
    /// The cursor of the last item on this page: give it as `after` to read the next page. Null on an empty page.
    pub end_cursor: Option<String>,
}
