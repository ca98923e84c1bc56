//! What a transaction has learned when a statement has come to all of its rows.

use crate::calls::Call;
use crate::choose::{ids, is_line_of, is_mendable, next_ids, next_of_replay};
use crate::database::{ENTRIES, Entry, Pending, Progress, ReplayState, Tables};
use crate::rows::Ids;
use crate::statements::Statement::{self, *};
use crate::transaction::{Current, Known, Run, Transaction};

/// What comes after a statement.
pub enum Next {
    /// The next statement.
    GoOn,
    /// The transaction is committed or rolled back, and the gateway may go on with another one.
    End { commit: bool, then: Option<Call> },
}

const ROLLBACK: Next = Next::End { commit: false, then: None };

/// The statement has come to all of its rows, or had none.
pub fn finish(run: &mut Run<'_>, statement: Statement) -> Next {
    let (seen, call, known) = (run.seen(), run.own.call, run.known());
    let system = seen.system.unwrap_or_default();
    let notes = &run.own.notes;
    match statement {
        CurrentOthers => {
            let others = ids(run).and(|at| notes.current[at].is_none());
            for at in others.iter() {
                let current = |Entry { version, .. }| Current { version, may_change: true, is_locked: false };
                run.own.notes.current[at] = seen.entries[at].map(current);
            }
        }
        Named | NamedAgain | LockSystem => {
            if known == Known::Missing && matches!(call, Call::Unmark { .. }) {
                return ROLLBACK;
            }
            run.own.notes.known = known;
        }
        LockMarks if notes.held.is_empty() && call != Call::ReplayStep => return ROLLBACK,
        LockPending if notes.held.is_empty() => return ROLLBACK,
        LockEntry => {
            let withdraws = matches!(call, Call::Withdraw { .. });
            let is_due = |at: usize| !withdraws || seen.stands(at);
            if !call.ids().iter().all(|at| seen.entries[at].is_some() && is_due(at)) {
                return ROLLBACK;
            }
        }
        LastEvent => run.state.is_replay_numbered = true,
        AwaitReplay => {
            let may_be_cancelled = |state| matches!(state, ReplayState::Running | ReplayState::Done);
            if !seen.replay.is_some_and(|replay| may_be_cancelled(replay.state)) {
                return ROLLBACK;
            }
        }
        LockReplay if !notes.is_so => return ROLLBACK,
        NextMarks | NextAside => {
            let is_next = |at: usize| match statement {
                NextMarks => seen.marks[at].is_some(),
                _ => seen.aside[at].is_some(),
            };
            let next = next_of_replay(run, &seen, is_next);
            let end = next.iter().last().map_or(0, |at| at as u8 + 1);
            (run.own.notes.lines, run.own.notes.end) = (next, end);
        }
        LookBack => {
            let is_touched = |at: usize| seen.marks[at].is_some() || seen.unmarked.has(at);
            let is_free = |at: usize| !is_touched(at) && !is_claimed(run, &seen, at);
            run.own.notes.held = notes.lines.and(is_free);
        }
        MendedLook => run.own.notes.is_so = call.ids().iter().any(|at| is_mendable(&seen, at)),
        LapsedCount => {
            let claim = notes.lapsed.map(usize::from);
            let held =
                |at: usize| seen.pending[at].zip(claim).is_some_and(|(row, claim)| row.is_held_by(claim));
            run.own.notes.is_so = Ids::where_(held) == notes.held;
        }
        FindFree => {
            // What a lapsed claim has, and what history without a busy row has, are found as well.
            let is_taken = |at: usize| match seen.pending[at] {
                Some(Pending { progress: Progress::Claimed, .. }) => is_claimed(run, &seen, at),
                Some(row) => !row.is_free(),
                None => false,
            };
            let is_history = |at: usize| {
                let at = at as u8;
                seen.is_unsent(at.into())
                    && at >= system.taken_over_to
                    && system.end.is_none_or(|end| at < end)
            };
            let free = Ids::where_(|at| (seen.pending[at].is_some() || is_history(at)) && !is_taken(at));
            let notes = &mut run.own.notes;
            (notes.lines, notes.held, notes.lapsed, notes.is_so) = (free, Ids::default(), None, false);
        }
        LinesOf => {
            let of = if call == Call::Claim { notes.lines } else { call.ids() };
            run.own.notes.lines = Ids::where_(|at| of.iter().any(|of| is_line_of(run, &seen, at, of)));
        }
        PendingOf => run.own.notes.pending = notes.lines.and(|at| seen.pending[at].is_some()),
        LockFree if run.world.rules.claims_take_whole_units => {
            // Each line that has a pending row must be locked and free, and none may be in somebody else's hands.
            let is_kept =
                |line: usize| notes.pending.has(line) && !notes.held.has(line) || notes.busy.has(line);
            let is_whole = |at: usize| {
                let unit = Ids::where_(|line| line == at || run.world.is_voucher);
                !unit.iter().any(is_kept)
            };
            run.own.notes.held = notes.held.and(is_whole);
        }
        FindClaim => {
            let live = |at: usize| seen.claims[at].is_some_and(|row| !row.ended && !run.has_lapsed(at, &row));
            run.own.notes.is_so = call.claim().is_some_and(live);
        }
        LockHeldFirst if !matches!(call, Call::Settle { .. }) && (notes.held.is_empty() || !notes.is_so) => {
            return ROLLBACK;
        }
        AloneLockAgain if notes.known == Known::NotRead => return ROLLBACK,
        AloneLock | AloneLockAgain => match (call, notes.known) {
            (_, Known::Finished) | (Call::StepWithoutGaps, Known::Open) => return ROLLBACK,
            _ => {}
        },
        AtWork => {
            let is_waited_for = run.world.rules.take_over_waits_for_older;
            let at_work = |other: &Transaction| other.is_older && other.has_written_entries();
            if is_waited_for && run.state.open.iter().flatten().any(at_work) {
                return Next::End { commit: false, then: Some(Call::StepWithoutGaps) };
            }
        }
        ChunkEnd => {
            let chunk = next_ids(run, &seen);
            let full = (chunk.iter().count() == run.world.chunk).then(|| chunk.iter().max()).flatten();
            let end = system.end.unwrap_or_default();
            run.own.notes.end = full.map_or(end, |at| end.min(at as u8 + 1));
        }
        NextIds | NextLocked => {
            let ids = if statement == NextIds { next_ids(run, &seen) } else { notes.lines };
            let after = system.taken_over_to;
            let is_next = |at: &u8| usize::from(*at) < ENTRIES && ids.has((*at).into());
            let end = match run.world.rules.gaps_end_steps {
                true => after + (after..).take_while(is_next).count() as u8,
                false => ids.iter().last().map_or(after, |at| at as u8 + 1),
            };
            if end == after {
                return ROLLBACK;
            }
            run.own.notes.end = end;
        }
        FirstUnmarked => {
            let Call::PassMarked { after } = call else { return ROLLBACK };
            let end = system.end.unwrap_or_default();
            let first = (after..end).find(|at| seen.is_unsent((*at).into()));
            run.own.notes.end = first.unwrap_or(end);
        }
        Commit => {
            // A chunk without a pending row: the step looks how much further all is marked.
            let is_empty = call == Call::TakeOver && notes.end > 0 && !notes.filled;
            let then = is_empty.then_some(Call::PassMarked { after: notes.end });
            return Next::End { commit: true, then };
        }
        _ => {}
    }
    Next::GoOn
}

/// Whether a claim has the entry whose lease has not ended.
fn is_claimed(run: &Run<'_>, seen: &Tables, at: usize) -> bool {
    let claim = seen.pending[at].and_then(|row| row.claim).map(usize::from);
    let claim = claim.and_then(|claim| Some((claim, seen.claims[claim]?)));
    claim.is_some_and(|(at, claim)| !run.has_lapsed(at, &claim))
}
