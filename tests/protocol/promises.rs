//! What is promised. All of it is asked of what is committed, in every state: somebody may read at any moment.

use stateright::Property;

use crate::calls::Call;
use crate::choose::new_claim;
use crate::database::{ENTRIES, ReplayState, System, Tables};
use crate::model::{ALWAYS, GATEWAYS, State, World};
use crate::rows::Ids;
use crate::transaction::{Blocked, Transaction};

pub const NONE_LOST: &str = "no entry is lost";
pub const NONE_TWOFOLD: &str = "no entry is in two states";
pub const READERS: &str = "readers with an old idea of the history are right";
pub const TOLD: &str = "a mark that somebody was told of is there";
pub const SET_ASIDE: &str = "a mark that was set aside hides nothing";
pub const LISTED: &str = "what changed after it was sent is listed";
pub const ONE_CLAIM: &str = "no unit is in two live claims";
pub const NOT_SPLIT: &str = "no claim splits a voucher";
pub const AT_MOST: &str = "nothing is marked in a newer version than was sent";
pub const NOT_LEFT: &str = "claims do not keep each other from a unit";
pub const REPLAYED: &str = "a replay that is done has taken back what was marked before it";
pub const NOT_SNATCHED: &str = "no mark is put back of what a worker has";
pub const NOT_UNDONE: &str = "no mark is put back that a person took back";
pub const NO_CIRCLE: &str = "no transactions wait for each other";

/// Not a promise: what a world must be able to come to, or its test says little.
pub const DONE: &str = "every call has been carried out";

/// Every promise.
pub fn all() -> Vec<Property<World>> {
    vec![
        always(NONE_LOST, |_, state| (0..ENTRIES).all(|at| !is_lost(&state.tables, at))),
        always(NONE_TWOFOLD, |_, state| (0..ENTRIES).all(|at| !is_twofold(&state.tables, at))),
        always(READERS, |_, state| readers_are_right(&state.tables)),
        always(TOLD, |_, state| marks(state).all(|(mark, told)| mark >= told)),
        always(SET_ASIDE, |_, State { tables, set_aside, .. }| {
            set_aside.and(|at| tables.is_unsent(at)).iter().all(|at| answer(tables, tables.system).has(at))
        }),
        always(LISTED, |_, state| (0..ENTRIES).all(|at| is_listed(&state.tables, at))),
        always(ONE_CLAIM, are_apart),
        always(NOT_SPLIT, |_, state| !state.is_split),
        always(AT_MOST, |_, state| marks(state).all(|(mark, told)| mark <= told)),
        always(NOT_LEFT, |_, state| {
            let is_claimed = state.tables.claims.iter().any(Option::is_some);
            state.open.iter().any(Option::is_some) || is_claimed || !state.is_empty_handed
        }),
        always(REPLAYED, |_, State { tables, is_to_replay, .. }| {
            let is_done = tables.replay.is_some_and(|replay| replay.state == ReplayState::Done);
            let is_left = |at: usize| tables.marks[at].is_some() && !tables.newer.has(at);
            !is_done || is_to_replay.and(is_left).is_empty()
        }),
        always(NOT_SNATCHED, |_, state| !state.is_snatched),
        always(NOT_UNDONE, |_, state| !state.is_undone),
        always(NO_CIRCLE, |world, state| !is_in_a_circle(world, state)),
        Property::sometimes(DONE, |_, state: &State| {
            let nobody = state.open.iter().all(Option::is_none);
            nobody && state.calls.iter().all(|left| *left == 0 || *left == ALWAYS)
        }),
    ]
}

fn always(name: &'static str, condition: fn(&World, &State) -> bool) -> Property<World> {
    Property::always(name, condition)
}

/// The mark of each entry, and the newest version that somebody was told is marked.
fn marks(state: &State) -> impl Iterator<Item = (Option<u8>, Option<u8>)> {
    state.tables.marks.into_iter().zip(state.told)
}

/// `store/integrity.rs: lost`, for an unsettled history too: what is taken over has its pending rows.
fn is_lost(tables: &Tables, at: usize) -> bool {
    let Some(system) = tables.system else { return false };
    let id = at as u8;
    let is_out_of_history = id < system.taken_over_to || system.end.is_some_and(|end| id >= end);
    tables.is_unsent(at) && is_out_of_history && tables.pending[at].is_none()
}

/// `store/integrity.rs: Damage::Twofold`.
fn is_twofold(tables: &Tables, at: usize) -> bool {
    tables.pending[at].is_some() && !tables.is_unsent(at)
}

/// `store/places.rs: Range::Unexported`: pending rows outside of the history, entries without a mark inside.
fn answer(tables: &Tables, system: Option<System>) -> Ids {
    let Some(system) = system else { return Ids::where_(|at| tables.stands(at)) };
    Ids::where_(|at| {
        let id = at as u8;
        let is_history =
            system.is_open() && id >= system.taken_over_to && system.end.is_none_or(|end| id < end);
        if is_history { tables.is_unsent(at) } else { tables.pending[at].is_some() }
    })
}

/// A reader may have read the system's row some steps ago: less was taken over, or the end was not settled.
fn readers_are_right(tables: &Tables) -> bool {
    let Some(now) = tables.system else { return true };
    let right = Ids::where_(|at| tables.is_unsent(at));
    (0..=now.taken_over_to).all(|taken_over_to| {
        let ends = [now.end, None];
        ends.into_iter().all(|end| answer(tables, Some(System { end, taken_over_to, ..now })) == right)
    })
}

/// `store/integrity.rs: Damage::UnlistedChange`.
fn is_listed(tables: &Tables, at: usize) -> bool {
    let is_outdated = tables.marks[at]
        .zip(tables.entries[at])
        .is_some_and(|(mark, entry)| mark < entry.version || entry.withdrawn);
    !is_outdated || tables.changed[at]
}

fn are_apart(world: &World, state: &State) -> bool {
    let claim = |at: usize| live_claim(state, at);
    let pairs = (0..ENTRIES).flat_map(|one| (0..one).map(move |other| (one, other)));
    !world.is_voucher
        || pairs
            .into_iter()
            .all(|(one, other)| claim(one).zip(claim(other)).is_none_or(|(one, other)| one == other))
}

/// The claim that has the entry, if its lease has not ended.
fn live_claim(State { tables, leases_ended, .. }: &State, at: usize) -> Option<usize> {
    let claim = usize::from(tables.pending[at]?.claim?);
    let row = tables.claims[claim]?;
    (!row.ended && row.lease >= leases_ended[claim]).then_some(claim)
}

fn is_in_a_circle(world: &World, state: &State) -> bool {
    let open = state.open.iter().flatten().count();
    let (mut waits_for, mut waiting) = ([0_u8; GATEWAYS], 0);
    for (at, wait) in waits_for.iter_mut().enumerate().take(open) {
        // Two at least must wait.
        if waiting + open - at < 2 {
            return false;
        }
        if let Err(Blocked(by)) = state.after(world, at) {
            (*wait, waiting) = (by, waiting + 1);
        }
    }
    for _ in 0..open {
        for at in 0..open {
            let next = (0..open).filter(|to| waits_for[at] & 1 << to != 0);
            waits_for[at] |= next.fold(0, |all, to| all | waits_for[to]);
        }
    }
    (0..open).any(|at| waits_for[at] & 1 << at != 0)
}

/// Notes what a transaction that is being committed has told somebody.
pub fn note(state: &mut State, world: &World, own: &Transaction) {
    let seen_before = state.tables;
    match own.call {
        Call::Mark { version, .. } => {
            for (at, current) in own.notes.current.iter().enumerate() {
                if let Some(current) = current {
                    state.told[at] = state.told[at].max(Some(version.unwrap_or(current.version)));
                }
            }
        }
        Call::Settle { claim, sent, .. } => {
            for at in sent.iter() {
                let handed_out = seen_before.claims[claim].and_then(|claim| claim.handed_out[at]);
                state.told[at] = state.told[at].max(handed_out);
            }
        }
        Call::Unmark { .. } => own.notes.held.iter().for_each(|at| {
            state.told[at] = None;
            state.set_aside.add(at);
        }),
        Call::StartReplay => {
            let is_old = |at: usize| seen_before.marks[at].is_some() && !seen_before.newer.has(at);
            state.is_to_replay = Ids::where_(is_old);
        }
        // What was marked since stays as it was told.
        Call::ReplayStep => own.notes.held.and(|at| !seen_before.newer.has(at)).iter().for_each(|at| {
            state.told[at] = None;
            state.set_aside.add(at);
        }),
        Call::PutBackStep => own.notes.held.iter().for_each(|at| {
            state.told[at] = state.told[at].max(seen_before.aside[at]);
            let is_held = live_claim(state, at).is_some();
            state.is_snatched |= is_held;
            state.is_undone |= seen_before.unmarked.has(at);
        }),
        Call::Claim => {
            let (taken, pending) = (own.notes.held, own.notes.pending);
            let is_left = |at: usize| {
                pending.has(at)
                    && !taken.has(at)
                    && seen_before.pending[at].is_some()
                    && seen_before.stands(at)
            };
            state.is_split |= world.is_voucher && !taken.is_empty() && (0..ENTRIES).any(is_left);
            state.is_empty_handed |= taken.is_empty() && new_claim(&seen_before) == Some(0);
        }
        _ => {}
    }
    let told = state.told;
    state.set_aside = state.set_aside.and(|at| told[at].is_none());
}
