//! Replays: the marks of a range of time are taken back, because the system has lost what it was sent.

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::item::ItemFields;
use super::operation::{IdempotencyKey, Refusals, WritingCall, refused};
use super::parameters::{NoParameters, Parameters, number_in, number_of};
use super::problem::{Problem, in_rest_spelling};
use crate::domain::replay::Replay;
use crate::domain::{Code, Error, Fault, Result};
use crate::service::{CancelReplay, Ledger, MovedReplay, ReplayDraft, StartReplay, replay_cursor};

/// Calls about replays.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, start)).routes(routes!(one)).routes(routes!(cancel))
}

/// What a system has lost.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "only described: the fields are read one by one, so that each fault gets its path"
)]
pub struct StartExportReplay {
    /// The system.
    #[schema(example = "erp", min_length = 1, max_length = 64)]
    system_id: String,
    /// Marks after this moment are taken back (RFC 3339).
    #[schema(example = "2024-01-31T02:00:00Z", format = DateTime)]
    marked_since: String,
    /// Marks up to this moment are taken back (RFC 3339). Left out: up to now.
    #[schema(example = "2024-01-31T12:00:00Z", format = DateTime)]
    marked_until: Option<String>,
    /// Why.
    #[schema(example = "the ERP was restored from the backup of 2 a.m.", min_length = 1, max_length = 2000)]
    reason: String,
}

/// Takes back all marks for a system that were made in a range of time, because the system has lost what it was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportReplay {
    /// The number of the replay.
    #[schema(example = 3)]
    replay_id: i64,
    /// The system.
    #[schema(example = "erp")]
    system_id: String,
    /// RUNNING: marks are being taken back. DONE: all are. CANCELLING: marks are being put back. CANCELLED: nothing is left
    /// to be put back.
    #[schema(example = "RUNNING")]
    state: &'static str,
    /// Marks after this moment are taken back (RFC 3339, UTC).
    #[schema(example = "2024-01-31T02:00:00.000000Z", format = DateTime)]
    marked_since: String,
    /// Marks up to this moment are (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    marked_until: String,
    /// Why.
    #[schema(example = "the ERP was restored from the backup of 2 a.m.")]
    reason: String,
    /// Who started it.
    #[schema(example = "token:console")]
    actor: String,
    /// When it was started (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    started_at: String,
    /// How many marks were taken back so far.
    #[schema(example = 1250)]
    set_aside_count: u64,
    /// How many of them were put back so far, since it was cancelled.
    #[schema(example = 0)]
    put_back_count: u64,
    /// When nothing was left to be taken back or, since it was cancelled, to be put back (RFC 3339, UTC); null while there
    /// is.
    #[schema(example = "2024-01-31T12:00:04.000000Z", format = DateTime)]
    ended_at: Option<String>,
    /// When it was cancelled (RFC 3339, UTC); null when nobody did.
    #[schema(example = "2024-01-31T12:10:00.000000Z", format = DateTime)]
    cancelled_at: Option<String>,
    /// Who cancelled it.
    #[schema(example = "token:console")]
    cancelled_by: Option<String>,
}

impl From<Replay> for ExportReplay {
    fn from(replay: Replay) -> Self {
        let (cancelled_at, cancelled_by) = replay.cancelled.unzip();
        Self {
            replay_id: replay.id,
            system_id: replay.system_id.to_string(),
            state: replay.state.as_str(),
            marked_since: replay.marked_since.to_string(),
            marked_until: replay.marked_until.to_string(),
            reason: replay.reason,
            actor: replay.actor,
            started_at: replay.started_at.to_string(),
            set_aside_count: replay.set_aside,
            put_back_count: replay.put_back,
            ended_at: replay.ended_at.map(|at| at.to_string()),
            cancelled_at: cancelled_at.map(|at| at.to_string()),
            cancelled_by,
        }
    }
}

/// A page of replays.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportReplays {
    /// Oldest first.
    replays: Vec<ExportReplay>,
    /// Give it as `after` for the next page; null on the last one.
    next_after: Option<String>,
}

/// The replays of a system, oldest first.
#[utoipa::path(
    get,
    path = "/v10/export-replays",
    tag = "export",
    operation_id = "listExportReplays",
    params(
        ("system_id" = String, Query, description = "The system that the entries were sent to", example = "erp"),
        ("limit" = Option<i64>, Query, description = "How many replays a page has at most. Without it 20.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
    ),
    responses(
        (status = 200, description = "A page", body = ExportReplays),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    Extension(ledger): Extension<Ledger>,
    RawQuery(query): RawQuery,
) -> Result<Json<ExportReplays>, Problem> {
    let list = async {
        let known = ["system_id", "limit", "after"];
        let parameters = Parameters::read(query.as_deref(), &known, false, &Bytes::new())?;
        let page = ledger.replays(&parameters.system_id()?, &parameters.page()?).await;
        let page = page.map_err(in_rest_spelling)?;
        let next_after = page.items.last().filter(|_| page.has_next).map(replay_cursor);
        let replays = page.items.into_iter().map(ExportReplay::from).collect();
        Ok(ExportReplays { replays, next_after })
    };
    list.await.map(Json).map_err(Problem::of_read)
}

/// One replay, whether it has ended or not.
#[utoipa::path(
    get,
    path = "/v10/export-replays/{id}",
    tag = "export",
    operation_id = "getExportReplay",
    params(("id" = i64, Path, description = "The number of the replay", example = 3)),
    responses(
        (status = 200, description = "The replay", body = ExportReplay),
        (status = 400, description = "The address has parameters", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such replay", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    Extension(ledger): Extension<Ledger>,
    _: NoParameters,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<ExportReplay>, Problem> {
    let absent = || Fault::new(Code::ReplayNotFound, "there is no such replay").under("replay_id");
    let replay = async {
        let id = number_of(id, Code::ReplayNotFound, "there is no such replay")?;
        Ok(ledger.replay(id).await?.ok_or_else(absent)?)
    };
    let replay: Result<Replay> = replay.await;
    replay
        .map(|replay| Json(replay.into()))
        .map_err(|error| Problem::of_named(error, "replay_id", Code::ReplayNotFound, Problem::of_read))
}

/// Take back all marks for a system that were made in a range of time.
///
/// It is done in the background: ask for the replay to see how far it is. Marks that are made while it runs stay. While
/// another replay of the system is at work, the call is refused with `REPLAY_OPEN`.
#[utoipa::path(
    post,
    path = "/v10/export-replays",
    tag = "export",
    operation_id = "startExportReplay",
    params(IdempotencyKey),
    request_body(content = StartExportReplay, description = "What the system has lost"),
    responses(
        (status = 200, description = "The replay as it is now", body = ExportReplay),
        (status = 422, description = "The call is malformed, or another replay of the system is at work", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn start(call: WritingCall) -> Result<Json<ExportReplay>, Problem> {
    let known = ["system_id", "marked_since", "marked_until", "reason"];
    let (ledger, call) = call.object(&known, read);
    let started = async { shown(&ledger, ledger.perform(call, super::ACTOR).await?).await };
    started.await.map_err(refused)
}

/// Cancel a replay, also one that is done: the marks that it took back are put back with the times that they had.
///
/// A mark is not put back if its entry was marked again, if somebody un-marked the entry since, or while a worker has
/// claimed it.
#[utoipa::path(
    post,
    path = "/v10/export-replays/{id}/cancel",
    tag = "export",
    operation_id = "cancelExportReplay",
    params(
        ("id" = i64, Path, description = "The number of the replay", example = 3),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "The replay as it is now", body = ExportReplay),
        (status = 404, description = "There is no such replay", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Another replay of the system is at work", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn cancel(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<ExportReplay>, Problem> {
    let (ledger, read) = call.key_alone();
    let call = read.and_then(|key| CancelReplay::parse(number_in(id), key));
    let cancelled = async { shown(&ledger, ledger.cancel_replay(call, super::ACTOR).await?).await };
    cancelled
        .await
        .map_err(|error| Problem::of_named(error, "replay_id", Code::ReplayNotFound, Problem::of_write))
}

async fn shown(ledger: &Ledger, moved: MovedReplay) -> Result<Json<ExportReplay>> {
    let replay = ledger.replay(moved.id).await?;
    let replay = replay.ok_or_else(|| Error::internal("a replay that was started is not there"))?;
    Ok(Json(replay.into()))
}

fn read(mut fields: ItemFields<'_>, key: Option<String>) -> Result<StartReplay> {
    let draft = ReplayDraft {
        system_id: fields.text("system_id"),
        marked_since: fields.moment("marked_since"),
        marked_until: fields.optional_moment("marked_until"),
        reason: fields.text("reason"),
    };
    StartReplay::parse(fields.finish(draft).map_err(Error::Refused)?, key)
}
