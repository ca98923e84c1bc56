//! Lists that a command reads from their beginning to their end.

use super::Failure;
use crate::domain::page::PageArguments;

/// Reads a list page by page, each of this size. `show` asks for the page and does with its items what the command is
/// for; it gives the cursor that the next page begins behind, and `None` when there is no next page.
pub async fn read(
    size: i64,
    mut show: impl AsyncFnMut(PageArguments) -> Result<Option<String>, Failure>,
) -> Result<(), Failure> {
    let mut after = None;
    loop {
        after = show(PageArguments { first: Some(size), after, ..PageArguments::default() }).await?;
        if after.is_none() {
            return Ok(());
        }
    }
}
