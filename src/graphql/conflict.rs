//! Conflicts as GraphQL shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::batch::ToLoad;
use super::connection::{connection, edge, edges, ledger};
use super::entry::EntryNode;
use super::error::{Fallible, optional};
use super::export::ConflictKind;
use super::scalars::SystemIdText;
use crate::domain::conflict::Conflict;
use crate::domain::page::PageArguments;
use crate::domain::{Result, SystemId, Timestamp};
use crate::service::conflict_cursor;

/// A conflict, and what loads its entry.
#[derive(Clone, Debug)]
pub struct ConflictNode {
    conflict: Conflict,
    entries: Arc<ToLoad>,
}

/// Two facts about the export of an accounting entry that do not fit together. Both are recorded, and a person finds out
/// what is true.
#[Object(name = "ExportConflict")]
impl ConflictNode {
    /// The number of the conflict. Example: "7"
    async fn conflict_id(&self) -> ID {
        self.conflict.id.into()
    }

    /// What does not fit together.
    async fn kind(&self) -> ConflictKind {
        self.conflict.kind.into()
    }

    /// The name of the system. Example: "erp"
    async fn system_id(&self) -> SystemIdText {
        (&self.conflict.system_id).into()
    }

    /// The number of the entry. Example: "42"
    async fn entry_id(&self) -> ID {
        self.conflict.entry_id.into()
    }

    /// The entry, as it is now.
    async fn entry(&self) -> Fallible<EntryNode> {
        optional(EntryNode::of(&self.entries, self.conflict.entry_id).await.map(Some))
    }

    /// When the conflict was found.
    async fn found_at(&self) -> Timestamp {
        self.conflict.found_at
    }

    /// Who brought the second fact. Example: "token:ERP sync"
    async fn actor(&self) -> &str {
        &self.conflict.actor
    }

    /// The system's document that was named first; null where none was. Example: "GL-2024-118"
    async fn first_document_id(&self) -> Option<&str> {
        self.conflict.first_reference.as_deref()
    }

    /// The system's document that was named second; null where none was. Example: "GL-2024-131"
    async fn second_document_id(&self) -> Option<&str> {
        self.conflict.second_reference.as_deref()
    }

    /// The claim that was settled after another worker had claimed the entry; null for other kinds.
    async fn claim_id(&self) -> Option<ID> {
        self.conflict.claim_id.clone().map(ID::from)
    }

    /// When a person resolved the conflict; null while nobody has.
    async fn resolved_at(&self) -> Option<Timestamp> {
        self.conflict.resolution.as_ref().map(|resolution| resolution.at)
    }

    /// Who resolved it.
    async fn resolved_by(&self) -> Option<&str> {
        self.conflict.resolution.as_ref().map(|resolution| resolution.by.as_str())
    }

    /// What that person found. Example: "GL-2024-131 was reversed in the ERP"
    async fn note(&self) -> Option<&str> {
        self.conflict.resolution.as_ref().map(|resolution| resolution.note.as_str())
    }
}

impl ConflictNode {
    /// The conflict with this number.
    pub async fn find(context: &Context<'_>, id: i64) -> Result<Option<Self>> {
        let ledger = ledger(context)?;
        let conflict = ledger.conflict(id).await?;
        Ok(conflict.map(|conflict| {
            let entries = ToLoad::new(ledger.clone(), vec![conflict.entry_id]);
            Self { conflict, entries }
        }))
    }
}

edge!(ConflictEdge is "ExportConflictEdge": ConflictNode, "conflict");

connection! {
    ConflictConnection is "ExportConflictConnection": ConflictEdge, "conflicts",
    "A page of conflicts, oldest first."
}

impl ConflictConnection {
    /// The page of the conflicts of a system that the arguments ask for.
    pub async fn load(
        context: &Context<'_>,
        system: SystemIdText,
        resolved: bool,
        arguments: PageArguments,
    ) -> Result<Self> {
        let system = SystemId::read(system.0)?;
        let ledger = ledger(context)?;
        let page = ledger.conflicts(&system, resolved, &arguments).await?;
        let ids = page.items.iter().map(|conflict| conflict.entry_id).collect();
        let entries = ToLoad::new(ledger.clone(), ids);
        let node = |conflict| ConflictNode { conflict, entries: Arc::clone(&entries) };
        Ok(edges(page, conflict_cursor, node).into())
    }
}
