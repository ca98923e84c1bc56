//! The marks of a system as GraphQL lists them.

use async_graphql::{Context, Enum, InputObject, MaybeUndefined};

use super::connection::{Edge, List, connection, edge, ledger};
use super::costs::{Cost, Costs};
use super::entry_connection::OrderDirection;
use super::export::EntryExportNode;
use super::filter::Comparison;
use super::filter_reading::FieldFilter;
use crate::domain::export::{ExportFilter, ExportListing};
use crate::domain::page::{DEFAULT_PAGE, MAX_PAGE, PageArguments};
use crate::domain::{Code, Fault, Result, Timestamp};
use crate::service::{ExportPage, export_cursor};

/// A filter of the marks of a system. All fields of one object must hold. Texts are compared as a whole, and case
/// counts.
/// Example: {markedAt: {gte: "2026-01-31T00:00:00Z", lt: "2026-02-01T00:00:00Z"}, note: "run 118"}
#[derive(Clone, Debug, InputObject)]
pub struct EntryExportFilter {
    /// When the entry was marked last.
    marked_at: MaybeUndefined<Comparison<Timestamp>>,
    /// Who set the last mark, as the timeline names it: at most 256 characters. Example: "token:ERP sync"
    actor: MaybeUndefined<String>,
    /// The note that was given with the last marking: at most 2,000 characters. Example: "run 118"
    note: MaybeUndefined<String>,
    /// The system's own document for the entry, by its `documentId`: at most 200 characters. Example: "GL-2024-118"
    reference: MaybeUndefined<String>,
}

impl EntryExportFilter {
    fn read(self) -> Result<ExportFilter, Fault> {
        let marked_at = given("marked_at", self.marked_at)?;
        let tests = marked_at.map(|moments| moments.tests().map_err(|fault| fault.under("marked_at")));
        Ok(ExportFilter {
            marked_at: tests.transpose()?.unwrap_or_default(),
            actor: given("actor", self.actor)?,
            note: given("note", self.note)?,
            reference: given("reference", self.reference)?,
        })
    }
}

/// The `filter` argument. Left out, null and `{}` mean all marks.
pub fn read_export_filter(filter: Option<EntryExportFilter>) -> Result<ExportFilter> {
    let Some(filter) = filter else { return Ok(ExportFilter::default()) };
    let filter = filter.read().map_err(|fault| fault.under("filter"))?;
    filter.check().map_err(|error| error.under("filter"))?;
    Ok(filter)
}

/// A null inside of a filter is refused: a variable that a client forgot to set must not widen it.
fn given<T>(name: &str, value: MaybeUndefined<T>) -> Result<Option<T>, Fault> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => {
            let message =
                "this is null, which could be a variable that was not set: leave it out, or give it a value";
            Err(Fault::new(Code::InvalidFilter, message).under(name))
        }
        MaybeUndefined::Value(value) => Ok(Some(value)),
    }
}

/// The value by which the marks of a system are ordered. Marks with equal values are ordered by the number of the
/// entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum EntryExportOrderField {
    /// By the moment at which the entry was marked last. An entry that is marked again while you read pages moves to
    /// the newest end, so it may appear twice, or not at all on pages that go back in time.
    MarkedAt,
}

/// The order of a list of marks. Example: {field: MARKED_AT, direction: DESC}
#[derive(Clone, Copy, Debug, InputObject)]
pub struct EntryExportOrder {
    /// The value by which the marks are ordered; marks with equal values are ordered by the number of the entry.
    field: EntryExportOrderField,
    /// Ascending or descending.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

impl EntryExportOrder {
    /// Whether the newest mark comes first.
    pub fn is_descending(self) -> bool {
        match self.field {
            EntryExportOrderField::MarkedAt => self.direction == OrderDirection::Desc,
        }
    }
}

edge!(EntryExportEdge is "EntryExportEdge": EntryExportNode, "mark");

/// The marks on a page, and where to read on from: a search that finds nothing has such places too.
pub struct ExportList {
    edges: Vec<EntryExportEdge>,
    ends: (Option<String>, Option<String>),
}

impl List for ExportList {
    type Edges = Vec<EntryExportEdge>;
    type Nodes = Vec<EntryExportNode>;

    fn edges(&self) -> Vec<EntryExportEdge> {
        self.edges.clone()
    }

    fn nodes(&self) -> Vec<EntryExportNode> {
        self.edges.nodes()
    }

    fn ends(&self) -> (Option<String>, Option<String>) {
        self.ends.clone()
    }
}

connection! {
    EntryExportConnection is "EntryExportConnection": ExportList, "marks",
    "A page of the marks of a system. Where the filter asks for more than a range of `markedAt`, a page looks at \
     10,000 marks at most: it may then have fewer marks than were asked for, or none, while `hasNextPage` is true. Read \
     on from `endCursor`, which is then the place at which it stopped looking; backwards, from `startCursor` where \
     `hasPreviousPage` is true.";
    {}
    {}
}

impl EntryExportConnection {
    /// The page of the list that the arguments ask for.
    pub async fn load(
        context: &Context<'_>,
        listing: Result<ExportListing>,
        arguments: PageArguments,
    ) -> Result<Self> {
        let listing = listing?;
        let ledger = ledger(context)?;
        let ExportPage { exports, start, end } = ledger.list_exports(&listing, &arguments).await?;
        let (has_next, has_previous) = (exports.has_next, exports.has_previous);
        let cursors: Vec<String> =
            exports.items.iter().map(|export| export_cursor(&listing, export)).collect();
        let nodes = EntryExportNode::all(ledger, exports.items);
        let edge = |(cursor, node)| EntryExportEdge::new(cursor, node);
        let edges = cursors.into_iter().zip(nodes).map(edge).collect();
        Ok(Self { list: ExportList { edges, ends: (start, end) }, has_next, has_previous })
    }
}

/// What the list of marks costs.
pub const COSTS: Costs = &[("Query", "entryExports", Cost::Page { default: DEFAULT_PAGE, max: MAX_PAGE })];
