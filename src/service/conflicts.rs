//! Conflicts, and the persons who resolve them.

use serde::{Deserialize, Serialize};

use super::operation::{Operation, Work};
use super::withdrawing::read_reason;
use super::{DEFAULT_SYSTEMS, Ledger, MAX_SYSTEMS};
use crate::domain::batch::key_fault;
use crate::domain::conflict::Conflict;
use crate::domain::page::{Binding, PageArguments, PageBounds, Paged};
use crate::domain::{Call, Code, Error, Fault, Result, Right, SystemId};
use crate::store;

/// What the cursors of the list of conflicts of a system begin with.
const CONFLICTS: &str = "conflicts";

/// A call to resolve a conflict.
#[derive(Clone, Debug, Serialize)]
pub struct ResolveConflict {
    id: i64,
    note: String,
    #[serde(skip)]
    idempotency_key: Option<String>,
}

/// The conflict that was resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvedConflict {
    /// Its number.
    pub id: i64,
}

impl ResolveConflict {
    /// Checks a call as it came in. `id`: `None` when what came in was no number.
    pub fn parse(id: Option<i64>, note: String, idempotency_key: Option<String>) -> Result<Self> {
        let key = idempotency_key.as_deref().and_then(key_fault);
        let note = read_reason("note", note);
        match (id.ok_or_else(no_conflict), note, key) {
            (Ok(id), Ok(note), None) => Ok(Self { id, note, idempotency_key }),
            (id, note, key) => {
                Err(Error::Refused([key, id.err(), note.err()].into_iter().flatten().collect()))
            }
        }
    }
}

/// The system of a conflict is known only to the database: [`Ledger::resolve_conflict`] asks for the right before.
impl Call for ResolveConflict {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Operation for ResolveConflict {
    const NAME: &'static str = "resolve_export_conflict";
    const RIGHT: Right = Right::Manage;
    type Answer = ResolvedConflict;

    /// Resolves it once: the first note stays.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<ResolvedConflict> {
        if store::conflicts::resolve(work.transaction, self.id, work.actor, &self.note, work.now).await? {
            return Ok(ResolvedConflict { id: self.id });
        }
        let message = "the conflict is resolved already; its note stays as it is";
        Err(Fault::new(Code::ConflictResolved, message).under("conflict_id").into())
    }
}

fn no_conflict() -> Fault {
    Fault::new(Code::ConflictNotFound, "there is no such conflict").under("conflict_id")
}

impl Ledger {
    /// A page of the conflicts of a system that are resolved, or that are not, oldest first.
    pub async fn conflicts(
        &self,
        system_id: &SystemId,
        resolved: bool,
        arguments: &PageArguments,
    ) -> Result<Paged<Conflict>> {
        self.caller.require_for(Right::Export, system_id)?;
        let binding = binding(system_id, resolved);
        let bounds = PageBounds { default: DEFAULT_SYSTEMS, max: MAX_SYSTEMS };
        let page = arguments.page(bounds, |cursor| binding.id(cursor))?;
        let conflicts = store::conflicts::page(self.database.reader(), system_id, resolved, &page).await?;
        let page = page.of(conflicts);
        self.costs(1 + page.items.len());
        Ok(page)
    }

    /// One conflict. Who may resolve it may see it.
    pub async fn conflict(&self, id: i64) -> Result<Option<Conflict>> {
        self.caller.require_either(Right::Export, Right::Manage)?;
        self.costs(1);
        let conflict = store::conflicts::find(self.database.reader(), id).await?;
        Ok(conflict.filter(|conflict| self.caller.knows(&conflict.system_id)))
    }

    /// Resolves a conflict. One of a system that the caller may not know of is as one that is not there.
    pub async fn resolve_conflict(
        &self,
        call: Result<ResolveConflict>,
        door: &str,
    ) -> Result<ResolvedConflict> {
        self.caller.require(Right::Manage)?;
        if let Ok(call) = &call {
            let conflict = store::conflicts::find(self.database.reader(), call.id).await?;
            conflict.filter(|conflict| self.caller.knows(&conflict.system_id)).ok_or_else(no_conflict)?;
        }
        self.perform(call, door).await
    }
}

fn binding(system_id: &SystemId, resolved: bool) -> Binding {
    Binding::new(&(CONFLICTS, system_id, resolved))
}

/// The cursor of a conflict in the list of those of its system.
pub fn conflict_cursor(conflict: &Conflict) -> String {
    binding(&conflict.system_id, conflict.resolution.is_some()).id_cursor(conflict.id)
}
