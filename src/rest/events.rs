//! The log of events: what happened to exports.

use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::parameters::Parameters;
use super::problem::{Problem, in_rest_spelling};
use crate::domain::export_event::{EventListing, ExportEventKind};
use crate::domain::text::quoted;
use crate::domain::{Code, Fault, Result, export_event};
use crate::service::{Ledger, event_cursor};

/// Calls about events.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list))
}

/// Something that happened to an export.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportEvent {
    /// The cursor of the event, which `after` takes, with any kinds.
    #[schema(example = "AUXl3aGZ6bV9AAAAAAAAABEAAAAAAAAAAw")]
    cursor: String,
    /// What happened. OTHER: something for which this version of the server has no name.
    #[schema(example = "FAILED")]
    kind: &'static str,
    /// When it happened (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    at: String,
    /// The name of the system.
    #[schema(example = "erp")]
    system_id: String,
    /// The entry; null for a claim and for a replay, which are about many.
    #[schema(example = 42)]
    accounting_entry_id: Option<i64>,
    /// Who did it; null when another program did, straight in the database.
    #[schema(example = "token:ERP sync")]
    actor: Option<String>,
    /// The note of a mark; null for other kinds.
    #[schema(example = "run 118")]
    note: Option<String>,
    /// Why it was done or refused, where a reason was given.
    #[schema(example = "401100 is closed")]
    reason: Option<String>,
    /// The id of the claim of a CLAIMED event; null for other kinds.
    #[schema(example = "019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10")]
    claim_id: Option<String>,
    /// The number of the replay of a REPLAYED or REPLAY_CANCELLED event; null for other kinds.
    #[schema(example = 3)]
    replay_id: Option<i64>,
    /// The number of the conflict of a CONFLICT event; null for other kinds.
    #[schema(example = 7)]
    conflict_id: Option<i64>,
}

impl From<export_event::ExportEvent> for ExportEvent {
    fn from(event: export_event::ExportEvent) -> Self {
        let payload = event.timeline_event.map(|event| event.payload);
        let subject = |kinds: &[ExportEventKind]| {
            event.subject.clone().filter(|_| event.kind.is_some_and(|kind| kinds.contains(&kind)))
        };
        let number = |kinds: &[ExportEventKind]| subject(kinds).and_then(|number| number.parse().ok());
        Self {
            cursor: event_cursor(event.place),
            kind: event.kind.map_or("OTHER", ExportEventKind::as_str),
            at: event.at.to_string(),
            accounting_entry_id: event.entry_id,
            note: payload.as_ref().and_then(|payload| payload.note()).map(str::to_owned),
            reason: payload.as_ref().and_then(|payload| payload.reason()).map(str::to_owned),
            claim_id: subject(&[ExportEventKind::Claimed]),
            replay_id: number(&[ExportEventKind::Replayed, ExportEventKind::ReplayCancelled]),
            conflict_id: number(&[ExportEventKind::Conflict]),
            system_id: event.system_id.into(),
            actor: event.actor,
        }
    }
}

/// A page of the log of events.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportEvents {
    /// Oldest first.
    events: Vec<ExportEvent>,
    /// Give it as `after` for the next page; null on the last one. There, keep the cursor of the last event to go on later.
    next_after: Option<String>,
}

/// What happened to the exports to a system, in the order in which it became true.
///
/// Whoever keeps the cursor of the last event that was dealt with, and asks for what is after it, is told of every event
/// once. New entries are no events. A cursor of a database that was restored since is refused with `CURSOR_LOST`.
#[utoipa::path(
    get,
    path = "/v10/export-events",
    tag = "export",
    operation_id = "listExportEvents",
    params(
        ("system_id" = String, Query, description = "The system, by its name", example = "erp"),
        ("kinds" = Option<String>, Query, description = "Only events of these kinds, with commas between. Without it all.", example = "FAILED,PARKED"),
        ("limit" = Option<i64>, Query, description = "How many events a page has at most. Without it 50.", minimum = 1, maximum = 500),
        ("after" = Option<String>, Query, description = "Continue after the event with this cursor."),
    ),
    responses(
        (status = 200, description = "A page", body = ExportEvents),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    Extension(ledger): Extension<Ledger>,
    RawQuery(query): RawQuery,
) -> Result<Json<ExportEvents>, Problem> {
    let list = async {
        let known = ["system_id", "kinds", "limit", "after"];
        let parameters = Parameters::read(query.as_deref(), &known, false, &Bytes::new())?;
        let kinds = parameters.get("kinds").map(read_kinds).transpose()?;
        let listing = EventListing { system_id: parameters.system_id()?, kinds };
        let page = ledger.export_events(&listing, &parameters.page()?).await.map_err(in_rest_spelling)?;
        let next_after = page.items.last().filter(|_| page.has_next).map(|event| event_cursor(event.place));
        Ok(ExportEvents { events: page.items.into_iter().map(ExportEvent::from).collect(), next_after })
    };
    list.await.map(Json).map_err(Problem::of_read)
}

fn read_kinds(text: &str) -> Result<Vec<ExportEventKind>, Fault> {
    let mut kinds = Vec::new();
    for name in text.split(',') {
        let kind = name.parse::<ExportEventKind>().map_err(|_| {
            let all: Vec<&str> = ExportEventKind::ALL.iter().map(|kind| kind.as_str()).collect();
            let message = format!("{} is no kind of event; the kinds are {}", quoted(name), all.join(", "));
            Fault::new(Code::BadUserInput, message).under("kinds")
        })?;
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Ok(kinds)
}
