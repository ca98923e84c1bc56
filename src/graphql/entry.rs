//! The accounting entry as GraphQL shows it.

use std::sync::Arc;

use async_graphql::{ID, Object};

use super::batch::{EntryBatch, ToLoad};
use super::connection::page;
use super::costs::{Cost, Costs};
use super::error::{Fallible, fallible, optional};
use super::export::EntryExportNode;
use super::import::{ImportFileNode, ImportNode};
use super::scalars::{JsonObject, SystemIdText};
use super::status::{StatusNode, StatusOf};
use super::text::json;
use super::timeline::TimelineConnection;
use super::voucher::VoucherNode;
use crate::domain::field::entry_fields;
use crate::domain::import::{EntryOrigin, Import};
use crate::domain::{
    CurrencyCode, Day, Entry, EntryId, Error, Field, Fields, GlobalId, Money, SystemId, Timestamp,
};
use crate::service::{DEFAULT_EVENTS, Ledger, MAX_ATTRIBUTES_COST, MAX_EVENTS};

/// An entry, with the others of its list.
#[derive(Clone, Debug)]
pub struct EntryNode {
    batch: Arc<EntryBatch>,
    index: usize,
}

impl EntryNode {
    /// Every entry of the list.
    pub fn all(batch: &Arc<EntryBatch>) -> Vec<EntryNode> {
        (0..batch.entries().len()).map(|index| EntryNode { batch: Arc::clone(batch), index }).collect()
    }

    /// An entry that is alone in its list.
    pub fn alone(ledger: &Ledger, entry: Entry) -> EntryNode {
        EntryNode { batch: EntryBatch::new(ledger.clone(), vec![entry]), index: 0 }
    }

    /// One of the entries to load, which exists.
    pub async fn of(entries: &ToLoad, id: EntryId) -> crate::domain::Result<EntryNode> {
        let nodes = EntryNode::all(&entries.load().await?);
        let node = nodes.into_iter().find(|node| node.entry().id == id);
        node.ok_or_else(|| Error::internal("an entry that was written is not there"))
    }

    /// What the use cases are asked through.
    pub fn ledger(&self) -> &Ledger {
        self.batch.ledger()
    }

    /// The key under which the entry is sent to a system.
    pub async fn dispatch_key(&self, system: &SystemId) -> crate::domain::Result<Option<String>> {
        self.batch.dispatch_key(self.entry().id, system).await
    }

    /// The entry itself.
    pub fn entry(&self) -> &Entry {
        &self.batch.entries()[self.index]
    }
}

/// Where the entry of a mark or of a failure comes from.
#[derive(Clone, Debug)]
pub enum EntryOf {
    /// It is at hand.
    Loaded(EntryNode),
    /// It is loaded, with those of the same call, when somebody asks.
    ToLoad(Arc<ToLoad>),
}

impl EntryOf {
    /// The entries with these ids, each of which exists.
    pub fn to_load(ledger: &Ledger, ids: Vec<EntryId>) -> Self {
        Self::ToLoad(ToLoad::new(ledger.clone(), ids))
    }

    /// The entry with this id, which is the one at hand or one of those to load.
    pub async fn node(&self, id: EntryId) -> crate::domain::Result<EntryNode> {
        match self {
            Self::Loaded(entry) => Ok(entry.clone()),
            Self::ToLoad(entries) => EntryNode::of(entries, id).await,
        }
    }
}

/// The entry that an argument names, by its global id or its plain one; `None` for any other text.
pub fn entry_id(id: &ID) -> Option<EntryId> {
    GlobalId::entry(id)
}

/// The fields of the table, whose values are at hand: a part of `AccountingEntry`.
struct EntryFields<'a>(&'a Entry);

macro_rules! fields {
    (
        id $id:tt
        content { $(
            $(#[doc = $doc:literal])+
            $Field:ident $name:ident: $type:ty $(= $default:literal)? { graphql: $graphql:literal, $($rest:tt)* }
        )+ }
        ledger { $(
            $(#[doc = $own_doc:literal])+
            $Own:ident $own:ident: $own_type:ty { graphql: $own_graphql:literal, $($own_rest:tt)* }
        )+ }
    ) => {
        #[Object]
        impl EntryFields<'_> {
            $(
                $(#[doc = $doc])+
                #[graphql(name = $graphql)]
                async fn $name(&self) -> &$type {
                    &self.0.content.$name
                }
            )+

            /// Every further column of the source, by its name. Example: {"CostCentre": "410"}
            async fn attributes(&self) -> JsonObject {
                JsonObject(self.0.content.attributes.clone())
            }

            $(
                $(#[doc = $own_doc])+
                #[graphql(name = $own_graphql)]
                async fn $own(&self) -> &$own_type {
                    &self.0.$own
                }
            )+
        }
    };
}

entry_fields!(parts => fields);

/// One line of a journal, in the terms of the FEC, the file every French accounting package writes.
#[Object(name = "AccountingEntry")]
impl EntryNode {
    /// The id of the entry among all things of all types: `entry/` and its number. Example: "entry/42"
    pub async fn id(&self) -> ID {
        GlobalId::Entry(self.entry().id).to_string().into()
    }

    /// The number of the entry in the ledger: a 64-bit integer, ascending, never used twice. Arguments take it as well
    /// as the id. Example: "42"
    async fn entry_id(&self) -> ID {
        self.entry().id.into()
    }

    #[graphql(flatten)]
    async fn fields(&self) -> EntryFields<'_> {
        EntryFields(self.entry())
    }

    /// The mark of this entry for each system that it was exported to, in the order of the systems' names. For a whole
    /// page of entries the marks are read by one query.
    async fn exports(&self) -> Fallible<Vec<EntryExportNode>> {
        fallible(self.load_exports().await)
    }

    /// The mark of this entry for one system; null when the entry was never exported to it. It is read by the same query
    /// as `exports`.
    async fn export(
        &self,
        #[graphql(desc = "The name of the system. Example: \"erp\"")] system_id: SystemIdText,
    ) -> Fallible<EntryExportNode> {
        let load = async {
            let wanted = SystemId::read(system_id.0)?;
            Ok(self.load_exports().await?.into_iter().find(|export| export.is_for(&wanted)))
        };
        optional(load.await)
    }

    /// How far the export of this entry to a system is. This takes the right to export. For a whole page of entries it is
    /// read together.
    async fn export_status(
        &self,
        #[graphql(desc = "The name of the system. Example: \"erp\"")] system_id: SystemIdText,
    ) -> Fallible<StatusNode> {
        let load = async {
            let system = SystemId::read(system_id.0)?;
            let status = self.batch.status(self.entry().id, &system).await?;
            Ok(StatusNode::new(system, status, StatusOf::Entry(self.clone())))
        };
        fallible(load.await)
    }

    /// The import that last wrote this entry; null when it never came from a file. For a whole page of entries the imports
    /// are read together.
    async fn import(&self) -> Fallible<ImportNode> {
        let origin = self.batch.origin(self.entry().id).await;
        optional(origin.map(|origin| origin.map(|(_, import)| ImportNode(import))))
    }

    /// The file of the import that this entry was last written from; null when it never came from a file.
    async fn import_file(&self) -> Fallible<ImportFileNode> {
        let origin = self.batch.origin(self.entry().id).await;
        let file = |(origin, import): (EntryOrigin, Arc<Import>)| import.files.get(origin.file).cloned();
        optional(origin.map(|origin| origin.and_then(file).map(ImportFileNode)))
    }

    /// The line of that file, from 1; null when this entry never came from a file. Example: 42
    async fn import_line(&self) -> Fallible<i64> {
        let origin = self.batch.origin(self.entry().id).await;
        optional(origin.map(|origin| origin.map(|(origin, _)| origin.line)))
    }

    /// The voucher that the entry belongs to: the entries with the same journal code, posting date and entry number.
    async fn voucher(&self) -> VoucherNode {
        VoucherNode::new(Arc::clone(self.batch.vouchers()), self.index)
    }

    /// What happened to this entry, oldest event first: when it was recorded, updated and exported. For a whole page
    /// of entries the timelines are read by one query.
    async fn timeline(
        &self,
        #[graphql(desc = "Events on the page, from the oldest on: 0 to 100; 50 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the event with this cursor.")] after: Option<String>,
        #[graphql(desc = "Events on the page, from the newest back: 0 to 100. Not together with first.")]
        last: Option<i32>,
        #[graphql(desc = "End the page before the event with this cursor.")] before: Option<String>,
    ) -> Fallible<TimelineConnection> {
        let timeline = self.batch.timeline(self.entry().id, page(first, after, last, before)).await;
        fallible(timeline.map(|(page, systems)| TimelineConnection::new(page, &systems)))
    }
}

impl EntryNode {
    async fn load_exports(&self) -> crate::domain::Result<Vec<EntryExportNode>> {
        let (exports, systems) = self.batch.exports(self.entry().id).await?;
        let node = |export| EntryExportNode::new(export, EntryOf::Loaded(self.clone()), Arc::clone(&systems));
        Ok(exports.into_iter().map(node).collect())
    }
}

/// Writes a field of an entry.
pub type WriteField = Box<dyn Fn(&Entry, &mut Vec<u8>) -> serde_json::Result<()> + Send + Sync>;

/// How to write a field of an entry that is a scalar and has no arguments, as the resolver of that name gives it; and
/// what it reads.
pub fn write_field(name: &str) -> Option<(Fields, WriteField)> {
    match name {
        "id" => {
            let id = |entry: &Entry, out: &mut Vec<u8>| json(&GlobalId::Entry(entry.id).to_string(), out);
            Some((Fields::NONE, Box::new(id)))
        }
        // An integer in the table, a text in GraphQL.
        "entryId" => Some((Fields::NONE, Box::new(|entry, out| json(&entry.id.to_string(), out)))),
        "attributes" => Some((Fields::All, Box::new(|entry, out| json(&entry.content.attributes, out)))),
        name => {
            let field = Field::from_graphql_name(name)?;
            Some((Fields::Only(vec![field]), Box::new(move |entry, out| json(&entry.value(field), out))))
        }
    }
}

/// Systems that an entry is taken to have marks for, before anything is known of it.
const SYSTEMS_AN_ENTRY: usize = 10;

/// What the fields of an entry cost.
pub const COSTS: Costs = &[
    ("AccountingEntry", "exports", Cost::List(SYSTEMS_AN_ENTRY)),
    ("AccountingEntry", "exportStatus", Cost::Query),
    ("AccountingEntry", "import", Cost::Query),
    ("AccountingEntry", "importFile", Cost::Query),
    ("AccountingEntry", "importLine", Cost::Query),
    ("AccountingEntry", "timeline", Cost::Page { default: DEFAULT_EVENTS, max: MAX_EVENTS }),
    // Up to 64 KiB.
    ("AccountingEntry", "attributes", Cost::Value(MAX_ATTRIBUTES_COST)),
];
