//! Systems that are retired and revived.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::operation::{IdempotencyKey, Refusals, WritingCall};
use super::problem::Problem;
use super::systems::{ExportSystem, name_of};
use crate::domain::{Code, Result};
use crate::service::{MovedSystem, Operation, RetireSystem, ReviveSystem};

/// The calls that retire and revive systems.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(retire)).routes(routes!(revive))
}

/// Retire a system whose name was mistyped, or that is no longer used.
///
/// It keeps its marks, is left out of the list of systems, and nothing is claimed, reported as failed, parked, requeued or
/// replayed for it. What it has been sent can still be marked. Its failures, claims and parked entries are forgotten, in the background. A
/// system that is retired stays retired.
#[utoipa::path(
    post,
    path = "/v10/export-systems/{id}/retire",
    tag = "export",
    operation_id = "retireExportSystem",
    params(
        ("id" = String, Path, description = "The name of the system", example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$"),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "The system as it is now", body = ExportSystem),
        (status = 404, description = "No system of this name is known", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The name is not one that a system may have, or a replay of the system is at work", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn retire(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<ExportSystem>, Problem> {
    move_system(id, call, RetireSystem::parse).await
}

/// Take a retired system into use again.
///
/// What it has no mark of is unexported and can be claimed. A system that is in use stays so.
#[utoipa::path(
    post,
    path = "/v10/export-systems/{id}/revive",
    tag = "export",
    operation_id = "reviveExportSystem",
    params(
        ("id" = String, Path, description = "The name of the system", example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$"),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "The system as it is now", body = ExportSystem),
        (status = 404, description = "No system of this name is known", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The name is not one that a system may have", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn revive(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<ExportSystem>, Problem> {
    move_system(id, call, ReviveSystem::parse).await
}

async fn move_system<O: Operation<Answer = MovedSystem>>(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
    parse: fn(String, Option<String>) -> Result<O>,
) -> Result<Json<ExportSystem>, Problem> {
    let id = name_of(id);
    let (ledger, read) = call.key_alone();
    let call = read.and_then(|key| parse(id, key));
    let moved = async {
        let moved = ledger.perform(call, super::ACTOR).await?;
        ExportSystem::read(&ledger, &moved.system_id).await
    };
    moved
        .await
        .map(Json)
        .map_err(|error| Problem::of_named(error, "system_id", Code::SystemNotFound, Problem::of_write))
}
