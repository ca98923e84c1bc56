//! A mark as GraphQL shows it.

use std::sync::Arc;

use async_graphql::{ID, Object};

use super::entry::EntryNode;
use super::error::{Fallible, fallible};
use super::scalars::SystemIdText;
use super::siblings::ToLoad;
use crate::domain::export::EntryExport;
use crate::domain::{Error, SystemId, Timestamp};

/// Where the marked entry comes from.
#[derive(Clone, Debug)]
pub enum EntryOf {
    /// It is at hand.
    Loaded(EntryNode),
    /// It is loaded, with those of the same call, when somebody asks.
    ToLoad(Arc<ToLoad>),
}

/// A mark, and its entry.
#[derive(Clone, Debug)]
pub struct EntryExportNode {
    export: EntryExport,
    entry: EntryOf,
}

impl EntryExportNode {
    /// The mark of that entry.
    pub fn new(export: EntryExport, entry: EntryOf) -> Self {
        Self { export, entry }
    }

    /// Whether it is a mark for this system.
    pub fn is_for(&self, system_id: &SystemId) -> bool {
        self.export.system_id == *system_id
    }
}

/// That an entry was sent to a system: the newest mark of the two.
#[Object(name = "EntryExport")]
impl EntryExportNode {
    /// The entry's id.
    async fn entry_id(&self) -> ID {
        self.export.entry_id.into()
    }

    /// The entry.
    async fn entry(&self) -> Fallible<EntryNode> {
        let load = async {
            match &self.entry {
                EntryOf::Loaded(entry) => Ok(entry.clone()),
                EntryOf::ToLoad(batch) => EntryNode::all(&batch.load().await?)
                    .into_iter()
                    .find(|node| node.entry().id == self.export.entry_id)
                    .ok_or_else(|| Error::internal("a marked entry is not there")),
            }
        };
        fallible(load.await)
    }

    /// The system it was sent to.
    async fn system_id(&self) -> SystemIdText {
        SystemIdText(self.export.system_id.to_string())
    }

    /// When it was marked, by the gateway's clock. An answer as of exactly this moment counts it as exported.
    async fn exported_at(&self) -> Timestamp {
        self.export.exported_at
    }

    /// The note given with the mark, at most 2,000 characters.
    async fn note(&self) -> Option<&str> {
        self.export.note.as_deref()
    }

    /// Whether it had been marked before. The timeline keeps every mark.
    async fn remarked(&self) -> bool {
        self.export.remarked
    }
}
