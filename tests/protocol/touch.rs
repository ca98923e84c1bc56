//! What a statement does to each of its rows.

use crate::calls::Call;
use crate::choose::{is_at_work, is_lapsed, is_mendable, version};
use crate::database::{CLAIMS, Claim, ENTRIES, Entry, Pending, Progress, Replay, ReplayState, System};
use crate::rows::Row;
use crate::statements::Statement::{self, *};
use crate::transaction::{Blocked, Current, Hold, Run};

/// The statement comes to one of its rows.
pub fn touch(run: &mut Run<'_>, statement: Statement, row: Row) -> Result<(), Blocked> {
    let (rules, call) = (run.world.rules, run.own.call);
    let at = row.at();
    match statement {
        CurrentLocked => {
            // Without the rule: a plain read.
            let is_locked = rules.markers_lock_entries && run.lock(row, Hold::Shared).is_ok();
            if is_locked || !rules.markers_lock_entries {
                let entry = run.seen().entries[at];
                run.own.notes.current[at] = entry.map(|Entry { version, withdrawn }| Current {
                    version,
                    may_change: withdrawn,
                    is_locked,
                });
            }
        }
        PassGate | LockSystem => {
            let hold = match call.writes_pending() && rules.ensure_holds_system_alone {
                true => Hold::Alone,
                false => Hold::Shared,
            };
            run.lock(row, hold)?;
        }
        WithdrawnLockSystems => {
            if run.seen().system.is_some_and(|system| system.is_open()) {
                run.lock(row, Hold::Shared)?;
            }
        }
        ReinstatedAwaitMarks | UnmarkedLockEntries | HoldEntries => run.lock(row, Hold::Shared)?,
        LockReplaced | LockEntry | LockTurn | FindClaim | AloneCloseGate | AwaitReinstatements
        | AwaitReplay => {
            run.lock(row, Hold::Alone)?;
        }
        InsertSystem => {
            let _ = run.insert(row, |seen| seen.system = Some(System::default()))?;
        }
        Upsert => {
            let version = version(run, at);
            if !run.insert(row, |seen| seen.marks[at] = version)? {
                run.write(row, |seen| seen.marks[at] = seen.marks[at].max(version))?;
                run.own.notes.again.add(at);
            }
        }
        List | ChangedList => {
            let _ = run.insert(row, |seen| seen.changed[at] = true)?;
        }
        Unlist | UnmarkedUnlist => run.write(row, |seen| seen.changed[at] = false)?,
        DeletePending | WithdrawnDeletePending => run.write(row, |seen| seen.pending[at] = None)?,
        TellMarked => run.write(row, |seen| seen.newer.add(at))?,
        LockMarks => {
            run.lock(row, Hold::Alone)?;
            let seen = run.seen();
            let is_left = call == Call::ReplayStep && rules.replays_leave_newer_marks && seen.newer.has(at);
            if seen.has(row) && !is_left {
                run.own.notes.held.add(at);
            }
        }
        MoveAside => match row {
            Row::Aside(_) => run.write(row, |seen| seen.aside[at] = seen.marks[at])?,
            _ => run.write(row, |seen| seen.unmarked.add(at))?,
        },
        DeleteMarks => take_mark(run, row)?,
        InsertEntry => {
            let new = Entry { version: 1, withdrawn: false };
            let _ = run.insert(row, |seen| seen.entries[at] = Some(new))?;
        }
        BecomePending | ReinstatedBecomePending | UnmarkedBecomePending | Ensure => {
            let _ = run.insert(row, |seen| seen.pending[at] = Some(Pending::default()))?;
        }
        Fill => {
            let is_new = run.insert(row, |seen| seen.pending[at] = Some(Pending::default()))?;
            run.own.notes.filled |= is_new;
        }
        UpdateEntry => {
            let Call::Replace { changes, .. } = call else { return Ok(()) };
            let new = |entry: Entry| Entry { version: entry.version + u8::from(changes), withdrawn: false };
            run.write(row, |seen| seen.entries[at] = seen.entries[at].map(new))?;
        }
        WithdrawEntry => {
            let new = |entry| Entry { withdrawn: true, ..entry };
            run.write(row, |seen| seen.entries[at] = seen.entries[at].map(new))?;
        }
        MendedFree => {
            run.lock(row, Hold::Alone)?;
            if is_mendable(&run.seen(), at) {
                run.write(row, |seen| seen.pending[at] = Some(Pending::default()))?;
            }
        }
        InsertTurn => {
            let _ = run.insert(row, |seen| seen.turn = true)?;
        }
        LapsedLock => {
            let is_locked = run.own.notes.lapsed.is_none() && run.lock(row, Hold::Alone).is_ok();
            if is_locked && is_lapsed(run, &run.seen(), at) {
                run.own.notes.lapsed = Some(at as u8);
            }
        }
        LapsedLockLines | LockFree => {
            let claim = run.own.notes.lapsed.map(usize::from);
            if run.lock(row, Hold::Alone).is_ok()
                && let Some(pending) = run.seen().pending[at]
            {
                let is_ours = match statement {
                    LockFree => pending.is_free(),
                    _ => claim.is_some_and(|claim| pending.is_held_by(claim)),
                };
                if is_ours {
                    run.own.notes.held.add(at);
                }
            }
        }
        LockHeldFirst | LockHeldLast | LockPending => {
            run.lock(row, Hold::Alone)?;
            let is_ours = |row: Pending| call.claim().is_none_or(|claim| row.is_held_by(claim));
            if run.seen().pending[at].is_some_and(is_ours) {
                run.own.notes.held.add(at);
            }
        }
        GiveBack => {
            run.write(row, |seen| seen.pending[at] = seen.pending[at].map(Pending::given_back))?;
        }
        EndLapsed | End => {
            let ended = |claim| Claim { ended: true, ..claim };
            run.write(row, |seen| seen.claims[at] = seen.claims[at].map(ended))?;
        }
        Extend => {
            let extended = |claim: Claim| Claim { lease: claim.lease + 1, ..claim };
            run.write(row, |seen| seen.claims[at] = seen.claims[at].map(extended))?;
        }
        EnsureLock => {
            if run.lock(row, Hold::Shared).is_err() {
                run.own.notes.busy.add(at);
            }
        }
        Make => {
            let (lines, seen) = (run.own.notes.held, run.seen());
            let version = |at: usize| seen.entries[at].filter(|_| lines.has(at)).map(|entry| entry.version);
            let claim = Claim { handed_out: std::array::from_fn(version), ..Claim::default() };
            let _ = run.insert(row, |seen| seen.claims[at] = Some(claim))?;
        }
        TakeLines => {
            let is_new = |claim: &usize| {
                run.own.written.has(Row::Claim(*claim)) && run.state.tables.claims[*claim].is_none()
            };
            let made = (0..CLAIMS).find(is_new).map(|claim| claim as u8);
            let taken = |row| Pending { progress: Progress::Claimed, claim: made, ..row };
            run.write(row, |seen| seen.pending[at] = seen.pending[at].map(taken))?;
        }
        Fail => {
            let failed = Pending { progress: Progress::Failed, claim: None, has_failure: true };
            run.write(row, |seen| seen.pending[at] = Some(failed))?;
        }
        Park => {
            let parked = |row| Pending { progress: Progress::Parked, claim: None, ..row };
            run.write(row, |seen| seen.pending[at] = seen.pending[at].map(parked))?;
        }
        AloneLock | AloneLockAgain => {
            if run.lock(row, Hold::Alone).is_ok() {
                run.own.notes.known = run.known();
                run.take_number();
            }
        }
        NextLocked => {
            if run.lock(row, Hold::Shared).is_ok() {
                run.own.notes.lines.add(at);
            }
        }
        SetNumber => {
            run.write(row, |seen| seen.system = seen.system.map(|row| System { is_numbered: true, ..row }))?;
        }
        SetEnd => {
            let highest = |entries: &[Option<Entry>; ENTRIES]| entries.iter().rposition(Option::is_some);
            run.write(row, |seen| {
                let end = Some(highest(&seen.entries).map_or(0, |at| at as u8 + 1));
                seen.system = seen.system.map(|row| System { end, ..row });
            })?;
        }
        SetTakenOver => {
            let end = run.own.notes.end;
            run.write(row, |seen| seen.system = seen.system.map(|row| System { taken_over_to: end, ..row }))?;
        }
        AdvanceFrom => {
            let (Call::PassMarked { after }, end) = (call, run.own.notes.end) else { return Ok(()) };
            run.lock(row, Hold::Alone)?;
            if run.seen().system.is_some_and(|system| system.taken_over_to == after) {
                let advanced = |row| System { taken_over_to: end, ..row };
                run.write(row, |seen| seen.system = seen.system.map(advanced))?;
            }
        }
        InsertReplay => {
            let _ = run.insert(row, |seen| seen.replay = Some(Replay::default()))?;
        }
        SetCancelling => {
            let cancelled = Replay { state: ReplayState::Cancelling, passed: 0 };
            run.write(row, |seen| seen.replay = Some(cancelled))?;
        }
        LockReplay => {
            run.own.notes.is_so = run.lock(row, Hold::Alone).is_ok() && is_at_work(&run.seen(), call);
        }
        PassMarks | PassAside => {
            let (end, ids) = (run.own.notes.end, run.own.notes.lines);
            let last = if statement == PassMarks { ReplayState::Done } else { ReplayState::Cancelled };
            let goes_on = ids.iter().count() == run.world.chunk;
            let passed = |replay: Replay| match goes_on {
                true => Replay { passed: end, ..replay },
                false => Replay { state: last, passed: 0 },
            };
            run.write(row, |seen| seen.replay = seen.replay.map(passed))?;
        }
        PutBack => {
            let version = run.seen().aside[at];
            if !run.insert(row, |seen| seen.marks[at] = version)? {
                run.own.notes.held.remove(at);
            }
        }
        // The trigger finds the pending row that the un-mark has left.
        LookAgain => {
            take_mark(run, row)?;
            run.own.notes.held.remove(at);
        }
        DeleteAside => run.write(row, |seen| seen.aside[at] = None)?,
        LastEvent | NextMarks | NextAside | LookBack | CurrentOthers | Named | NamedAgain | MendedLook
        | LapsedCount | FindFree | LinesOf | PendingOf | NextIds | ChunkEnd | FirstUnmarked | AtWork
        | Commit => {}
    }
    Ok(())
}

fn take_mark(run: &mut Run<'_>, row: Row) -> Result<(), Blocked> {
    let at = row.at();
    run.write(row, |seen| {
        seen.marks[at] = None;
        seen.newer.remove(at);
    })
}
