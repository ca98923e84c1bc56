//! The store keeps what is promised.

use crate::calls::Call::{
    CancelReplay, Claim, Extend, Insert, Mark, Park, Release, StartReplay, Unmark, Withdraw,
};
use crate::model::World;
use crate::rows::Ids;
use crate::worlds::{
    BOTH, ONE, PUT_BACK, REPLAY, TAKE_OVER, TWO, correct, holds, mark, mark_named, reinstate, settle,
};

/// An entry gets an id between two that are there: it was drawn before, and is committed after.
const GAP: Ids = Ids::of(0b101);

#[test]
fn an_entry_is_inserted_while_a_system_becomes_known() {
    let calls = [(Insert { id: 1 }, 1), (mark(ONE), 1), (Unmark { ids: ONE }, 1), (correct(0), 1), TAKE_OVER];
    holds("insert", World::new(GAP, &calls).three());
}

#[test]
fn entries_are_marked_and_unmarked_while_their_history_is_taken_over() {
    let calls = [(mark(BOTH), 1), (mark(TWO), 1), (Unmark { ids: ONE }, 1), TAKE_OVER];
    holds("history", World::new(BOTH, &calls).three());
}

#[test]
fn an_entry_is_withdrawn_and_reinstated_while_a_settled_history_is_taken_over() {
    let calls =
        [(Withdraw { id: 0 }, 1), (reinstate(0), 1), (Insert { id: 2 }, 1), (correct(1), 1), TAKE_OVER];
    holds("withdrawal", World::new(BOTH, &calls).settled().three());
    let calls = [(mark(BOTH), 1), (Withdraw { id: 0 }, 1), (Unmark { ids: BOTH }, 1), TAKE_OVER];
    holds("withdrawal and mark", World::new(BOTH, &calls).settled().three());
}

#[test]
fn an_entry_is_corrected_while_it_is_marked_and_unmarked() {
    // One of them names its document.
    let old = Mark { ids: ONE, version: Some(1), named: false };
    let calls = [(mark_named(ONE), 1), (old, 1), (correct(0), 2), (Unmark { ids: ONE }, 2)];
    holds("correction", World::new(ONE, &calls).taken_over(Ids::default()).three());
}

#[test]
fn an_entry_is_withdrawn_while_it_is_marked_and_unmarked() {
    let calls = [(mark(BOTH), 1), (mark(ONE), 1), (Withdraw { id: 0 }, 1), (Unmark { ids: BOTH }, 2)];
    holds("withdrawal of what is sent", World::new(BOTH, &calls).taken_over(TWO).three());
}

#[test]
fn an_entry_is_withdrawn_and_reinstated_while_it_is_unmarked() {
    let calls = [(reinstate(0), 2), (Withdraw { id: 0 }, 1), (Unmark { ids: BOTH }, 2), (correct(1), 1)];
    holds("reinstatement", World::new(BOTH, &calls).withdrawn(0).taken_over(BOTH).three());
}

#[test]
fn a_claim_is_settled_late() {
    let calls = [(Claim, 2), (settle(BOTH, false), 1), (mark(ONE), 1), (Unmark { ids: ONE }, 1)];
    let world = World::new(BOTH, &calls).voucher().taken_over(Ids::default()).leases(1).three();
    holds("late settling", world);
}

#[test]
fn a_unit_is_parked_while_its_claim_is_settled() {
    let calls = [(Claim, 1), (settle(ONE, true), 1), (Park { id: 0 }, 1), TAKE_OVER];
    holds("settling and parking", World::new(BOTH, &calls).voucher().settled().leases(1).three());
}

#[test]
fn a_claim_is_settled_in_parts_and_extended() {
    let calls = [
        (Claim, 2),
        (settle(ONE, false), 1),
        (settle(TWO, true), 1),
        (Extend { claim: 0 }, 1),
        (correct(0), 1),
    ];
    let world = World::new(BOTH, &calls).voucher().taken_over(Ids::default());
    holds("settling in parts", world.leases(2).wide());
}

#[test]
fn a_claim_is_given_back_while_lines_come_and_go() {
    let calls = [
        (Claim, 2),
        (Release { claim: 0 }, 1),
        (mark(ONE), 1),
        (Unmark { ids: ONE }, 1),
        (Insert { id: 2 }, 1),
    ];
    let world = World::new(BOTH, &calls).voucher().taken_over(Ids::default());
    holds("release", world.leases(1).wide());
}

#[test]
fn a_claim_is_refused_parked_and_corrected() {
    let calls = [(Claim, 2), (settle(ONE, true), 1), (Park { id: 1 }, 1), (correct(1), 1)];
    let world = World::new(BOTH, &calls).voucher().taken_over(Ids::default());
    holds("refusal", world.leases(1).three());
}

#[test]
fn a_line_of_a_claim_is_withdrawn_and_reinstated() {
    let calls = [(Claim, 2), (settle(TWO, true), 1), (Withdraw { id: 0 }, 1), (reinstate(0), 1)];
    let world = World::new(BOTH, &calls).voucher().taken_over(Ids::default());
    holds("a withdrawn line", world.leases(1).three());
}

#[test]
fn entries_by_themselves_are_claimed_and_corrected() {
    let calls = [(Claim, 2), (settle(BOTH, false), 1), (correct(0), 1), (correct(1), 1)];
    let world = World::new(BOTH, &calls).taken_over(Ids::default());
    holds("entries", world.leases(1).three());
}

#[test]
fn a_system_becomes_known_by_claims() {
    let calls = [(Claim, 2), (mark(TWO), 1), (Insert { id: 2 }, 1), TAKE_OVER];
    holds("claims of a new system", World::new(BOTH, &calls).voucher().wide());
    let calls = [(Claim, 2), (settle(BOTH, false), 1), (mark(ONE), 1), TAKE_OVER];
    let world = World::new(BOTH, &calls).voucher().leases(1).wide();
    holds("settling for a new system", world);
}

#[test]
fn two_claims_do_not_keep_each_other_from_a_unit() {
    let calls = [(Claim, 2)];
    holds("claims alone", World::new(BOTH, &calls).voucher().taken_over(Ids::default()).only_claims());
    holds("claims alone of a new system", World::new(BOTH, &calls).voucher().only_claims());
}

#[test]
fn an_entry_is_withdrawn_and_reinstated_while_it_is_marked() {
    let calls = [(mark(ONE), 1), (reinstate(0), 1), (Withdraw { id: 0 }, 1)];
    let world = World::new(ONE, &calls).withdrawn(0).taken_over(Ids::default());
    holds("mark and reinstatement", world.three());
    let calls = [
        (mark(ONE), 2),
        (correct(0), 1),
        (Unmark { ids: ONE }, 1),
        (Withdraw { id: 0 }, 1),
        (reinstate(0), 1),
    ];
    holds("mark, correction and reinstatement", World::new(ONE, &calls).taken_over(Ids::default()));
}

#[test]
fn an_entry_is_withdrawn_and_reinstated_while_a_system_becomes_known() {
    let calls = [
        (mark(ONE), 1),
        (Unmark { ids: ONE }, 1),
        (Withdraw { id: 0 }, 1),
        (reinstate(0), 1),
        (Insert { id: 1 }, 1),
        TAKE_OVER,
    ];
    holds("withdrawal and new system", World::new(GAP, &calls).wide());
    let calls = [(Claim, 1), (Withdraw { id: 0 }, 1), (reinstate(0), 1), (mark(TWO), 1), TAKE_OVER];
    holds("withdrawal and claim of a new system", World::new(BOTH, &calls).wide());
}

#[test]
fn a_replay_is_started_while_entries_are_marked_and_unmarked() {
    let calls = [(StartReplay, 1), REPLAY, (mark(ONE), 1), (Unmark { ids: TWO }, 1)];
    holds("start of a replay", World::new(BOTH, &calls).taken_over(BOTH).three());
    let calls = [(StartReplay, 1), REPLAY, (mark(BOTH), 1)];
    holds("start of a replay, open history", World::new(BOTH, &calls).marked(ONE).three());
}

#[test]
fn what_a_replay_takes_back_is_claimed_corrected_and_withdrawn() {
    let calls = [REPLAY, (Claim, 1), (settle(BOTH, false), 1), (correct(0), 1)];
    holds("replay and claim", World::new(BOTH, &calls).voucher().taken_over(BOTH).replaying().three());
    let calls = [REPLAY, (mark(ONE), 1), (Withdraw { id: 0 }, 1), (reinstate(0), 1)];
    holds("replay and withdrawal", World::new(BOTH, &calls).taken_over(BOTH).replaying());
}

#[test]
fn a_replay_goes_on_and_is_cancelled_while_a_history_is_taken_over() {
    let calls = [REPLAY, (mark(TWO), 1), TAKE_OVER];
    holds("replay and history", World::new(BOTH, &calls).marked(BOTH).replaying().three());
    let calls = [PUT_BACK, (mark(TWO), 1), TAKE_OVER];
    holds("cancellation and history", World::new(BOTH, &calls).settled().cancelling(BOTH).three());
}

#[test]
fn a_replay_is_cancelled_while_what_it_took_back_is_claimed_and_settled() {
    let calls = [PUT_BACK, (Claim, 1), (settle(ONE, true), 1), (mark(ONE), 1)];
    let world = World::new(BOTH, &calls).voucher().taken_over(Ids::default()).cancelling(BOTH);
    holds("cancellation and claim", world.leases(1).wide());
}

#[test]
fn a_replay_is_cancelled_while_what_it_took_back_is_marked_and_unmarked() {
    let calls = [PUT_BACK, (mark(ONE), 1), (Unmark { ids: ONE }, 1), (correct(0), 1)];
    let world = World::new(ONE, &calls).taken_over(Ids::default()).cancelling(ONE);
    holds("cancellation and un-mark", world.three());
}

#[test]
fn a_replay_is_cancelled_while_what_it_took_back_is_withdrawn_and_reinstated() {
    let calls = [PUT_BACK, (Withdraw { id: 0 }, 1), (reinstate(0), 1), (correct(1), 1)];
    let world = World::new(BOTH, &calls).taken_over(Ids::default()).cancelling(BOTH);
    holds("cancellation and withdrawal", world.three());
}

#[test]
fn a_replay_is_cancelled_while_it_runs() {
    let both = [(StartReplay, 1), REPLAY, (CancelReplay, 1), PUT_BACK];
    let calls = [&both[..], &[(mark(ONE), 1)]].concat();
    holds("a whole replay", World::new(BOTH, &calls).taken_over(BOTH).three());
    let calls = [&both[..], &[(mark(ONE), 1), (Unmark { ids: ONE }, 1), (correct(0), 1)]].concat();
    holds("a whole replay and a correction", World::new(ONE, &calls).taken_over(ONE));
    let calls = [&both[..], &[(Claim, 1), (settle(BOTH, false), 1)]].concat();
    let world = World::new(BOTH, &calls).voucher().taken_over(BOTH);
    holds("a whole replay and a claim", world.leases(1));
}
