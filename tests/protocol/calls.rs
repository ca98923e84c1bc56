//! The calls and background steps, each as the statements that its transaction sends, in their order. A statement is named
//! after the function of the store or the trigger that has it.

use crate::rows::Ids;
use crate::statements::Statement::{self, *};

/// What a gateway does in one transaction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Call {
    /// `service/marking.rs`. Without a version: the one that the entry has at that moment. `named`: with the system's own
    /// document.
    Mark { ids: Ids, version: Option<u8>, named: bool },
    /// `service/unmarking.rs`.
    Unmark { ids: Ids },
    /// `store/entries.rs: insert`. The id was drawn before.
    Insert { id: usize },
    /// `store/entries.rs: replace`: a material change where `changes`. An entry that is withdrawn is reinstated.
    Replace { id: usize, changes: bool },
    /// `service/withdrawing.rs`.
    Withdraw { id: usize },
    /// `service/claiming.rs`: of everything that is free.
    Claim,
    /// `service/settling.rs`: these were exported; where `refused`, the system refused the rest.
    Settle { claim: usize, sent: Ids, refused: bool },
    /// `service/leasing.rs`.
    Release { claim: usize },
    /// `service/leasing.rs`.
    Extend { claim: usize },
    /// `service/requeueing.rs`: a person parks the unit of this entry.
    Park { id: usize },
    /// `store/takeover.rs: step_of`.
    TakeOver,
    /// `store/takeover.rs: step_without_gaps`, while an older transaction is at work.
    StepWithoutGaps,
    /// `store/takeover.rs: pass_marked`, after a chunk up to this id that got no pending row.
    PassMarked { after: u8 },
    /// `service/replaying.rs`.
    StartReplay,
    /// `service/replaying.rs`.
    CancelReplay,
    /// `service/background/replaying.rs`: takes some marks back.
    ReplayStep,
    /// `service/background/replaying.rs`: puts some back.
    PutBackStep,
}

impl Call {
    /// The statements of its transaction. A transaction leaves those out that do not apply.
    pub fn statements(self) -> &'static [Statement] {
        match self {
            Call::Mark { .. } => &[
                CurrentLocked,
                CurrentOthers,
                Named,
                InsertSystem,
                NamedAgain,
                PassGate,
                LockSystem,
                AwaitReinstatements,
                LockReplaced,
                Upsert,
                List,
                Unlist,
                DeletePending,
                TellMarked,
                Commit,
            ],
            Call::Unmark { .. } => &[
                Named,
                CurrentLocked,
                CurrentOthers,
                LockMarks,
                MoveAside,
                DeleteMarks,
                UnmarkedLockEntries,
                UnmarkedBecomePending,
                UnmarkedUnlist,
                Commit,
            ],
            Call::Insert { .. } => &[InsertEntry, BecomePending, Commit],
            Call::Replace { .. } => &[
                LockEntry,
                UpdateEntry,
                ChangedList,
                MendedLook,
                MendedFree,
                WithdrawnLockSystems,
                ReinstatedAwaitMarks,
                ReinstatedBecomePending,
                Commit,
            ],
            Call::Withdraw { .. } => {
                &[LockEntry, WithdrawEntry, ChangedList, WithdrawnLockSystems, WithdrawnDeletePending, Commit]
            }
            Call::Claim => &[
                Named,
                InsertSystem,
                NamedAgain,
                PassGate,
                LockSystem,
                InsertTurn,
                LockTurn,
                LapsedLock,
                LapsedLockLines,
                LapsedCount,
                GiveBack,
                EndLapsed,
                FindFree,
                LinesOf,
                EnsureLock,
                Ensure,
                PendingOf,
                LockFree,
                Make,
                TakeLines,
                Commit,
            ],
            Call::Settle { .. } => &[
                FindClaim,
                Named,
                PassGate,
                LockSystem,
                LockHeldFirst,
                CurrentLocked,
                CurrentOthers,
                AwaitReinstatements,
                Upsert,
                LockHeldLast,
                List,
                Unlist,
                DeletePending,
                Fail,
                End,
                TellMarked,
                Commit,
            ],
            Call::Release { .. } => &[FindClaim, LockHeldFirst, GiveBack, End, Commit],
            Call::Extend { .. } => &[FindClaim, LockHeldFirst, Extend, Commit],
            Call::Park { .. } => &[
                LinesOf,
                Named,
                InsertSystem,
                NamedAgain,
                PassGate,
                LockSystem,
                EnsureLock,
                Ensure,
                LockPending,
                Park,
                Commit,
            ],
            Call::TakeOver => &[
                AloneLock,
                AloneCloseGate,
                AloneLockAgain,
                SetNumber,
                AtWork,
                SetEnd,
                ChunkEnd,
                Fill,
                SetTakenOver,
                Commit,
            ],
            Call::StepWithoutGaps => {
                &[AloneLock, AloneCloseGate, AloneLockAgain, NextIds, NextLocked, Fill, SetTakenOver, Commit]
            }
            Call::PassMarked { .. } => &[FirstUnmarked, AdvanceFrom, Commit],
            Call::StartReplay => {
                &[Named, InsertSystem, NamedAgain, PassGate, LockSystem, LastEvent, InsertReplay, Commit]
            }
            Call::CancelReplay => &[AwaitReplay, SetCancelling, Commit],
            Call::ReplayStep => &[
                LockReplay,
                NextMarks,
                LockMarks,
                MoveAside,
                DeleteMarks,
                UnmarkedLockEntries,
                UnmarkedBecomePending,
                UnmarkedUnlist,
                PassMarks,
                Commit,
            ],
            Call::PutBackStep => &[
                LockReplay,
                NextAside,
                Named,
                PassGate,
                LockSystem,
                InsertTurn,
                LockTurn,
                HoldEntries,
                LookBack,
                PutBack,
                LookAgain,
                List,
                DeletePending,
                DeleteAside,
                PassAside,
                Commit,
            ],
        }
    }

    /// The entries that the call names.
    pub fn ids(self) -> Ids {
        match self {
            Call::Mark { ids, .. } | Call::Unmark { ids } | Call::Settle { sent: ids, .. } => ids,
            Call::Insert { id } | Call::Replace { id, .. } | Call::Withdraw { id } | Call::Park { id } => {
                Ids::of(1 << id)
            }
            _ => Ids::default(),
        }
    }

    /// The claim that it names, or that it makes.
    pub fn claim(self) -> Option<usize> {
        match self {
            Call::Settle { claim, .. } | Call::Release { claim } | Call::Extend { claim } => Some(claim),
            _ => None,
        }
    }

    /// Whether it writes pending rows, so that it holds an open system alone.
    pub fn writes_pending(self) -> bool {
        matches!(self, Call::Claim | Call::Park { .. })
    }
}
