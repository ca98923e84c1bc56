//! A mark as GraphQL shows it.

use std::sync::Arc;

use async_graphql::{Enum, ID, InputObject, Object, SimpleObject};

use super::entry::{EntryNode, EntryOf};
use super::error::{Fallible, fallible};
use super::scalars::SystemIdText;
use super::system::{SystemNode, SystemsToLoad};
use crate::domain::conflict;
use crate::domain::export::{EntryExport, Reference};
use crate::domain::{GlobalId, SystemId, Timestamp};
use crate::service::Ledger;

/// A document of an external system, such as a posting in an ERP.
#[derive(Clone, Debug, SimpleObject)]
pub struct ExportReference {
    /// What the system calls the document. Example: "GL-2024-118"
    document_id: String,
    /// Where the document can be looked at; null when no address was given. Example: "https://erp.example/gl/118"
    url: Option<String>,
}

impl From<&Reference> for ExportReference {
    fn from(reference: &Reference) -> Self {
        Self { document_id: reference.document_id.clone(), url: reference.url.clone() }
    }
}

/// A document of the system that something was exported to, such as a posting in an ERP.
#[derive(Clone, Debug, InputObject)]
pub struct ExportReferenceInput {
    /// What the system calls the document: 1 to 200 characters. Example: "GL-2024-118"
    document_id: String,
    /// Where the document can be looked at: an address of http or https, at most 2,000 characters.
    /// Example: "https://erp.example/gl/118"
    url: Option<String>,
}

impl From<ExportReferenceInput> for Reference {
    fn from(input: ExportReferenceInput) -> Self {
        Self { document_id: input.document_id, url: input.url }
    }
}

/// What does not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "conflict::ConflictKind")]
pub enum ConflictKind {
    /// The same version of the entry was marked again with another document of the system, and no mark was taken back
    /// between: the system may have it twice.
    PostedTwice,
    /// A worker settled the entry after its lease had ended and another worker had claimed it: both may have sent it.
    ClaimLost,
}

/// A mark, its entry and its system.
#[derive(Clone, Debug)]
pub struct EntryExportNode {
    export: EntryExport,
    entry: EntryOf,
    systems: Arc<SystemsToLoad>,
}

impl EntryExportNode {
    /// The mark of that entry for one of those systems.
    pub fn new(export: EntryExport, entry: EntryOf, systems: Arc<SystemsToLoad>) -> Self {
        Self { export, entry, systems }
    }

    /// The marks that one call made; their entries and their systems are loaded together when somebody asks.
    pub fn all(ledger: &Ledger, exports: Vec<EntryExport>) -> Vec<Self> {
        let ids = exports.iter().map(|export| export.entry_id).collect();
        let entries = EntryOf::to_load(ledger, ids);
        let systems = exports.iter().map(|export| export.system_id.clone()).collect();
        let systems = SystemsToLoad::new(ledger.clone(), systems);
        let node = |export| Self::new(export, entries.clone(), Arc::clone(&systems));
        exports.into_iter().map(node).collect()
    }

    /// Whether it is a mark for this system.
    pub fn is_for(&self, system_id: &SystemId) -> bool {
        self.export.system_id == *system_id
    }
}

/// The mark that an accounting entry was exported to an external system. There is one for each entry and system:
/// marking the entry again replaces its time and note, and the entry's timeline keeps every marking.
#[Object(name = "EntryExport")]
impl EntryExportNode {
    /// The id of the mark among all things of all types: `export/`, the number of the entry and the name of the
    /// system. It stays the same when the entry is marked again. Example: "export/42/erp"
    pub async fn id(&self) -> ID {
        GlobalId::Export(self.export.entry_id, self.export.system_id.clone()).to_string().into()
    }

    /// The number of the entry that was exported. Example: "42"
    async fn entry_id(&self) -> ID {
        self.export.entry_id.into()
    }

    /// The entry that was exported.
    async fn entry(&self) -> Fallible<EntryNode> {
        fallible(self.entry.node(self.export.entry_id).await)
    }

    /// The name of the system that the entry was exported to. Example: "erp"
    async fn system_id(&self) -> SystemIdText {
        (&self.export.system_id).into()
    }

    /// The system that the entry was exported to. This takes the right to export. For a whole page of entries the
    /// systems are read by one query.
    async fn system(&self) -> Fallible<SystemNode> {
        fallible(self.systems.get(&self.export.system_id).await)
    }

    /// When the entry was marked last, by the clock of the gateway. An answer as of exactly this moment
    /// (`notExportedSince`) counts the entry as exported.
    async fn exported_at(&self) -> Timestamp {
        self.export.exported_at
    }

    /// The note that was given with the last marking, at most 2,000 characters. Example: "posted as GL-2024-118"
    async fn note(&self) -> Option<&str> {
        self.export.note.as_deref()
    }

    /// The version of the entry that the system was sent; of several, the newest. Lower than the entry's `version` when
    /// the entry has changed since: see `changedEntries`. Example: 1
    async fn version(&self) -> i32 {
        self.export.version
    }

    /// The system's own document for the entry, as it was named with the last marking.
    async fn reference(&self) -> Option<ExportReference> {
        self.export.reference.as_ref().map(ExportReference::from)
    }

    /// Whether the entry had been marked for this system before the last marking, since its mark was last taken back.
    async fn remarked(&self) -> bool {
        self.export.remarked
    }

    /// What of this marking does not fit to what was known before: a conflict, which `exportConflicts` lists. Only the
    /// payload of the mutation that marks tells it; null elsewhere.
    async fn conflict(&self) -> Option<ConflictKind> {
        self.export.conflict.map(ConflictKind::from)
    }
}
