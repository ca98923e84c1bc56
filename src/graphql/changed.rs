//! Entries that have changed since a system was sent them, as GraphQL shows them.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};

use super::batch::EntryBatch;
use super::connection::{connection, edge, edges, ledger};
use super::costs::{Cost, Costs};
use super::count::CountNode;
use super::entry::{EntryNode, EntryOf};
use super::error::{Fallible, fallible};
use super::export::EntryExportNode;
use super::system::SystemsToLoad;
use crate::domain::change::Change;
use crate::domain::event::as_text;
use crate::domain::page::{PageArguments, Paged};
use crate::domain::{Entry, Result};
use crate::service::{Changed, ChangedListing};

/// A changed entry.
#[derive(Clone)]
pub struct ChangedEntryNode {
    entry: EntryNode,
    changed: Changed,
    systems: Arc<SystemsToLoad>,
}

/// An accounting entry that a system was sent in an older version, or that was withdrawn after the system was sent it.
#[Object(name = "ChangedEntry")]
impl ChangedEntryNode {
    /// The entry, as it is now.
    async fn entry(&self) -> EntryNode {
        self.entry.clone()
    }

    /// The mark of the entry for the system.
    async fn export(&self) -> EntryExportNode {
        let entry = EntryOf::Loaded(self.entry.clone());
        EntryExportNode::new(self.changed.export.clone(), entry, Arc::clone(&self.systems))
    }

    /// The version of the entry that the system was sent. Example: 1
    async fn sent_version(&self) -> i32 {
        self.changed.export.version
    }

    /// The version that the entry has now: equal to `sentVersion` where the entry was withdrawn and not changed. Example: 2
    async fn version(&self) -> i32 {
        self.entry.entry().version
    }

    /// The fields whose value is another than the system was sent, in the order of their names; empty where the entry was
    /// withdrawn and not changed. Null where more has happened to the entry than is looked at: its timeline has it all.
    async fn changes(&self) -> Option<Vec<FieldChange>> {
        let changes = self.changed.changes.as_ref()?;
        Some(changes.iter().map(FieldChange::from).collect())
    }
}

/// A field of an accounting entry whose value is another than a system was sent.
#[derive(Clone, Debug, SimpleObject)]
pub struct FieldChange {
    /// The name of the field in `AccountingEntry`. Example: "debit"
    field: String,
    /// The value that the system was sent; null when there was none. Example: "1200.00"
    before: Option<String>,
    /// The value that the entry has now; null when there is none. Example: "1250.00"
    now: Option<String>,
}

impl From<&Change> for FieldChange {
    fn from(change: &Change) -> Self {
        Self {
            field: change.before.graphql_name().to_owned(),
            before: as_text(&change.before.value),
            now: as_text(&change.now),
        }
    }
}

edge!(ChangedEntryEdge is "ChangedEntryEdge": ChangedEntryNode, "changed entry");

connection! {
    ChangedEntryConnection is "ChangedEntryConnection": Vec<ChangedEntryEdge>, "changed entries",
    "A page of the accounting entries that have changed since a system was sent them.";
    { listing: ChangedListing }
    {
        /// How many entries the whole list has, on all pages together. It is counted only when this field is asked for,
        /// and never past 10,000.
        async fn total_count(&self, context: &Context<'_>) -> Fallible<CountNode> {
            let count = async { ledger(context)?.count(self.listing.entries()).await };
            fallible(count.await.map(CountNode::from))
        }
    }
}

impl ChangedEntryConnection {
    /// The page of the list that the arguments ask for.
    pub async fn load(
        context: &Context<'_>,
        listing: Result<ChangedListing>,
        arguments: PageArguments,
    ) -> Result<Self> {
        let listing = listing?;
        let ledger = ledger(context)?;
        let asked = context.look_ahead();
        if !["edges", "nodes", "pageInfo"].iter().any(|field| asked.field(field).exists()) {
            // Nothing of the page itself is asked for.
            listing.entries().page(&arguments)?;
            return Ok(Self { list: Vec::new(), has_next: false, has_previous: false, listing });
        }
        let page = ledger.list_changed(&listing, &arguments).await?.changed;
        let (has_next, has_previous) = (page.has_next, page.has_previous);
        let systems = SystemsToLoad::new(ledger.clone(), vec![listing.system_id().clone()]);
        let (entries, changes): (Vec<Entry>, Vec<Changed>) = page.items.into_iter().unzip();
        let entries = EntryNode::all(&EntryBatch::new(ledger.clone(), entries));
        let node = |(entry, changed)| ChangedEntryNode { entry, changed, systems: Arc::clone(&systems) };
        let nodes = entries.into_iter().zip(changes).map(node).collect();
        let page = Paged { items: nodes, has_next, has_previous };
        let cursor = |node: &ChangedEntryNode| listing.entries().cursor(node.entry.entry());
        let page = edges(page, cursor, |node| node);
        Ok(Self { list: page.items, has_next: page.has_next, has_previous: page.has_previous, listing })
    }
}

/// Fields that are taken to have changed, before anything is known of the entry.
const CHANGED_FIELDS: usize = 5;

/// What the fields of a changed entry cost.
pub const COSTS: Costs = &[
    ("ChangedEntry", "changes", Cost::List(CHANGED_FIELDS)),
    ("ChangedEntryConnection", "totalCount", Cost::Query),
];
