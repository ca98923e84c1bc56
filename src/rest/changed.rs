//! Entries that have changed since a system was sent them.

use axum::extract::RawQuery;
use axum::{Extension, Json};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::RawBody;
use super::entry::AccountingEntry;
use super::include::{INCLUDE, Include};
use super::marking::MarkedEntry;
use super::parameters::Parameters;
use super::problem::{Problem, in_rest_spelling};
use crate::domain::Entry;
use crate::domain::change::Change;
use crate::service::{Changed, ChangedListing, Ledger};

/// Calls that tell what has changed.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(changed))
}

/// An entry that a system was sent in an older version, or that was withdrawn after the system was sent it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedEntry {
    /// The entry, as it is now.
    accounting_entry: AccountingEntry,
    /// The mark of the entry for the system; its version is the one that the system was sent.
    export: MarkedEntry,
    /// The fields whose value is another than the system was sent. Null where more has happened to the entry than is looked
    /// at: its timeline has it all.
    changes: Option<Vec<FieldChange>>,
}

impl ChangedEntry {
    /// The entry as it is now, and what has changed in it.
    pub fn new(entry: impl Into<AccountingEntry>, changed: Changed) -> Self {
        Self {
            accounting_entry: entry.into(),
            export: changed.export.into(),
            changes: changed.changes.map(|all| all.into_iter().map(FieldChange::from).collect()),
        }
    }
}

/// A field whose value is another than the system was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldChange {
    /// The name of the field.
    #[schema(example = "debit")]
    field: &'static str,
    /// The value that the system was sent; null when there was none.
    #[schema(value_type = Option<String>, example = "1200.00")]
    before: Value,
    /// The value that the entry has now; null when there is none.
    #[schema(value_type = Option<String>, example = "1250.00")]
    now: Value,
}

impl From<Change> for FieldChange {
    fn from(change: Change) -> Self {
        Self { field: change.before.name(), before: change.before.value, now: change.now }
    }
}

/// Entries that have changed since a system was sent them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedEntries {
    /// By id.
    changed_entries: Vec<ChangedEntry>,
    /// Give it as `after` for the next page; null on the last one.
    next_after: Option<String>,
}

/// Accounting entries that have changed since a system was sent them.
///
/// The newest mark of each is of an older version, or the entry is withdrawn. Mark the new version when the system has been
/// told, or take the mark back to have the entry unexported again.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries/changed",
    tag = "export",
    operation_id = "listChangedAccountingEntries",
    params(
        ("system_id" = String, Query, description = "The system that the entries were sent to", example = "erp"),
        ("limit" = Option<i64>, Query, description = "How many entries a page has at most. Without it 50.", minimum = 1, maximum = 500),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
        ("include" = Option<String>, Query, description = "What is shown of each entry beside its fields: exports, its marks for the systems that it was sent to. This takes the right to read.", example = "exports"),
        ("filter_groups" = Option<Vec<Value>>, Query, style = DeepObject, description = "Filters in brackets, as in the list of entries"),
    ),
    responses(
        (status = 200, description = "A page", body = ChangedEntries),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn changed(
    Extension(ledger): Extension<Ledger>,
    RawQuery(query): RawQuery,
    RawBody(body): RawBody,
) -> Result<Json<ChangedEntries>, Problem> {
    let changed = async {
        let known = ["system_id", "limit", "after", INCLUDE];
        let parameters = Parameters::read(query.as_deref(), &known, true, &body)?;
        let include = Include::read(&parameters)?;
        let listing = ChangedListing::new(parameters.system_id()?, parameters.filter.clone());
        let page = ledger.list_changed(&listing, &parameters.page()?).await.map_err(in_rest_spelling)?;
        let (entries, changed): (Vec<Entry>, Vec<Changed>) = page.changed.items.into_iter().unzip();
        let entries = include.shown(&ledger, entries).await?.into_iter();
        let changed_entries = entries.zip(changed).map(|(entry, changed)| ChangedEntry::new(entry, changed));
        Ok(ChangedEntries { changed_entries: changed_entries.collect(), next_after: page.next_after })
    };
    changed.await.map(Json).map_err(Problem::of_read)
}
