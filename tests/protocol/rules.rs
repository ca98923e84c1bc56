//! The rules of the protocol. A test takes one away and sees that something promised no longer holds.

/// Which rules there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    /// Whoever marks locks the entries, and lists those that somebody else holds (`store/changes.rs: current`).
    pub markers_lock_entries: bool,
    /// Claims for a system wait for each other (`store/claims.rs: take_turn`).
    pub claims_take_turns: bool,
    /// A claim takes a unit with all of its lines or not at all (`service/claiming/search.rs: take`).
    pub claims_take_whole_units: bool,
    /// A history is settled when no older transaction that wrote entries is open (`store/takeover/settling.rs`).
    pub take_over_waits_for_older: bool,
    /// Whoever withdraws or reinstates holds the systems with open history for share.
    pub withdrawals_lock_open_systems: bool,
    /// Whoever writes pending rows of an open history holds the system alone (`store/systems.rs: make_known_alone`).
    pub ensure_holds_system_alone: bool,
    /// Whoever marks for a system with open history holds it for share (`store/systems.rs: make_known`).
    pub markers_hold_open_systems: bool,
    /// While a history has no end, a step of its take-over ends at the first free id.
    pub gaps_end_steps: bool,
    /// A mark that is deleted locks its entry first (trigger `export_marks_unmarked`).
    pub unmarks_lock_entries: bool,
    /// Settling a claim marks the version that was handed out (`service/settling.rs`).
    pub settling_marks_what_was_handed_out: bool,
    /// Marks that could not lock their entries, and whoever reinstates entries, wait for each other (`store/gate.rs:
    /// hold_off_reinstatements`). Here a mark waits as long as it takes; the store gives up after 200 ms.
    pub marks_wait_for_reinstatements: bool,
    /// For a step without gaps, an entry that somebody is changing is a gap (`store/takeover.rs: step_without_gaps`).
    pub gaps_include_locked_entries: bool,
    /// While a history has no end, no pending row is written for an entry that somebody is changing, and its unit is not
    /// claimed (`store/progress.rs: ensure`).
    pub ensure_locks_entries: bool,
    /// Settling locks pending rows after the marks, as marking does (`service/settling.rs`).
    pub settling_locks_pending_last: bool,
    /// A replay leaves a mark whose event has a higher number than any had when it was started
    /// (`store/replays/steps.rs: set_aside`).
    pub replays_leave_newer_marks: bool,
    /// A step that puts marks back takes the turn of the system's claims (`store/replays/steps.rs: put_back`).
    pub put_back_takes_turn: bool,
    /// It holds the entries, and waits for whoever is changing them.
    pub put_back_holds_entries: bool,
    /// When the marks are written it looks whether somebody un-marked their entries meanwhile.
    pub put_back_looks_again: bool,
    /// It lists the entries as changed: they may have a newer version now.
    pub put_back_lists_entries: bool,
}

impl Rules {
    /// Those of the store.
    pub const KEPT: Self = Self {
        markers_lock_entries: true,
        claims_take_turns: true,
        claims_take_whole_units: true,
        take_over_waits_for_older: true,
        withdrawals_lock_open_systems: true,
        ensure_holds_system_alone: true,
        markers_hold_open_systems: true,
        gaps_end_steps: true,
        unmarks_lock_entries: true,
        settling_marks_what_was_handed_out: true,
        marks_wait_for_reinstatements: true,
        gaps_include_locked_entries: true,
        ensure_locks_entries: true,
        settling_locks_pending_last: true,
        replays_leave_newer_marks: true,
        put_back_takes_turn: true,
        put_back_holds_entries: true,
        put_back_looks_again: true,
        put_back_lists_entries: true,
    };
}
