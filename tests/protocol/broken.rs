//! Without one of its rules the store would not keep what is promised.

use crate::calls::Call::{Claim, Insert, Park, StartReplay, Unmark, Withdraw};
use crate::model::World;
use crate::promises::{
    AT_MOST, LISTED, NO_CIRCLE, NONE_LOST, NONE_TWOFOLD, NOT_LEFT, NOT_SNATCHED, NOT_SPLIT, NOT_UNDONE,
    ONE_CLAIM, TOLD,
};
use crate::rows::Ids;
use crate::worlds::{BOTH, ONE, PUT_BACK, REPLAY, TAKE_OVER, TWO, breaks, correct, mark, reinstate, settle};

const NOTHING: Ids = Ids::of(0);

#[test]
fn markers_that_do_not_lock_entries_lose_a_change() {
    let calls = [(mark(ONE), 1), (correct(0), 1)];
    let world = World::new(ONE, &calls).taken_over(NOTHING);
    breaks("no locked entries", LISTED, world.with(|rules| rules.markers_lock_entries = false));
}

/// Whole units see to it that no unit is in two claims. But two claims that do not wait for each other can each lock a line
/// of a voucher, and both leave it.
#[test]
fn claims_without_turns_keep_each_other_from_a_unit() {
    let world = World::new(BOTH, &[(Claim, 2)]).voucher().taken_over(NOTHING).only_claims();
    breaks("no turns", NOT_LEFT, world.with(|rules| rules.claims_take_turns = false));
}

/// A mark holds one line when the claim comes, and is rolled back.
#[test]
fn claims_of_lines_split_a_voucher() {
    let world = World::new(BOTH, &[(Claim, 2), (mark(ONE), 1)]).voucher().taken_over(NOTHING);
    let world = world.with(|rules| rules.claims_take_whole_units = false);
    breaks("lines", NOT_SPLIT, world.clone());
    breaks("lines, two claims", ONE_CLAIM, world);
    let world = World::new(BOTH, &[(Claim, 2)]).voucher().taken_over(NOTHING);
    let without = world.with(|rules| {
        rules.claims_take_whole_units = false;
        rules.claims_take_turns = false;
    });
    breaks("lines without turns", ONE_CLAIM, without);
}

#[test]
fn a_take_over_that_does_not_wait_for_older_transactions_loses_an_entry() {
    let calls = [(Insert { id: 1 }, 1), (mark(ONE), 1), TAKE_OVER];
    let world = World::new(Ids::of(0b101), &calls);
    breaks("no waiting", NONE_LOST, world.with(|rules| rules.take_over_waits_for_older = false));
}

#[test]
fn a_step_that_passes_over_free_ids_loses_an_entry() {
    let calls = [(Insert { id: 1 }, 1), (mark(ONE), 1), TAKE_OVER];
    let mut world = World::new(Ids::of(0b101), &calls);
    world.chunk = 2;
    breaks("no gaps", NONE_LOST, world.with(|rules| rules.gaps_end_steps = false));
}

#[test]
fn a_withdrawal_that_does_not_lock_open_systems_leaves_a_pending_row() {
    let calls = [(Withdraw { id: 0 }, 1), TAKE_OVER];
    let world = World::new(BOTH, &calls).settled();
    breaks(
        "no lock of systems",
        NONE_TWOFOLD,
        world.with(|rules| rules.withdrawals_lock_open_systems = false),
    );
}

#[test]
fn a_claim_that_does_not_hold_the_system_alone_makes_a_marked_entry_pending() {
    let calls = [(Claim, 1), (mark(TWO), 1)];
    let world = World::new(BOTH, &calls).settled();
    breaks("not alone", NONE_TWOFOLD, world.with(|rules| rules.ensure_holds_system_alone = false));
}

#[test]
fn markers_that_do_not_hold_an_open_system_meet_the_take_over() {
    let calls = [(mark(ONE), 1), TAKE_OVER];
    let world = World::new(BOTH, &calls).settled();
    breaks("no shared lock", NONE_TWOFOLD, world.with(|rules| rules.markers_hold_open_systems = false));
}

#[test]
fn an_unmark_that_does_not_lock_the_entry_loses_it() {
    let calls = [(Unmark { ids: ONE }, 1), (reinstate(0), 1)];
    let world = World::new(ONE, &calls).withdrawn(0).taken_over(ONE);
    breaks("no locked entry", NONE_LOST, world.with(|rules| rules.unmarks_lock_entries = false));
}

#[test]
fn settling_the_newest_version_hides_a_change() {
    let calls = [(Claim, 1), (settle(ONE, false), 1), (correct(0), 1)];
    let world = World::new(ONE, &calls).taken_over(NOTHING);
    breaks("newest", AT_MOST, world.with(|rules| rules.settling_marks_what_was_handed_out = false));
}

/// The mark cannot lock the entry, which is being reinstated: it deletes no pending row, since it sees none. The trigger of
/// the reinstatement sees no mark, and writes one.
#[test]
fn a_mark_and_a_reinstatement_do_not_see_each_other() {
    let calls = [(mark(ONE), 1), (reinstate(0), 1), (Withdraw { id: 0 }, 1)];
    let without = |world: World| world.with(|rules| rules.marks_wait_for_reinstatements = false);
    let world = World::new(ONE, &calls).withdrawn(0).taken_over(NOTHING);
    breaks("mark and reinstatement", NONE_TWOFOLD, without(world));
    let world = World::new(ONE, &calls).taken_over(NOTHING);
    breaks("mark, withdrawal and reinstatement", NONE_TWOFOLD, without(world));
}

/// The trigger of the withdrawal does not know the system, so it neither locks it nor deletes a pending row. The step that
/// takes over what has no gaps, since the withdrawal is at work, reads the entry as one that stands.
#[test]
fn a_step_without_gaps_does_not_see_an_older_withdrawal() {
    let calls = [(mark(TWO), 1), (Withdraw { id: 0 }, 1), TAKE_OVER];
    let world = World::new(BOTH, &calls);
    breaks("older withdrawal", NONE_TWOFOLD, world.with(|rules| rules.gaps_include_locked_entries = false));
}

/// The same with a reinstatement: the step passes over the entry as one that is withdrawn. Nobody gives it a pending row.
#[test]
fn a_step_without_gaps_loses_what_an_older_transaction_reinstates() {
    let calls = [(mark(TWO), 1), (reinstate(0), 1), TAKE_OVER];
    let world = World::new(BOTH, &calls).withdrawn(0);
    breaks("older reinstatement", NONE_LOST, world.with(|rules| rules.gaps_include_locked_entries = false));
}

/// A claim, or whatever else writes pending rows for a system that becomes known by it, overlaps a withdrawal that does not
/// know the system. The claim hands out the entry, and the pending row stays.
#[test]
fn a_claim_for_a_new_system_does_not_see_a_withdrawal() {
    for call in [Claim, Park { id: 0 }] {
        let world = World::new(BOTH, &[(call, 1), (Withdraw { id: 0 }, 1)]);
        breaks("new system", NONE_TWOFOLD, world.with(|rules| rules.ensure_locks_entries = false));
    }
}

/// Nothing is lost: PostgreSQL rolls one of them back after a second, and it is carried out again.
#[test]
fn settling_that_locks_pending_rows_before_marks_waits_in_a_circle() {
    let calls = [(Claim, 1), (settle(BOTH, false), 1), (mark(ONE), 1)];
    let world = World::new(BOTH, &calls).voucher().taken_over(NOTHING);
    breaks("pending rows first", NO_CIRCLE, world.with(|rules| rules.settling_locks_pending_last = false));
}

/// The clock of the gateway that marks is late: its mark has a time of the replay's range.
#[test]
fn a_replay_by_time_alone_takes_back_what_is_marked_while_it_runs() {
    let calls = [(StartReplay, 1), REPLAY, (mark(ONE), 1)];
    let world = World::new(BOTH, &calls).taken_over(BOTH);
    breaks("newer marks", TOLD, world.with(|rules| rules.replays_leave_newer_marks = false));
}

/// The entry is claimed between the look and the mark.
#[test]
fn a_mark_that_is_put_back_out_of_turn_is_of_what_a_worker_has() {
    let world = World::new(ONE, &[PUT_BACK, (Claim, 1)]).taken_over(NOTHING).cancelling(ONE);
    breaks("out of turn", NOT_SNATCHED, world.with(|rules| rules.put_back_takes_turn = false));
}

/// The trigger of the reinstatement sees no mark, and the step no pending row.
#[test]
fn a_mark_that_is_put_back_meets_a_reinstatement() {
    let world = World::new(ONE, &[PUT_BACK, (reinstate(0), 1)]).withdrawn(0);
    let world = world.taken_over(NOTHING).cancelling(ONE);
    breaks("entries not held", NONE_TWOFOLD, world.with(|rules| rules.put_back_holds_entries = false));
}

/// The entry is marked and un-marked between the look and the mark.
#[test]
fn a_step_that_looks_once_puts_back_what_a_person_took_back() {
    let calls = [PUT_BACK, (mark(ONE), 1), (Unmark { ids: ONE }, 1)];
    let world = World::new(ONE, &calls).taken_over(NOTHING).cancelling(ONE);
    breaks("one look", NOT_UNDONE, world.with(|rules| rules.put_back_looks_again = false));
}

#[test]
fn a_mark_that_is_put_back_hides_a_change() {
    let world = World::new(ONE, &[PUT_BACK, (correct(0), 1)]).taken_over(NOTHING).cancelling(ONE);
    breaks("not listed", LISTED, world.with(|rules| rules.put_back_lists_entries = false));
}
