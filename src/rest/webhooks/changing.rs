//! Making and changing webhooks.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Webhook, WebhookDelivery, of_webhook, shown};
use crate::domain::text::quoted;
use crate::domain::webhook::WebhookKind;
use crate::domain::{Code, Error, Fault, Result};
use crate::rest::ACTOR;
use crate::rest::item::ItemFields;
use crate::rest::operation::{IdempotencyKey, Refusals, WritingCall, refused};
use crate::rest::parameters::number_in;
use crate::rest::problem::Problem;
use crate::service::{
    CreateWebhook, DeleteWebhook, Ledger, MadeWebhook, ReplayWebhook, RotateWebhookSecret, SwitchWebhookOn,
    WebhookDraft,
};

/// A webhook to make.
#[derive(ToSchema)]
#[schema(as = CreateWebhook)]
#[allow(
    dead_code,
    reason = "only described: the fields are read one by one, so that each fault gets its path"
)]
pub struct WebhookToCreate {
    /// The address that is to be told: https, without user name and password.
    #[schema(example = "https://hooks.example.com/ledgate", min_length = 1, max_length = 2000)]
    url: String,
    /// The system that the webhook is for. Left out: all systems.
    #[schema(example = "erp", min_length = 1, max_length = 64)]
    system_id: Option<String>,
    /// What the webhook is to tell of: READY, FAILED, PARKED, CONFLICT, CHANGED, EXPORTED, UNMARKED, REQUEUED, CLAIMED,
    /// REPLAYED.
    #[schema(example = json!(["READY", "FAILED"]), min_items = 1, max_items = 10)]
    kinds: Vec<String>,
    /// What there is to know about the webhook.
    #[schema(example = "Wakes the connector of the ERP", min_length = 1, max_length = 2000)]
    description: Option<String>,
}

/// How a secret is to be replaced.
#[derive(ToSchema)]
#[schema(as = RotateWebhookSecret)]
#[allow(
    dead_code,
    reason = "only described: the fields are read one by one, so that each fault gets its path"
)]
pub struct RotateSecret {
    /// For so many seconds signals are signed by both secrets. Left out: a day.
    #[schema(example = 86400, minimum = 0, maximum = 2592000)]
    overlap_seconds: Option<i64>,
}

/// From where a webhook is to be told again.
#[derive(ToSchema)]
#[schema(as = ReplayWebhook)]
#[allow(
    dead_code,
    reason = "only described: the fields are read one by one, so that each fault gets its path"
)]
pub struct Replay {
    /// The cursor of an event: everything after it is told again. Left out: everything in the log.
    #[schema(example = "AUXl3aGZ6bV9AAAAAAAAABEAAAAAAAAAAw")]
    after: Option<String>,
}

/// A webhook that was made, or whose secret was replaced.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookWithSecret {
    /// The webhook as it is now.
    webhook: Webhook,
    /// The secret by which signals are signed, after Standard Webhooks. It is shown this once; null when the call repeats
    /// one with the same idempotency key.
    #[schema(example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=")]
    secret: Option<String>,
}

/// A webhook that was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedWebhook {
    /// The number of the webhook.
    #[schema(example = 3)]
    webhook_id: i64,
}

/// Make a webhook: an address that is told when something happens.
///
/// It is told of what happens from now on and, when READY is among its kinds, at once of each system whose backlog is not
/// empty. A ledger has 100 webhooks at most.
#[utoipa::path(
    post,
    path = "/v10/webhooks",
    tag = "webhooks",
    operation_id = "createWebhook",
    params(IdempotencyKey),
    request_body(content = WebhookToCreate, description = "The webhook"),
    responses(
        (status = 200, description = "The webhook, and its secret this once", body = WebhookWithSecret),
        (status = 422, description = "The call is malformed, or the ledger has as many webhooks as it may", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn create(call: WritingCall) -> Result<Json<WebhookWithSecret>, Problem> {
    let (ledger, call) = call.object(&["url", "system_id", "kinds", "description"], read);
    let made = async {
        let made = ledger.create_webhook(call, ACTOR).await?;
        with_secret(&ledger, made).await
    };
    made.await.map_err(refused)
}

/// Delete a webhook: it is told nothing more.
#[utoipa::path(
    post,
    path = "/v10/webhooks/{id}/delete",
    tag = "webhooks",
    operation_id = "deleteWebhook",
    params(
        ("id" = i64, Path, description = "The number of the webhook", example = 3),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "The webhook was deleted", body = DeletedWebhook),
        (status = 404, description = "There is no such webhook", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The call is malformed", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn delete(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<DeletedWebhook>, Problem> {
    let (ledger, key) = call.key_alone();
    let call = key.and_then(|key| DeleteWebhook::parse(number_in(id), key));
    let deleted = ledger.change_webhook(call, ACTOR).await;
    deleted
        .map(|deleted| Json(DeletedWebhook { webhook_id: deleted.id }))
        .map_err(|error| of_webhook(error, Problem::of_write))
}

/// Give a webhook a new secret.
///
/// For a while signals are signed by the new one and by the one before.
#[utoipa::path(
    post,
    path = "/v10/webhooks/{id}/rotate-secret",
    tag = "webhooks",
    operation_id = "rotateWebhookSecret",
    params(
        ("id" = i64, Path, description = "The number of the webhook", example = 3),
        IdempotencyKey,
    ),
    request_body(content = RotateSecret, description = "For how long both secrets are valid"),
    responses(
        (status = 200, description = "The webhook, and its new secret this once", body = WebhookWithSecret),
        (status = 404, description = "There is no such webhook", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The call is malformed", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn rotate(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<WebhookWithSecret>, Problem> {
    let (ledger, read) = call.object(&["overlap_seconds"], |mut fields, key| {
        let overlap = fields.optional_number("overlap_seconds");
        fields.finish((overlap, key)).map_err(Error::Refused)
    });
    let call = read.and_then(|(overlap, key)| RotateWebhookSecret::parse(number_in(id), overlap, key));
    let made = async {
        let made = ledger.change_webhook(call, ACTOR).await?;
        with_secret(&ledger, made).await
    };
    made.await.map_err(|error| of_webhook(error, Problem::of_write))
}

/// Switch a webhook on that was switched off.
///
/// It is told at once of what it was not told meanwhile. One that is on and waits to be tried again is tried at once.
#[utoipa::path(
    post,
    path = "/v10/webhooks/{id}/switch-on",
    tag = "webhooks",
    operation_id = "switchWebhookOn",
    params(
        ("id" = i64, Path, description = "The number of the webhook", example = 3),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "The webhook as it is now", body = Webhook),
        (status = 404, description = "There is no such webhook", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The call is malformed", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn switch_on(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<Webhook>, Problem> {
    let (ledger, key) = call.key_alone();
    let call = key.and_then(|key| SwitchWebhookOn::parse(number_in(id), key));
    let moved = async { shown(&ledger, ledger.change_webhook(call, ACTOR).await?.id).await };
    moved.await.map_err(|error| of_webhook(error, Problem::of_write))
}

/// Have a webhook told again of everything after an event, and of every backlog that is not empty.
#[utoipa::path(
    post,
    path = "/v10/webhooks/{id}/replay",
    tag = "webhooks",
    operation_id = "replayWebhook",
    params(
        ("id" = i64, Path, description = "The number of the webhook", example = 3),
        IdempotencyKey,
    ),
    request_body(content = Replay, description = "Where to begin"),
    responses(
        (status = 200, description = "The webhook as it is now", body = Webhook),
        (status = 404, description = "There is no such webhook", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The call is malformed, or the log does not have the event of the cursor", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn replay(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<Webhook>, Problem> {
    let (ledger, read) = call.object(&["after"], |mut fields, key| {
        let after = fields.optional_text("after");
        fields.finish((after, key)).map_err(Error::Refused)
    });
    let call = read.and_then(|(after, key)| ReplayWebhook::parse(number_in(id), after.as_deref(), key));
    let moved = async { shown(&ledger, ledger.change_webhook(call, ACTOR).await?.id).await };
    moved.await.map_err(|error| of_webhook(error, Problem::of_write))
}

/// Tell a webhook `ledgate.test` now, also one that is switched off, and wait for the answer.
#[utoipa::path(
    post,
    path = "/v10/webhooks/{id}/test",
    tag = "webhooks",
    operation_id = "testWebhook",
    params(("id" = i64, Path, description = "The number of the webhook", example = 3)),
    responses(
        (status = 200, description = "What came of the test", body = WebhookDelivery),
        (status = 404, description = "There is no such webhook", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn test(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<WebhookDelivery>, Problem> {
    let (ledger, read) = call.key_alone();
    let tested = match read {
        Ok(_) => ledger.test_webhook(number_in(id)).await,
        Err(error) => Err(error),
    };
    tested.map(|delivery| Json(delivery.into())).map_err(|error| of_webhook(error, Problem::of_write))
}

async fn with_secret(ledger: &Ledger, made: MadeWebhook) -> Result<Json<WebhookWithSecret>> {
    let Json(webhook) = shown(ledger, made.id).await?;
    Ok(Json(WebhookWithSecret { webhook, secret: made.secret.map(|secret| secret.0) }))
}

fn read(mut fields: ItemFields<'_>, key: Option<String>) -> Result<CreateWebhook> {
    let draft = WebhookDraft {
        url: fields.text("url"),
        system_id: fields.optional_text("system_id"),
        kinds: fields.list("kinds", kind),
        description: fields.optional_text("description"),
    };
    CreateWebhook::parse(fields.finish(draft).map_err(Error::Refused)?, key)
}

fn kind(value: &Value) -> Result<WebhookKind, Vec<Fault>> {
    let text = value.as_str().unwrap_or_default();
    text.parse().map_err(|_| {
        let all: Vec<&str> = WebhookKind::ALL.iter().map(|kind| kind.as_str()).collect();
        let message =
            format!("{} is nothing that a webhook tells of; it is {}", quoted(text), all.join(", "));
        vec![Fault::new(Code::InvalidWebhook, message)]
    })
}
