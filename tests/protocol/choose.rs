//! Which statements a transaction sends, and which rows each is to touch: this is what its snapshot decides.

use crate::calls::Call;
use crate::database::{CLAIMS, ENTRIES, Progress, ReplayState, Tables};
use crate::rows::{Ids, Row, Rows};
use crate::statements::Statement::{self, *};
use crate::transaction::{Known, Run};

/// Whether a statement applies to what the transaction has seen. It is asked before each statement.
pub fn applies(run: &Run<'_>, statement: Statement) -> bool {
    let (rules, notes, call) = (&run.world.rules, &run.own.notes, run.own.call);
    let is_open = matches!(notes.known, Known::Open | Known::Unsettled);
    let settles = matches!(call, Call::Settle { .. });
    match statement {
        CurrentOthers => ids(run).iter().any(|at| notes.current[at].is_none()),
        AwaitReinstatements => {
            let is_free = |at: usize| notes.current[at].is_some_and(|current| !current.is_locked);
            rules.marks_wait_for_reinstatements && (0..ENTRIES).any(is_free)
        }
        InsertSystem | NamedAgain => notes.known == Known::Missing,
        PassGate | LockSystem => is_open && (rules.markers_hold_open_systems || call.writes_pending()),
        LockReplaced => matches!(call, Call::Mark { named: true, .. }),
        TellMarked => run.state.is_replay_numbered,
        MoveAside => rows(run, statement).len() > 0,
        InsertTurn | LockTurn if call == Call::PutBackStep => rules.put_back_takes_turn,
        InsertTurn | LockTurn => rules.claims_take_turns,
        HoldEntries => rules.put_back_holds_entries,
        LookAgain => rules.put_back_looks_again,
        List => call != Call::PutBackStep || rules.put_back_lists_entries,
        LapsedLockLines | LapsedCount => notes.lapsed.is_some(),
        GiveBack => !notes.held.is_empty(),
        EndLapsed => notes.lapsed.is_some() && notes.is_so,
        LinesOf => call != Call::Claim || rules.claims_take_whole_units,
        EnsureLock => notes.known == Known::Unsettled && rules.ensure_locks_entries,
        Ensure => is_open,
        Make | TakeLines => !notes.held.is_empty(),
        LockHeldFirst => !settles || !rules.settling_locks_pending_last,
        LockHeldLast => rules.settling_locks_pending_last,
        Fail => matches!(call, Call::Settle { refused: true, .. }),
        End => match call {
            Call::Settle { sent, refused, .. } => refused || notes.held.and(|at| !sent.has(at)).is_empty(),
            _ => true,
        },
        MendedLook => matches!(call, Call::Replace { changes: true, .. }),
        MendedFree => notes.is_so,
        WithdrawnLockSystems => rules.withdrawals_lock_open_systems && changes_standing(run, call),
        UnmarkedLockEntries => rules.unmarks_lock_entries,
        ReinstatedAwaitMarks => rules.marks_wait_for_reinstatements && changes_standing(run, call),
        ReinstatedBecomePending => changes_standing(run, call),
        AloneCloseGate | AloneLockAgain => notes.known == Known::NotRead,
        SetNumber => {
            notes.known == Known::Unsettled && run.seen().system.is_some_and(|system| !system.is_numbered)
        }
        // The step that notes its number ends with that.
        AtWork | SetEnd => notes.known == Known::Unsettled && !run.own.written.has(Row::System),
        ChunkEnd => notes.known == Known::Open,
        NextIds => !rules.gaps_include_locked_entries,
        NextLocked => rules.gaps_include_locked_entries,
        Fill | SetTakenOver => call == Call::StepWithoutGaps || notes.known == Known::Open,
        _ => true,
    }
}

/// Whether the change withdraws or reinstates its entry.
fn changes_standing(run: &Run<'_>, call: Call) -> bool {
    let seen = run.seen();
    call.ids().iter().any(|at| seen.stands(at) != run.state.tables.stands(at))
}

/// The rows that the statement is to touch.
pub fn rows(run: &Run<'_>, statement: Statement) -> Rows {
    let (seen, notes, call) = (run.seen(), &run.own.notes, run.own.call);
    let (ids, held) = (ids(run), notes.held);
    // What is put back is chosen before.
    let marked = || if call == Call::PutBackStep { held } else { ids.and(|at| notes.current[at].is_some()) };
    let claimed = |claim: Option<usize>| claim.and_then(|claim| seen.claims[claim]);
    let lines_of_claim = |claim: Option<usize>| {
        Ids::where_(|at| claimed(claim).is_some_and(|claim| claim.handed_out[at].is_some()))
    };
    let pending = |ids: Ids| ids.and(|at| seen.pending[at].is_some()).rows(Row::Pending);
    let changed = |ids: Ids| ids.and(|at| seen.changed[at]).rows(Row::Changed);
    match statement {
        CurrentLocked | LockEntry => ids.and(|at| seen.entries[at].is_some()).rows(Row::Entry),
        InsertEntry | UpdateEntry | WithdrawEntry => ids.rows(Row::Entry),
        AwaitReinstatements | ReinstatedAwaitMarks => Rows::one(Row::Reinstating),
        InsertSystem | SetNumber | SetEnd | SetTakenOver => Rows::one(Row::System),
        LockSystem | AloneLock | AloneLockAgain => Rows::one_if(Row::System, seen.system.is_some()),
        AdvanceFrom => {
            let Call::PassMarked { after } = call else { return Rows::default() };
            let is_there = seen.system.is_some_and(|system| system.taken_over_to == after);
            Rows::one_if(Row::System, is_there && notes.end > after)
        }
        WithdrawnLockSystems => Rows::one_if(Row::System, seen.system.is_some_and(|system| system.is_open())),
        PassGate | AloneCloseGate => Rows::one(Row::Gate),
        Upsert => marked().rows(Row::Mark),
        List => marked().and(|at| may_be_outdated(run, at)).rows(Row::Changed),
        Unlist => changed(marked().and(|at| notes.again.has(at) && !may_be_outdated(run, at))),
        DeletePending => pending(marked()),
        TellMarked => marked().rows(Row::Mark),
        LockMarks | LockReplaced => ids.and(|at| seen.marks[at].is_some()).rows(Row::Mark),
        MoveAside if call == Call::ReplayStep => held.rows(Row::Aside),
        // Only what a replay took back before asks who did it last.
        MoveAside => held.and(|at| seen.aside[at].is_some()).rows(Row::Unmarked),
        DeleteMarks => held.rows(Row::Mark),
        UnmarkedLockEntries => held.rows(Row::Entry),
        UnmarkedBecomePending => held.and(|at| seen.system.is_some() && seen.stands(at)).rows(Row::Pending),
        UnmarkedUnlist => changed(held),
        BecomePending => ids.and(|_| seen.system.is_some()).rows(Row::Pending),
        ChangedList => {
            let before = |at: usize| run.state.tables.entries[at];
            let is_new = |at: usize| {
                seen.entries[at].map(|entry| entry.version) > before(at).map(|entry| entry.version)
                    || (run.state.tables.stands(at) && !seen.stands(at))
            };
            ids.and(|at| is_new(at) && seen.marks[at].is_some()).rows(Row::Changed)
        }
        MendedFree => {
            let unit = Ids::where_(|at| ids.has(at) || ids.iter().any(|of| is_line_of(run, &seen, at, of)));
            unit.and(|at| is_mendable(&seen, at)).rows(Row::Pending)
        }
        WithdrawnDeletePending => pending(ids),
        ReinstatedBecomePending => {
            ids.and(|at| seen.system.is_some() && seen.marks[at].is_none()).rows(Row::Pending)
        }
        InsertTurn | LockTurn => Rows::one(Row::Turn),
        LapsedLock => (0..CLAIMS)
            .filter(|at| is_lapsed(run, &seen, *at))
            .fold(Rows::default(), |rows, at| with(rows, Row::Claim(at))),
        LapsedLockLines => pending(lines_of_claim(notes.lapsed.map(usize::from))),
        GiveBack | TakeLines | Park => held.rows(Row::Pending),
        Fail => held.and(|at| !ids.has(at)).rows(Row::Pending),
        EndLapsed => notes.lapsed.map(|claim| Rows::one(Row::Claim(claim.into()))).unwrap_or_default(),
        EnsureLock => notes.lines.rows(Row::Entry),
        Ensure => notes.lines.and(|at| seen.is_unsent(at) && !notes.busy.has(at)).rows(Row::Pending),
        LockFree | LockPending => pending(notes.lines),
        Make => new_claim(&seen).map(|claim| Rows::one(Row::Claim(claim))).unwrap_or_default(),
        FindClaim | End | Extend => {
            call.claim().map(|claim| Rows::one(Row::Claim(claim))).unwrap_or_default()
        }
        LockHeldFirst | LockHeldLast => pending(lines_of_claim(call.claim())),
        NextLocked => next_ids(run, &seen).rows(Row::Entry),
        Fill => {
            let from = seen.system.map_or(0, |system| system.taken_over_to);
            let chunk = Ids::where_(|at| (from..notes.end).contains(&(at as u8)));
            chunk.and(|at| seen.is_unsent(at)).rows(Row::Pending)
        }
        InsertReplay | SetCancelling | PassMarks | PassAside => Rows::one(Row::Replay),
        AwaitReplay | LockReplay => Rows::one_if(Row::Replay, seen.replay.is_some()),
        HoldEntries => notes.lines.rows(Row::Entry),
        PutBack => held.rows(Row::Mark),
        LookAgain => held.and(|at| seen.unmarked.has(at)).rows(Row::Mark),
        DeleteAside => held.rows(Row::Aside),
        LastEvent | NextMarks | NextAside | LookBack | CurrentOthers | Named | NamedAgain | MendedLook
        | LapsedCount | FindFree | LinesOf | PendingOf | NextIds | ChunkEnd | FirstUnmarked | AtWork
        | Commit => Rows::default(),
    }
}

/// Whether the rows are chosen by other tables than the one that is written, so that these may change before the statement
/// comes to its rows. A statement that takes one row by its key has the same result as one that begins when it comes to it.
pub fn chooses_by_other_tables(statement: Statement) -> bool {
    matches!(statement, BecomePending | ReinstatedBecomePending | ChangedList | Ensure | Fill)
}

/// Whether the transaction has nothing to wait for: it has locked the rows before, or they are its own.
pub fn is_undisturbed(statement: Statement) -> bool {
    matches!(
        statement,
        DeleteMarks | GiveBack | TakeLines | Fail | Park | TellMarked | MoveAside | LookAgain | DeleteAside
    )
}

/// Whether the rows are named by the call, and not chosen from a snapshot.
pub fn names_its_rows(statement: Statement) -> bool {
    matches!(statement, Upsert | List | PutBack)
}

/// Whether the statement locks, changes or deletes rows; else it inserts them.
pub fn takes_rows_that_are_there(statement: Statement) -> bool {
    !names_its_rows(statement) && !chooses_by_other_tables(statement) && statement != UnmarkedBecomePending
}

/// The entries that the call is about; of what a claim has sent, those that it handed out; of a replay, those whose marks come
/// next.
pub fn ids(run: &Run<'_>) -> Ids {
    let (claim, sent) = match run.own.call {
        Call::Settle { claim, sent, .. } => (claim, sent),
        Call::ReplayStep => return run.own.notes.lines,
        call => return call.ids(),
    };
    sent.and(|at| run.state.tables.claims[claim].is_some_and(|claim| claim.handed_out[at].is_some()))
}

fn with(mut rows: Rows, row: Row) -> Rows {
    rows.add(row);
    rows
}

/// The version that the mark is of.
pub fn version(run: &Run<'_>, at: usize) -> Option<u8> {
    let current = run.own.notes.current[at]?;
    match run.own.call {
        Call::Mark { version, .. } => Some(version.unwrap_or(current.version)),
        Call::Settle { claim, .. } => {
            let handed_out = run.state.tables.claims[claim]?.handed_out[at]?;
            let sent =
                if run.world.rules.settling_marks_what_was_handed_out { handed_out } else { current.version };
            Some(sent.min(current.version))
        }
        _ => None,
    }
}

/// Whether the entry may have another version than the one that is marked, or be withdrawn.
fn may_be_outdated(run: &Run<'_>, at: usize) -> bool {
    if run.own.call == Call::PutBackStep {
        return true;
    }
    let (notes, version) = (&run.own.notes, version(run, at));
    notes.current[at].is_some_and(|current| current.may_change || version < Some(current.version))
        || notes.known == Known::Unsettled
}

/// Whether the claim has a lease that has ended, and was not seen to hold nothing any more.
pub fn is_lapsed(run: &Run<'_>, seen: &Tables, at: usize) -> bool {
    seen.claims[at].is_some_and(|claim| !claim.ended && run.has_lapsed(at, &claim))
}

/// `migrations/src/m0002_export_tracking/progress.rs: MENDABLE`. Nothing is parked after too many attempts here.
pub fn is_mendable(seen: &Tables, at: usize) -> bool {
    seen.pending[at].is_some_and(|row| row.progress == Progress::Failed)
}

/// `store/units.rs: lines_of`: whether the line stands and is of the entry's unit.
pub fn is_line_of(run: &Run<'_>, seen: &Tables, line: usize, of: usize) -> bool {
    seen.stands(line) && (line == of || run.world.is_voucher)
}

/// The place of the next claim.
pub fn new_claim(seen: &Tables) -> Option<usize> {
    (0..CLAIMS).find(|at| seen.claims[*at].is_none())
}

/// Whether a step of the replay in this state has come to it.
pub fn is_at_work(seen: &Tables, call: Call) -> bool {
    let state = if call == Call::PutBackStep { ReplayState::Cancelling } else { ReplayState::Running };
    seen.replay.is_some_and(|replay| replay.state == state)
}

/// The entries that a step of the replay comes to next: of these, as many as a chunk has.
pub fn next_of_replay(run: &Run<'_>, seen: &Tables, of: impl Fn(usize) -> bool) -> Ids {
    let from = seen.replay.map_or(0, |replay| replay.passed.into());
    let mut ids = Ids::default();
    (from..ENTRIES).filter(|at| of(*at)).take(run.world.chunk).for_each(|at| ids.add(at));
    ids
}

/// The next entries after what is taken over, as many as a chunk has.
pub fn next_ids(run: &Run<'_>, seen: &Tables) -> Ids {
    let from = seen.system.map_or(0, |system| system.taken_over_to.into());
    let mut ids = Ids::default();
    let next = (from..seen.entries.len()).filter(|at| seen.entries[*at].is_some());
    next.take(run.world.chunk).for_each(|at| ids.add(at));
    ids
}
