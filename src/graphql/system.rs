//! External systems as GraphQL shows them.

use async_graphql::{Context, Object, SimpleObject};
use serde::Serialize;

use super::connection::{CountNode, ledger};
use super::entry::EntryNode;
use super::error::{Fallible, fallible, optional};
use super::page_info::PageInfo;
use super::scalars::SystemIdText;
use crate::domain::page::Binding;
use crate::domain::{Code, Fault, Result, SystemId, Timestamp};

/// A system, known or not.
#[derive(Clone, Debug)]
pub struct SystemNode {
    id: SystemId,
    known_since: Option<Timestamp>,
}

impl SystemNode {
    /// The system of that name.
    pub fn new(id: SystemId, known_since: Option<Timestamp>) -> Self {
        Self { id, known_since }
    }
}

/// An external system that entries are sent to, and how far behind it is.
#[Object(name = "ExportSystem")]
impl SystemNode {
    /// Its name. Example: "erp"
    async fn id(&self) -> SystemIdText {
        SystemIdText(self.id.to_string())
    }

    /// When somebody first marked for it; null while nobody has, and everything is unexported.
    async fn known_since(&self) -> Option<Timestamp> {
        self.known_since
    }

    /// When it was last marked for.
    async fn last_marked_at(&self, context: &Context<'_>) -> Fallible<Timestamp> {
        let load = async { ledger(context)?.last_marked_at(&self.id).await };
        optional(load.await)
    }

    /// How many entries it has not been sent.
    async fn backlog(&self, context: &Context<'_>) -> Fallible<CountNode> {
        let load = async { ledger(context)?.backlog(&self.id).await };
        fallible(load.await.map(CountNode::from))
    }

    /// The oldest entry it has not been sent: the one with the lowest id.
    async fn oldest_unexported_entry(&self, context: &Context<'_>) -> Fallible<EntryNode> {
        let load = async {
            let ledger = ledger(context)?;
            Ok(ledger.oldest_unexported(&self.id).await?.map(|entry| EntryNode::alone(ledger, entry)))
        };
        optional(load.await)
    }
}

/// A system and its cursor.
#[derive(SimpleObject)]
pub struct ExportSystemEdge {
    /// Marks this place; give it as `after` to read on from here.
    cursor: String,
    /// The system.
    node: SystemNode,
}

/// A page of systems.
pub struct SystemConnection {
    systems: Vec<SystemNode>,
    has_next: bool,
    has_previous: bool,
}

impl SystemConnection {
    /// The page from behind the cursor.
    pub async fn load(context: &Context<'_>, first: Option<i64>, after: Option<String>) -> Result<Self> {
        let after = after.map(|cursor| read_cursor(&cursor)).transpose()?;
        let page = ledger(context)?.systems(first, after.as_ref()).await?;
        let systems = page.systems.into_iter();
        let systems = systems.map(|system| SystemNode::new(system.id, Some(system.known_since))).collect();
        Ok(Self { systems, has_next: page.has_next, has_previous: page.has_previous })
    }
}

/// A page of systems, by id.
#[Object(name = "ExportSystemConnection")]
impl SystemConnection {
    /// The systems with their cursors.
    async fn edges(&self) -> Vec<ExportSystemEdge> {
        let edge = |node: &SystemNode| ExportSystemEdge { cursor: cursor(&node.id), node: node.clone() };
        self.systems.iter().map(edge).collect()
    }

    /// The systems.
    async fn nodes(&self) -> Vec<SystemNode> {
        self.systems.clone()
    }

    /// Where the page begins and ends.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.systems.first().map(|system| cursor(&system.id)),
            end_cursor: self.systems.last().map(|system| cursor(&system.id)),
        }
    }
}

/// Systems are in the order of their names, so a name is a place among them.
#[derive(Serialize)]
struct Systems;

fn cursor(id: &SystemId) -> String {
    Binding::new(&Systems).name_cursor(id.as_str())
}

fn read_cursor(cursor: &str) -> Result<SystemId> {
    let name = Binding::new(&Systems).name(cursor).and_then(|name| name.parse().ok());
    let fault = || Fault::new(Code::InvalidCursor, "the cursor was not made by exportSystems").under("after");
    Ok(name.ok_or_else(fault)?)
}
