//! Where the store does not keep what is promised, and nothing is lost by it.

use crate::calls::Call::Unmark;
use crate::model::World;
use crate::promises::NO_CIRCLE;
use crate::worlds::{BOTH, ONE, REPLAY, TWO, breaks, mark, mark_named, reinstate};

/// A mark that names a document locks the marks that there are before it writes those that there are not, and so not in the
/// order of their ids. PostgreSQL rolls one of two such calls back after a second, and it is carried out again. One more
/// statement for every mark would mend it.
#[test]
fn marks_with_documents_lock_marks_out_of_order() {
    let world = World::new(BOTH, &[(mark_named(BOTH), 1), (mark(BOTH), 1)]).taken_over(TWO);
    breaks("marking with documents", NO_CIRCLE, world);
}

/// Whoever takes a mark back, a person or a replay, has the mark and waits for the entry. Whoever reinstates the entry has it and
/// waits for marks that could not lock it, and such a mark waits for the first mark. All three have to come in one moment;
/// PostgreSQL rolls one of them back after a second, and it is carried out again.
#[test]
fn what_is_taken_back_marked_and_reinstated_at_once_waits_in_a_circle() {
    let calls = [(mark(ONE), 1), (Unmark { ids: ONE }, 1), (reinstate(0), 1)];
    let world = World::new(ONE, &calls).withdrawn(0).taken_over(ONE);
    breaks("un-mark and reinstatement", NO_CIRCLE, world.three());
    let calls = [(mark(ONE), 1), REPLAY, (reinstate(0), 1)];
    let world = World::new(ONE, &calls).withdrawn(0).taken_over(ONE).replaying();
    breaks("replay and reinstatement", NO_CIRCLE, world.three());
}
