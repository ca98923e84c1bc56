//! The statements of the store and of the triggers that touch what the protocol is about. Reads that decide nothing, events
//! of the timeline and rows that nobody else comes across are left out.

/// One statement of a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Statement {
    // store/changes.rs: current
    CurrentLocked,
    CurrentOthers,
    /// Proposed: a mark of an entry that it could not lock waits for whoever reinstates entries.
    AwaitReinstatements,
    // store/systems.rs: known
    Named,
    InsertSystem,
    NamedAgain,
    PassGate,
    LockSystem,
    // store/marks.rs: write, replaced
    LockReplaced,
    Upsert,
    List,
    Unlist,
    DeletePending,
    /// The event of a mark is given its number, when the replay has been given its own.
    TellMarked,
    // store/marks/aside.rs: lock, move_aside
    LockMarks,
    MoveAside,
    DeleteMarks,
    // trigger export_marks_unmarked
    UnmarkedLockEntries,
    UnmarkedBecomePending,
    UnmarkedUnlist,
    // store/entries.rs: insert, and trigger accounting_entries_become_pending
    InsertEntry,
    BecomePending,
    // store/entries.rs: lock_by_ids, lock_by_external_ids, replace, withdraw
    LockEntry,
    UpdateEntry,
    WithdrawEntry,
    // trigger accounting_entries_changed
    ChangedList,
    // trigger accounting_entries_mended
    MendedLook,
    MendedFree,
    // trigger accounting_entries_withdrawn
    WithdrawnLockSystems,
    WithdrawnDeletePending,
    /// Proposed: whoever reinstates an entry waits for marks that could not lock their entries.
    ReinstatedAwaitMarks,
    ReinstatedBecomePending,
    // store/claims.rs: take_turn
    InsertTurn,
    LockTurn,
    // store/claims.rs: clear_lapsed; store/progress.rs: give_back
    LapsedLock,
    LapsedLockLines,
    LapsedCount,
    GiveBack,
    EndLapsed,
    // service/claiming/search.rs: due, free, take; store/progress.rs: ensure
    FindFree,
    LinesOf,
    /// Proposed: only entries that nobody is changing get their pending row here.
    EnsureLock,
    Ensure,
    PendingOf,
    LockFree,
    // store/claims.rs: make
    Make,
    TakeLines,
    // store/claims.rs: find, lock_held, end, extend; store/progress.rs: fail
    FindClaim,
    LockHeldFirst,
    /// Proposed: pending rows are locked after marks, as whoever marks does.
    LockHeldLast,
    Fail,
    End,
    Extend,
    // service/units.rs: find; store/progress.rs: park
    LockPending,
    Park,
    // store/takeover.rs
    AloneLock,
    AloneCloseGate,
    AloneLockAgain,
    NextIds,
    /// Proposed: a step without gaps ends at the first entry that somebody is changing.
    NextLocked,
    ChunkEnd,
    Fill,
    SetTakenOver,
    FirstUnmarked,
    AdvanceFrom,
    // store/takeover/settling.rs
    SetNumber,
    AtWork,
    SetEnd,
    // store/replays.rs: start, cancel
    LastEvent,
    InsertReplay,
    AwaitReplay,
    SetCancelling,
    // store/replays/steps.rs: lock, set_aside
    LockReplay,
    NextMarks,
    PassMarks,
    // store/replays/steps.rs: put_back, write
    NextAside,
    HoldEntries,
    LookBack,
    PutBack,
    LookAgain,
    DeleteAside,
    PassAside,
    Commit,
}
