//! Conflicts: facts about exports that do not fit together, and the persons who resolve them.

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::item::ItemFields;
use super::operation::{IdempotencyKey, Refusals, WritingCall};
use super::parameters::{Parameters, number_in};
use super::problem::{Problem, in_rest_spelling};
use crate::domain::conflict::{Conflict, Resolution};
use crate::domain::{Code, Error, Result};
use crate::service::{Ledger, ResolveConflict, conflict_cursor};

/// Calls about conflicts.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(resolve))
}

/// What a person found about a conflict.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the field is read by itself, so that its fault gets a path")]
pub struct ResolveExportConflict {
    /// What is true, or what was done.
    #[schema(example = "GL-2024-131 was reversed in the ERP", min_length = 1, max_length = 2000)]
    note: String,
}

/// Two facts about the export of an accounting entry that do not fit together. Both are recorded, and a person finds
/// out what is true.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportConflict {
    /// The number of the conflict.
    #[schema(example = 7)]
    conflict_id: i64,
    /// What does not fit. POSTED_TWICE: the same version of the entry was marked again with another document of the
    /// system, and no mark was taken back between. CLAIM_LOST: a worker settled the entry after its lease had ended and
    /// another worker had claimed it.
    #[schema(example = "POSTED_TWICE")]
    kind: &'static str,
    /// The system.
    #[schema(example = "erp")]
    system_id: String,
    /// The entry.
    #[schema(example = 42)]
    accounting_entry_id: i64,
    /// When the conflict was found (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    found_at: String,
    /// Who brought the second fact: `token:` and the name of the token, or the door without one.
    #[schema(example = "token:ERP sync")]
    actor: String,
    /// The system's document that was named first; null where none was.
    #[schema(example = "GL-2024-118")]
    first_document_id: Option<String>,
    /// The system's document that was named second; null where none was.
    #[schema(example = "GL-2024-131")]
    second_document_id: Option<String>,
    /// The claim that was settled after another worker had claimed the entry; null for other kinds.
    #[schema(example = "019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10")]
    claim_id: Option<String>,
    /// When a person resolved the conflict (RFC 3339, UTC); null while nobody has.
    #[schema(example = "2024-02-01T08:30:00.000000Z", format = DateTime)]
    resolved_at: Option<String>,
    /// Who resolved it.
    #[schema(example = "token:console")]
    resolved_by: Option<String>,
    /// What that person found.
    #[schema(example = "GL-2024-131 was reversed in the ERP")]
    note: Option<String>,
}

impl From<Conflict> for ExportConflict {
    fn from(conflict: Conflict) -> Self {
        let (resolved_at, resolved_by, note) = match conflict.resolution {
            Some(Resolution { at, by, note }) => (Some(at.to_string()), Some(by), Some(note)),
            None => (None, None, None),
        };
        Self {
            conflict_id: conflict.id,
            kind: conflict.kind.as_str(),
            system_id: conflict.system_id.to_string(),
            accounting_entry_id: conflict.entry_id,
            found_at: conflict.found_at.to_string(),
            actor: conflict.actor,
            first_document_id: conflict.first_reference,
            second_document_id: conflict.second_reference,
            claim_id: conflict.claim_id,
            resolved_at,
            resolved_by,
            note,
        }
    }
}

/// A page of conflicts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportConflicts {
    /// Oldest first.
    conflicts: Vec<ExportConflict>,
    /// Give it as `after` for the next page; null on the last one.
    next_after: Option<String>,
}

/// The conflicts of a system: facts about the export of an entry that do not fit together, oldest first.
#[utoipa::path(
    get,
    path = "/v10/export-conflicts",
    tag = "export",
    operation_id = "listExportConflicts",
    params(
        ("system_id" = String, Query, description = "The system that the entries were sent to", example = "erp"),
        ("resolved" = Option<bool>, Query, description = "true: the conflicts that are resolved; otherwise those that are not"),
        ("limit" = Option<i64>, Query, description = "How many conflicts a page has at most. Without it 20.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
    ),
    responses(
        (status = 200, description = "A page", body = ExportConflicts),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    Extension(ledger): Extension<Ledger>,
    RawQuery(query): RawQuery,
) -> Result<Json<ExportConflicts>, Problem> {
    let list = async {
        let known = ["system_id", "resolved", "limit", "after"];
        let parameters = Parameters::read(query.as_deref(), &known, false, &Bytes::new())?;
        let (system_id, resolved) = (parameters.system_id()?, parameters.flag("resolved")?);
        let page = ledger.conflicts(&system_id, resolved, &parameters.page()?).await;
        let page = page.map_err(in_rest_spelling)?;
        let next_after = page.items.last().filter(|_| page.has_next).map(conflict_cursor);
        let conflicts = page.items.into_iter().map(ExportConflict::from).collect();
        Ok(ExportConflicts { conflicts, next_after })
    };
    list.await.map(Json).map_err(Problem::of_read)
}

/// Resolve a conflict, once: nothing is marked or un-marked by it.
///
/// When somebody has resolved it already, the call is refused with `CONFLICT_RESOLVED`, and the first note stays.
#[utoipa::path(
    post,
    path = "/v10/export-conflicts/{id}/resolve",
    tag = "export",
    operation_id = "resolveExportConflict",
    params(
        ("id" = i64, Path, description = "The number of the conflict", example = 7),
        IdempotencyKey,
    ),
    request_body(content = ResolveExportConflict, description = "What was found"),
    responses(
        (status = 200, description = "The conflict as it is now", body = ExportConflict),
        (status = 404, description = "There is no such conflict", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The call is malformed, or the conflict is resolved already", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn resolve(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<ExportConflict>, Problem> {
    let (ledger, read) = call.object(&["note"], read);
    let call = read.and_then(|(note, key)| ResolveConflict::parse(number_in(id), note, key));
    let resolved = async {
        let resolved = ledger.resolve_conflict(call, super::ACTOR).await?;
        let conflict = ledger.conflict(resolved.id).await?;
        conflict.ok_or_else(|| Error::internal("a conflict that was resolved is not there"))
    };
    resolved
        .await
        .map(|conflict| Json(conflict.into()))
        .map_err(|error| Problem::of_named(error, "conflict_id", Code::ConflictNotFound, Problem::of_write))
}

fn read(fields: ItemFields<'_>, key: Option<String>) -> Result<(String, Option<String>)> {
    let note = fields.text("note");
    fields.finish((note, key)).map_err(Error::Refused)
}
