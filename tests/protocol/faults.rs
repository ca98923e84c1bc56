//! Where the store does not keep what is promised, and nothing is lost by it.

use crate::model::World;
use crate::promises::NO_CIRCLE;
use crate::worlds::{BOTH, TWO, breaks, mark, mark_named};

/// A mark that names a document locks the marks that there are before it writes those that there are not, and so not in the
/// order of their ids. PostgreSQL rolls one of two such calls back after a second, and it is carried out again. One more
/// statement for every mark would mend it.
#[test]
fn marks_with_documents_lock_marks_out_of_order() {
    let world = World::new(BOTH, &[(mark_named(BOTH), 1), (mark(BOTH), 1)]).taken_over(TWO);
    breaks("marking with documents", NO_CIRCLE, world);
}
